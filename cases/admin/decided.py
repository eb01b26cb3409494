"""Decisions as the page tells them: who decided what, and whether a viewer may know yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from cases.admin.notes import ERASED, colleague
from cases.choices import DecisionStatus
from cases.decision_reasons import DecisionReason
from cases.models import Case, CaseDecision
from cases.services.sealing import text_open
from cases.services.second_looks import hides_from
from fraudsite.core.models import User

Context = dict[str, Any]
ACT_WORDS = {
    "approve": "Approve the verification",
    "decline": "Decline the verification",
    "resubmit": "Ask the customer to resubmit",
    "release": "Release the payment",
    "refuse": "Refuse the payment",
}


def decided_context(case: Case, viewer: User) -> list[Context]:
    """Return the decisions of a case that are over, the newest first. One query."""
    rows = CaseDecision.objects.filter(case=case).select_related("decided_by", "approved_by")
    return [_told(case, row, viewer) for row in rows.order_by("-created_at", "-id")]


def effect_words(effect: dict[str, Any]) -> str:
    """Return what an effect does, as a decision keeps it.

    Examples
    --------
    >>> effect_words({"kind": "block", "subject": "card", "days": 30, "reference": "tok_1"})
    'Block the card for 30 days'
    """
    return WORDS[effect["kind"]](effect)


def _told(case: Case, row: CaseDecision, viewer: User) -> Context:
    row.case = case
    is_hidden = hides_from(row, viewer)
    told = {
        "id": row.pk,
        "status": row.status,
        "status_label": row.get_status_display(),
        "by": colleague(row.decided_by),
        "answered_by": colleague(row.approved_by),
        "created_at": row.created_at,
        "is_hidden": is_hidden,
        "is_own": row.decided_by_id == viewer.pk,
        "waits": row.status == DecisionStatus.AWAITING_APPROVAL,
        "is_live": row.status in {DecisionStatus.AWAITING_APPROVAL, DecisionStatus.SCHEDULED},
    }
    return told if is_hidden else {**told, **_content(case, row, viewer)}


def _content(case: Case, row: CaseDecision, viewer: User) -> Context:
    return {
        "label": row.label,
        "label_words": row.get_label_display(),
        "reason": DecisionReason(row.reason).label,
        "effects": _counted(effect_words(effect) for effect in row.effects),
        "covers": len(row.covers),
        "failure": row.failure_sentence,
        "note": _note(case, row) if viewer.has_perm("cases.work_case") else "",
    }


def _counted(words: Iterable[str]) -> list[str]:
    """Return each thing that is done once, and how often.

    Examples
    --------
    >>> _counted(["Refuse the payment", "Block the card for 30 days", "Refuse the payment"])
    ['Refuse the payment, 2 times', 'Block the card for 30 days']
    """
    counts = Counter(words)
    return [said if count == 1 else f"{said}, {count} times" for said, count in counts.items()]


def _note(case: Case, row: CaseDecision) -> str:
    if row.note_sealed is None:
        return ""
    return text_open(case, row.note_sealed, row.note_context) or ERASED


def _settled(effect: dict[str, Any]) -> str:
    return ACT_WORDS.get(effect["act"], effect["act"])


def _blocked(effect: dict[str, Any]) -> str:
    return f"Block the {effect['subject']} for {effect['days']} days"


def _snoozed(effect: dict[str, Any]) -> str:
    return f"Snooze the rule {effect['rule_id']} for {effect['days']} days"


WORDS: dict[str, Callable[[dict[str, Any]], str]] = {
    "verification": _settled,
    "payment": _settled,
    "block": _blocked,
    "snooze": _snoozed,
}
