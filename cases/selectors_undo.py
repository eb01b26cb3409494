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
    """Decisions that have not taken effect yet, and how long they still wait."""

    decision_ids: tuple[uuid.UUID, ...]
    sentence: str
    seconds: int


def undo_offer_for(user: User) -> UndoOffer | None:
    """Return what somebody decided or approved a moment ago. Uses index: cases_decision_due."""
    now = timezone.now()
    waiting = CaseDecision.objects.filter(
        Q(decided_by=user) | Q(approved_by=user),
        status=DecisionStatus.SCHEDULED,
        takes_effect_at__gt=now,
    )
    # The one that takes effect first says how long there is.
    found = list(waiting.order_by("takes_effect_at").select_related("case")[:MAX_OFFERED])
    if not found or found[0].takes_effect_at is None:
        return None
    left = math.ceil((found[0].takes_effect_at - now).total_seconds())
    return UndoOffer(tuple(one.pk for one in found), _sentence(found), left)


def _sentence(waiting: Sequence[CaseDecision]) -> str:
    if len(waiting) > 1:
        return f"{len(waiting)} decisions take effect in a moment."
    only = waiting[0]
    words = only.get_label_display().lower()
    return f"Case {only.case.reference} is decided: {words}."
