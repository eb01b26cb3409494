"""What gunicorn does beside its command line."""

from __future__ import annotations

from typing import Any


def post_worker_init(worker: Any) -> None:  # noqa: ARG001 - gunicorn's signature
    """Load what scoring needs before the first request, which would wait seconds for it."""
    # Django's applications are ready only now.
    from scoring.warm_up import warm_up  # noqa: PLC0415

    warm_up()
