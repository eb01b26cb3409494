"""What somebody decided a moment ago and can still take back."""

from __future__ import annotations

import math
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from cases.choices import DecisionStatus
from cases.models import CaseDecision
from fraudsite.core.models import User

# As many as one bulk act can make; see `cases.services.bulk`.
MAX_OFFERED = 100


@dataclass(frozen=True, slots=True)
class UndoOffer:
    """Decisions that have not taken effect yet, the last one first.

    Attributes
    ----------
    sentence : str
        About the last one, and how many others wait.
    seconds : int
        How long the last one still waits; the others have less.
    """

    decision_ids: tuple[uuid.UUID, ...]
    sentence: str
    seconds: int

    @property
    def last_id(self) -> uuid.UUID:
        """The one that is taken back first."""
        return self.decision_ids[0]

    @property
    def others(self) -> int:
        """How many wait besides the last one."""
        return len(self.decision_ids) - 1


def undo_offer_for(user: User) -> UndoOffer | None:
    """Return what somebody decided or approved a moment ago. Uses index: cases_decision_due."""
    now = timezone.now()
    waiting = CaseDecision.objects.filter(
        Q(decided_by=user) | Q(approved_by=user),
        status=DecisionStatus.SCHEDULED,
        takes_effect_at__gt=now,
    )
    newest_first = waiting.order_by("-takes_effect_at", "-id")
    found = list(newest_first.select_related("case")[:MAX_OFFERED])
    if not found or found[0].takes_effect_at is None:
        return None
    left = math.ceil((found[0].takes_effect_at - now).total_seconds())
    return UndoOffer(tuple(one.pk for one in found), _sentence(found), left)


def _sentence(waiting: Sequence[CaseDecision]) -> str:
    last, others = waiting[0], len(waiting) - 1
    sentence = f"Case {last.case.reference} is decided: {last.get_label_display().lower()}."
    if not others:
        return sentence
    return f"{sentence} {others} more {'takes' if others == 1 else 'take'} effect in a moment."
