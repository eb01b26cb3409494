"""What a list of cases is asked for: read from its address, and written back into one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict

from cases.choices import CaseStatus, DecisionLabel, Severity
from cases.selectors import CaseFilter

HOLDERS = {"me": "Mine", "nobody": "Nobody’s", "colleague": "A colleague’s"}
NAMES = ("queue", "status", "holder", "severity", "label", "breached")
MAX_PAGE = 200
SLUG = re.compile(r"[-a-zA-Z0-9_]{1,40}")


@dataclass(frozen=True, slots=True)
class ListQuestion:
    """What somebody wants to see, in the words of the address; "" is any."""

    queue: str = ""
    status: str = ""
    holder: str = ""
    severity: str = ""
    label: str = ""
    breached: str = ""
    page: int = 1

    @property
    def wanted(self) -> CaseFilter:
        """The same for the selector. A label is only on closed cases."""
        statuses = [self.status] if self.status else []
        if self.label and not statuses:
            statuses = [CaseStatus.CLOSED]
        return CaseFilter(
            queue_id=self.queue,
            statuses=statuses,
            holder=self.holder,
            min_severity=int(self.severity or 0),
            label=self.label,
            is_breached=bool(self.breached),
        )

    @property
    def query(self) -> str:
        """What stands in the address, without the page."""
        asked = {name: getattr(self, name) for name in NAMES}
        return urlencode({name: value for name, value in asked.items() if value})


def question_of(asked: Mapping[str, str]) -> ListQuestion:
    """Return what an address asks for; what it does not know, it leaves out.

    Examples
    --------
    >>> question_of({"status": "open", "severity": "9", "queue": "a b", "page": "-3"}).query
    'status=open'
    """
    return ListQuestion(
        queue=_slug(asked.get("queue", "")),
        status=_one_of(asked, "status", CaseStatus.values),
        holder=_one_of(asked, "holder", HOLDERS),
        severity=_one_of(asked, "severity", [str(value) for value in Severity.values]),
        label=_one_of(asked, "label", DecisionLabel.values),
        breached=_one_of(asked, "breached", ["1"]),
        page=_page(asked.get("page", "")),
    )


def question_in(query: str) -> ListQuestion:
    """Return what a saved address asks for."""
    return question_of(QueryDict(query).dict())


def _one_of(asked: Mapping[str, str], name: str, known: Iterable[str]) -> str:
    value = asked.get(name, "")
    return value if value in set(known) else ""


def _slug(text: str) -> str:
    """Return what can be the id of a queue; the database takes no zero bytes, for one."""
    return text if SLUG.fullmatch(text) else ""


def _page(text: str) -> int:
    return min(max(int(text), 1), MAX_PAGE) if text.isascii() and text.isdigit() else 1
