"""The status changes of an object, as the pages show them."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from fraudsite.core.choices import ActorKind
from fraudsite.core.models import StatusChange
from scoring.review_reasons import ReviewReason

LENGTH = 50


def history_of(shown: Model) -> list[dict[str, Any]]:
    """Return the newest moves of an object, newest first."""
    changes = StatusChange.objects.filter(
        target_type=shown._meta.label_lower, target_id=str(shown.pk)
    )
    return [_event(change) for change in changes.order_by("-id")[:LENGTH]]


def _event(change: StatusChange) -> dict[str, Any]:
    words = dict(ReviewReason.choices)
    is_machine = change.actor_kind == ActorKind.SYSTEM
    return {
        "at": change.occurred_at,
        "who": change.actor_label,
        "what": f"{change.from_status} → {change.to_status}",
        "detail": words.get(change.reason_code, change.reason_code),
        "kind": "machine" if is_machine else "human",
    }
