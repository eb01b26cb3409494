"""The queues every installation begins with, and one more time limit: how long an undo lasts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cases.choices import QueueName


@dataclass(frozen=True, slots=True)
class QueueDefaults:
    """How a queue is worked until somebody sets it otherwise.

    The times are those of a small team on working days, to be set to what was promised to
    customers: a held payment keeps somebody waiting, so hours; an onboarding a day; Article 22 of
    the GDPR names no limit for a human review, Article 12(3) a month for any answer.
    """

    name: QueueName
    rank: int
    sla_minutes: int
    second_look_from_minor: int | None = None

    def columns(self) -> dict[str, Any]:
        """Return what a new row of the table of queues holds."""
        return {
            "title": self.name.label,
            "rank": self.rank,
            "sla_minutes": self.sla_minutes,
            "second_look_from_minor": self.second_look_from_minor,
        }


SHIPPED_QUEUES = (
    QueueDefaults(QueueName.ONBOARDING, 1, 24 * 60),
    QueueDefaults(QueueName.PAYMENTS, 2, 4 * 60, second_look_from_minor=500_000),
    QueueDefaults(QueueName.SCREENING, 3, 24 * 60),
    QueueDefaults(QueueName.HUMAN_REVIEW, 4, 48 * 60),
    QueueDefaults(QueueName.ESCALATIONS, 5, 8 * 60, second_look_from_minor=500_000),
)
