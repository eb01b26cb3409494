"""What gunicorn does beside its command line."""

from __future__ import annotations

import gc
from typing import Any


def post_worker_init(worker: Any) -> None:  # noqa: ARG001 - gunicorn's signature
    """Load what scoring needs before the first request, which would wait seconds for it."""
    # Django's applications are ready only now.
    from scoring.warm_up import warm_up  # noqa: PLC0415

    warm_up()
    # What is there now stays: walking a quarter of a million objects again and again took a
    # quarter of the time of batches.
    gc.collect()
    gc.freeze()
