"""An export: counted and written down before its first byte leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db import transaction
from django.db.models import QuerySet

from cases.exports.cells import csv_lines
from cases.exports.rows import CASE_COLUMNS, LABEL_COLUMNS, case_rows, label_rows, labels_of
from cases.models import Case
from fraudsite.core.actors import Actor
from fraudsite.core.services.audit import audit_record

What = Literal["cases", "labels"]


@dataclass(frozen=True, slots=True)
class Export:
    """What is to be exported.

    Attributes
    ----------
    cases : QuerySet
        Those the caller may see and asked for.
    asked : mapping
        The same in codes, for the audit entry.
    """

    cases: QuerySet[Case]
    what: What = "cases"
    asked: Mapping[str, Any] = field(default_factory=dict)

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return list(CASE_COLUMNS if self.what == "cases" else LABEL_COLUMNS)

    def count(self) -> int:
        """Return how many rows there are now, without the header."""
        if self.what == "cases":
            return self.cases.order_by().count()
        return labels_of(self.cases).count()

    def lines(self) -> Iterator[str]:
        """Yield the lines of the file, the header first; rows are read a thousand at a time."""
        if self.what == "cases":
            return csv_lines(self.columns, case_rows(self.cases))
        return csv_lines(self.columns, label_rows(labels_of(self.cases)))


def export_begin(*, export: Export, actor: Actor) -> Iterator[str]:
    """Write down who exports what and how much, then return the file's lines."""
    with transaction.atomic():
        audit_record(
            actor=actor,
            action="case.exported",
            target=None,
            details={"what": export.what, "asked": dict(export.asked), "rows": export.count()},
        )
    return export.lines()
