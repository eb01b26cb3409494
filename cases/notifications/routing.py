"""Which channels a piece of news goes to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class News:
    """What routes look at.

    Attributes
    ----------
    kind : str
        What happened ("sla_breached").
    queue : str
        Id of the queue the case is in.
    severity : int
        Of the case: 1 low, 2 medium, 3 high, 4 critical.
    people : tuple of str
        Ids of the users it is about: who was assigned, who was mentioned.
    """

    kind: str
    queue: str
    severity: int
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the table: this kind of news, from this queue, this bad or worse, goes there.

    Attributes
    ----------
    kind : str
        As of the news.
    queue : str
        Empty: any queue.
    min_severity : int
        1…4.
    channel : str
        Id of the channel.
    is_personal : bool
        The channel reaches the people the news is about, each at their own address.
    is_urgent : bool
        It goes in quiet hours too.
    """

    kind: str
    queue: str
    min_severity: int
    channel: str
    is_personal: bool = False
    is_urgent: bool = False

    def takes(self, news: News) -> bool:
        """Whether the news goes this way."""
        is_in_queue = not self.queue or self.queue == news.queue
        return self.kind == news.kind and is_in_queue and news.severity >= self.min_severity


@dataclass(frozen=True, slots=True)
class Destination:
    """One place a piece of news goes to; `person` is empty unless the channel is personal."""

    channel: str
    person: str
    is_urgent: bool


def destinations(news: News, routes: Iterable[Route]) -> list[Destination]:
    """Return where the news goes: each place once, urgent if any route there is.

    Parameters
    ----------
    news : News
        What happened.
    routes : iterable of Route
        All that are switched on.

    Returns
    -------
    list of Destination
        Ordered by channel and person.

    Examples
    --------
    >>> routes = [
    ...     Route("sla_breached", "", 1, "mail"),
    ...     Route("sla_breached", "payments", 3, "mail", is_urgent=True),
    ... ]
    >>> destinations(News("sla_breached", "payments", 4), routes)
    [Destination(channel='mail', person='', is_urgent=True)]
    >>> destinations(News("sla_breached", "onboarding", 4), routes)
    [Destination(channel='mail', person='', is_urgent=False)]
    """
    found: dict[tuple[str, str], bool] = {}
    for route in routes:
        if not route.takes(news):
            continue
        for person in news.people if route.is_personal else ("",):
            place = (route.channel, person)
            found[place] = found.get(place, False) or route.is_urgent
    return [Destination(*place, is_urgent) for place, is_urgent in sorted(found.items())]
