"""What happened to a verification, in words and in the order of time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from fraudsite.core.models import AuditEntry, StatusChange
from fraudsite.core.services.data_keys import open_bytes
from kyc.choices import CaptureKind, Stage, VerificationStatus
from kyc.models import StageResult, Verification

TIMELINE_LENGTH = 100
SHOWN_ACTIONS = {
    "capture.stored": "Kept",
    "evidence.viewed": "Evidence looked at",
    "verification.human_review_requested": "Asked for a person",
}


def events_of(verification: Verification) -> Iterator[dict[str, Any]]:
    """Yield what happened, without order: changes of status, what was sent and seen, stages."""
    target = {
        "target_type": verification._meta.label_lower,
        "target_id": str(verification.pk),
    }
    for change in StatusChange.objects.filter(**target).order_by("-id")[:TIMELINE_LENGTH]:
        yield _event(
            change.occurred_at,
            change.actor_label,
            f"{_status(change.from_status)} → {_status(change.to_status)}",
            change.reason_code,
            "machine" if change.actor_kind == "system" else "human",
        )
    entries = AuditEntry.objects.filter(**target, action__in=SHOWN_ACTIONS).order_by("-id")
    for entry in entries[:TIMELINE_LENGTH]:
        kind = "machine" if entry.actor_kind == "system" else "human"
        what = SHOWN_ACTIONS[entry.action]
        yield _event(entry.occurred_at, entry.actor_label, what, _capture(entry), kind)
    for result in verification.stage_results.all():
        yield _stage_event(result)


def notes_of(verification: Verification) -> Iterator[dict[str, Any]]:
    """Yield what colleagues wrote beside their decisions."""
    noted = verification.decisions.exclude(note_sealed=None).select_related("decided_by")
    for decision in noted:
        note = open_bytes(
            data_key=verification.customer.data_key,
            sealed=bytes(decision.note_sealed or b""),
            context=f"decision:{decision.id}:note",
        )
        who = decision.decided_by.role if decision.decided_by else "policy"
        yield _event(decision.created_at, who, "Note", note.decode(), "human")


def _stage_event(result: StageResult) -> dict[str, Any]:
    detail = f"{result.get_state_display().lower()} in {result.duration_ms} ms"
    if result.failure_code:
        detail = f"{detail}: {result.failure_code}"
    return _event(
        result.created_at,
        result.engine or "pipeline",
        str(Stage(result.stage).label),
        detail,
        "machine",
    )


def _event(at: datetime, who: str, what: str, detail: str, kind: str) -> dict[str, Any]:
    return {"at": at, "who": who, "what": what, "detail": detail, "kind": kind}


def _status(value: str) -> str:
    return str(VerificationStatus(value).label) if value else "Begun"


def _capture(entry: AuditEntry) -> str:
    """Return what was sent or looked at; "" where it was no single picture."""
    kind = entry.details.get("kind", "")
    return str(CaptureKind(kind).label) if kind in CaptureKind.values else ""
