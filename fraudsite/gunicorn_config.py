"""How gunicorn serves; its command line adds where, and with how many processes and threads."""

from __future__ import annotations

import gc
from typing import Any

worker_class = "gthread"
loglevel = "warning"
# Imported once and forked: three seconds less for each process, also for one that replaces another.
# What computes in threads of its own (models, compiled features) is loaded after the fork, below.
preload_app = True
timeout = 60
graceful_timeout = 20
# Longer than the 60 s for which callers' pools and proxies keep an idle connection: whoever hangs
# up first must be the caller, whose payment otherwise meets a closed door (gunicorn's own: 2 s).
keepalive = 75
# At 300 payments a second a worker is renewed every ten minutes, not both at once; each time it
# takes seconds to warm up, and learns anew who is there.
max_requests = 100_000
max_requests_jitter = 20_000


def post_worker_init(worker: Any) -> None:  # noqa: ARG001 - gunicorn's signature
    """Load what scoring needs before the first request, which would wait seconds for it."""
    # Django's applications are ready only now.
    from django.db import connections  # noqa: PLC0415

    from fraudsite.web_timeouts import limit_waiting  # noqa: PLC0415
    from scoring.warm_up import warm_up  # noqa: PLC0415

    limit_waiting(connections.databases["default"]["OPTIONS"])
    warm_up()
    # What is there now stays: walking a quarter of a million objects again and again took a
    # quarter of the time of batches.
    gc.collect()
    gc.freeze()
