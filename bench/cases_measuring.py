"""What is asked of the pages of cases, drawn from what there is, and how long the answers took."""

from __future__ import annotations

import random
import re
import uuid
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import cycle, islice
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet

from bench.cases_requests import Desk, Request, timed
from bench.cases_site import MEMBERS_QUEUES, People
from bench.cpu_split import Parties, find_parties, spent
from cases.choices import CaseStatus, DecisionLabel, QueueName
from cases.models import Case
from transactions.models import Transaction

LIST = "/admin/cases/case/"
REQUESTS = 240
# Analysts who press at the same moment, on two cores.
AT_ONCE = 4
WARM_UPS = 12
SENIOR_SHARE = 0.25
PAGES = (1, 1, 1, 1, 2, 3, 8, 40, 200)
A_CASE = re.compile(LIST + r"[0-9a-f-]{36}/change/")
# Whose list it is, which state, and so on: each with what most people ask most of the time first.
ASKED: dict[str, tuple[str, ...]] = {
    "queue": ("", "", *QueueName.values),
    "status": ("", "", "", *CaseStatus.values),
    "holder": ("", "", "", "me", "nobody", "colleague"),
    "severity": ("", "", "", "2", "3", "4"),
    "label": ("", "", "", "", *DecisionLabel.values),
    "breached": ("", "", "1"),
}


def measure(port: int, site_pid: int, people: People) -> dict[str, Any]:
    """Return the figures of lists, next cases and case pages, by one person and by some at once."""
    asked = _Asked(port, people)
    timed(asked.warming(), at_once=AT_ONCE)
    parties = find_parties(site_pid)
    figures: dict[str, Any] = {
        "rows": {"cases": Case.objects.count(), "transactions": Transaction.objects.count()},
        "unclosed": Case.objects.exclude(status=CaseStatus.CLOSED).count(),
        "at_once": AT_ONCE,
    }
    for name, requests in asked.parts.items():
        figures[name] = {
            "one": _loaded(parties, requests(), 1),
            "some": _loaded(parties, requests(), AT_ONCE),
        }
    return figures


def _loaded(parties: Parties, requests: Sequence[Request], at_once: int) -> dict[str, Any]:
    """Return the figures of some requests, and who took how much processor time for them."""
    before = parties.cpu_s()
    figures = timed(requests, at_once=at_once).figures()
    taken = spent(before, parties.cpu_s())
    return {**figures, "cpu_s": {name: taken[name] for name in ("web", "postgres")}}


class _Asked:
    """Draws what is asked, and by whom; no case is opened twice, nobody takes too many."""

    def __init__(self, port: int, people: People) -> None:
        self._rng = random.Random(12)  # noqa: S311 - draws pages, no secrets
        self._desks = [Desk(port, people.session_of(user)) for user in people.analysts]
        self._senior = Desk(port, people.session_of(people.senior))
        self._turns = cycle(self._desks)
        self._cases = {
            "payment": self._drawn(Case.objects.filter(alerts__transaction__isnull=False)),
            "verification": self._drawn(Case.objects.filter(alerts__verification__isnull=False)),
        }

    @property
    def parts(self) -> dict[str, Callable[[], list[Request]]]:
        """Return what is measured."""
        return {
            "list": self._lists,
            "next": self._next,
            "payment_case": partial(self._pages, "payment", REQUESTS),
            "verification_case": partial(self._pages, "verification", REQUESTS),
        }

    def warming(self) -> list[Request]:
        """Return what each of the web's processes should have done once before."""
        pages = [partial(self._pages, kind, WARM_UPS) for kind in self._cases]
        return [*self._lists()[:WARM_UPS], *(page for some in pages for page in some())]

    def _lists(self) -> list[Request]:
        return [partial(self._asking(), self._address()) for _ in range(REQUESTS)]

    def _asking(self) -> Callable[[str], bool]:
        """Return whose turn it is; each fourth time the senior one, who sees all queues."""
        is_senior = self._rng.random() < SENIOR_SHARE
        return self._senior.opens if is_senior else next(self._turns).opens

    def _address(self) -> str:
        query = {name: self._rng.choice(values) for name, values in ASKED.items()}
        query["page"] = str(self._rng.choice(PAGES))
        return f"{LIST}?{urlencode({name: value for name, value in query.items() if value})}"

    def _next(self) -> list[Request]:
        return [
            partial(next(self._turns).is_led_on, f"{LIST}next/", self._queue(), A_CASE)
            for _ in range(REQUESTS)
        ]

    def _queue(self) -> dict[str, str]:
        """Return the form: any queue most of the time, else one that always has some left."""
        return {"queue": self._rng.choice(("", "", *MEMBERS_QUEUES))}

    def _pages(self, kind: str, count: int) -> list[Request]:
        drawn = islice(self._cases[kind], count)
        return [partial(self._asking(), f"{LIST}{key}/change/") for key in drawn]

    def _drawn(self, cases: QuerySet[Case]) -> Iterator[uuid.UUID]:
        """Return cases, three of four of them not closed; never one twice."""
        closed = cases.filter(status=CaseStatus.CLOSED).order_by("id").distinct()
        others = cases.exclude(status=CaseStatus.CLOSED).order_by("id").distinct()
        found = [
            *self._some(list(others.values_list("pk", flat=True)), 3 * REQUESTS),
            *self._some(list(closed.values_list("pk", flat=True)), REQUESTS),
        ]
        self._rng.shuffle(found)
        return iter(found)

    def _some(self, keys: list[uuid.UUID], count: int) -> list[uuid.UUID]:
        return self._rng.sample(keys, min(count, len(keys)))
