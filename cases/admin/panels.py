"""What the page shows of one alert: the verification or the payment that it is about."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from cases.admin.decisions import alert_words
from cases.models import Alert
from fraudsite.core.models import User
from fraudsite.core.services.data_keys import DataKeyDestroyed
from kyc.admin.evidence_page import evidence_context
from kyc.admin.findings import findings_context
from kyc.models import Verification
from kyc.services.evidence_access import evidence_seen
from scoring.admin.transaction_page import transaction_context
from transactions.models import Transaction

Context = dict[str, Any]


def alert_tabs(alerts: Sequence[Alert], shown: Alert | None) -> list[Context]:
    """Return the alerts as links, one of them the one that is shown."""
    return [
        {
            "id": alert.pk,
            "words": alert_words(alert),
            "severity": alert.get_severity_display(),
            "severity_code": alert.severity,
            "settlement": alert.get_settlement_display(),
            "raised_at": alert.raised_at,
            "is_shown": alert == shown,
        }
        for alert in alerts
    ]


def shown_alert(alerts: Sequence[Alert], wanted: str) -> Alert | None:
    """Return the alert that an address names, else the weightiest that waits."""
    named = (alert for alert in alerts if str(alert.pk) == wanted)
    return next(named, alerts[0] if alerts else None)


def alert_panel(alert: Alert | None, viewer: User) -> Context:
    """Return everything there is to see of one alert."""
    if alert is None:
        return {"kind": "none"}
    context = {"alert": alert, "reasons": alert.reasons}
    if alert.transaction_id is not None:
        return {**context, **_payment(alert.transaction_id, viewer)}
    if alert.verification_id is not None:
        return {**context, **_verification(alert.verification_id, viewer)}
    return {**context, "kind": "none"}


def _payment(key: uuid.UUID, viewer: User) -> Context:
    if not viewer.has_perm("transactions.view_transaction"):
        return {"kind": "hidden"}
    rows = Transaction.objects.select_related(
        *("customer", "account", "card", "merchant", "workspace"),
        *("decision", "decision__model"),
    ).defer("decision__model__manifest")
    shown = rows.get(pk=key)
    return {
        "kind": "payment",
        **transaction_context(shown, None, can_decide=False, can_label=False),
        "url": reverse("admin:transactions_transaction_change", args=[shown.pk]),
    }


def _verification(key: uuid.UUID, viewer: User) -> Context:
    """Return the evidence of a verification; whoever sees it is written down."""
    if not viewer.has_perm("kyc.view_verification"):
        return {"kind": "hidden"}
    rows = Verification.objects.select_related("customer__data_key")
    shown = rows.get(pk=key)
    can_see = viewer.has_perm("kyc.reveal_evidence")
    context: Context = {"kind": "verification", "url": _page_of(shown)}
    if can_see:
        evidence_seen(verification=shown, viewer=viewer)
    try:
        evidence = evidence_context(shown, can_decide=False, can_see_evidence=can_see)
        if can_see:
            context |= findings_context(shown)
    except DataKeyDestroyed:
        evidence = evidence_context(shown, can_decide=False, can_see_evidence=False)
        context["is_erased"] = True
    return {**context, **evidence}


def _page_of(verification: Verification) -> str:
    return reverse("admin:kyc_verification_change", args=[verification.pk])
