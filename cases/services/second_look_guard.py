"""What a case under four eyes is about is decided in the case, and on no other page."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.urls import reverse

from cases.choices import CaseStatus
from cases.models import Alert
from fraudsite.core.decision_guards import Objection
from kyc.models import Verification
from transactions.models import Transaction


def second_look_objection(subject: Model) -> Objection | None:
    """Object while an open case that two people must agree on waits for this to be decided."""
    about = _about(subject)
    if about is None:
        return None
    waiting = Alert.objects.filter(settlement="", **about).exclude(case__second_look_reason="")
    alert = waiting.exclude(case__status=CaseStatus.CLOSED).select_related("case").first()
    if alert is None:
        return None
    sentence = f"Two people must agree on this in case {alert.case.reference}: decide it there."
    return Objection(sentence, reverse("admin:cases_case_change", args=[alert.case_id]))


def _about(subject: Model) -> dict[str, Any] | None:
    """Return how an alert names what is decided; Transactions and verifications have cases."""
    if isinstance(subject, Verification):
        return {"verification": subject}
    return {"transaction": subject} if isinstance(subject, Transaction) else None
