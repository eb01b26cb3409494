"""Work on many, of whom one that fails keeps none of the others waiting."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from celery.exceptions import SoftTimeLimitExceeded

logger = structlog.get_logger(__name__)


@contextmanager
def each_alone(event: str, **ids: str) -> Iterator[None]:
    """Log what is raised inside as `event`, with the ids of whom it was about, and go on.

    Of an error only its type is logged: the text may hold what nobody may read. The end of the
    task's time is raised on, for the others have none left either.
    """
    try:
        yield
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is; the type says enough
        logger.error(event, **ids, error_type=type(error).__name__)
