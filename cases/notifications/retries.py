"""When a message that did not arrive is tried again, and when no more."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

# 30 s, 1, 2, 4, 8, 16, 32 min between tries: an hour in which a server is restarted or a network
# comes back. Later than that, a page about a case is history, and the case is in its queue anyway.
MAX_TRIES = 8
FIRST_DELAY_S = 30.0
MAX_DELAY_S = 3_600.0
# Held back by a switched-off channel: whoever switches it on after days wants no flood of old news.
MAX_AGE = timedelta(hours=48)


def retry_delay(tries: int, jitter: float) -> timedelta:
    """Return how long to wait after the n-th try has failed, if there is to be another.

    Parameters
    ----------
    tries : int
        How many tries were made, at least 1.
    jitter : float
        0…1; adds up to a quarter, so that what failed together does not come back together.

    Returns
    -------
    timedelta
        At most an hour and a quarter.

    Examples
    --------
    >>> [retry_delay(tries, 0.0).total_seconds() for tries in (1, 2, 7)]
    [30.0, 60.0, 1920.0]
    """
    delay_s = min(math.ldexp(FIRST_DELAY_S, tries - 1), MAX_DELAY_S)
    return timedelta(seconds=delay_s * (1 + jitter / 4))


def is_stale(created_at: datetime, now: datetime) -> bool:
    """Whether a message waited so long that it tells nobody anything.

    Examples
    --------
    >>> is_stale(datetime(2026, 1, 1), datetime(2026, 1, 3)), MAX_AGE.days
    (False, 2)
    """
    return now - created_at > MAX_AGE
