"""How many messages a channel takes in a while, and what becomes of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Throttle:
    """At most so many messages within so long, whenever one begins to count.

    Attributes
    ----------
    limit : int
        Messages, at least 1.
    window : timedelta
        Longer than nothing.
    """

    limit: int
    window: timedelta

    def __post_init__(self) -> None:
        if self.limit < 1 or self.window <= timedelta(0):
            message = "A throttle lets at least one message through in some span of time."
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class NextMessage:
    """What to do now: send one message about the first `count` that wait, or send nothing yet.

    Attributes
    ----------
    count : int
        0 when nothing may go; otherwise how many of those that wait go into one message, the first
        of them told in full and the others as "and so many more".
    not_before : datetime or None
        When to ask again: set when `count` is 0.
    """

    count: int
    not_before: datetime | None = None


def next_message(
    waiting: int, sent_at: Sequence[datetime], throttle: Throttle, now: datetime
) -> NextMessage:
    """Return what the channel's next message is about.

    While more messages may go than are waiting, each goes alone. The last one that may go takes
    all that wait with it, so nobody waits behind a limit for something that could be told now.

    Parameters
    ----------
    waiting : int
        How many wait, at least 1; the caller has them in the order of their urgency.
    sent_at : sequence of datetime
        When messages went out or began to, in any order; those outside of the window are ignored.
    throttle : Throttle
        The limit.
    now : datetime
        The present.

    Returns
    -------
    NextMessage

    Examples
    --------
    >>> noon = datetime(2026, 11, 21, 12)
    >>> twice = Throttle(2, timedelta(minutes=10))
    >>> next_message(1, [], twice, noon)
    NextMessage(count=1, not_before=None)
    >>> next_message(13, [noon - timedelta(minutes=4)], twice, noon)
    NextMessage(count=13, not_before=None)
    >>> next_message(1, [noon, noon - timedelta(minutes=4)], twice, noon).not_before
    datetime.datetime(2026, 11, 21, 12, 6)
    """
    counted = sorted(sent for sent in sent_at if sent > now - throttle.window)
    allowed = throttle.limit - len(counted)
    if allowed <= 0:
        # So many have to leave the window that one fewer than the limit is left.
        return NextMessage(0, counted[-throttle.limit] + throttle.window)
    return NextMessage(waiting if allowed == 1 else 1)
