"""What gunicorn does beside its command line."""

from __future__ import annotations

import gc
from typing import Any


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
