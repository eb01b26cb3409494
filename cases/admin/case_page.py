"""What the page of one case shows: everything an analyst needs to decide it, on one screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils import timezone

from cases.admin.attachments import TAKEN, attachments_context
from cases.admin.case_acts import ACTS, Act, offered_acts
from cases.admin.case_forms import CaseForm
from cases.admin.case_rows import subject_of
from cases.admin.customer_payments import payments_context
from cases.admin.decided import decided_context
from cases.admin.decisions import DecideForm, EffectsForm, SecondForm, case_alerts
from cases.admin.notes import colleague, timeline_context
from cases.admin.panels import alert_panel, alert_tabs, shown_alert
from cases.admin.related import related_context
from cases.admin.reports import report_links
from cases.admin.sla_words import time_left
from cases.admin.subject import Facts, may_reveal
from cases.choices import DecisionStatus
from cases.models import Alert, Case, CaseDecision
from cases.selectors import earlier_cases
from cases.services.case_rows import live_decision
from cases.services.second_looks import is_blind
from fraudsite.core.models import User

Context = dict[str, Any]
EARLIER_LENGTH = 10


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be seen beside the case itself.

    Attributes
    ----------
    alert : str
        Which alert to show; "": the weightiest.
    sent : mapping
        Forms that were refused, by the names of their acts, with what was typed.
    revealed : Facts or None
        Who the customer is, where somebody asked.
    """

    alert: str = ""
    sent: Mapping[str, CaseForm] = field(default_factory=dict)
    revealed: Facts | None = None


def case_context(case: Case, viewer: User, wish: Wish) -> Context:
    """Return the template context. The number of queries does not rise with what there is."""
    alerts = case_alerts(case)
    live = live_decision(case)
    shown = shown_alert(alerts, wish.alert)
    shown_forms = _forms(case, viewer, alerts, live, wish)
    offered = offered_acts(case, viewer, live=live)
    return {
        "case": _head(case),
        "tabs": alert_tabs(alerts, shown),
        "panel": alert_panel(shown, viewer),
        "payments": payments_context(case, shown.transaction_id if shown else None),
        "related": related_context(case),
        "acts": [{"act": act, "form": shown_forms[act.name]} for act in offered],
        "lost": _lost(wish.sent, _placed(viewer, offered, live)),
        "forms": shown_forms,
        "decided": decided_context(case, viewer),
        "may_answer": _may_answer(viewer, live),
        "is_blind": is_blind(case),
        "can_write": viewer.has_perm("cases.work_case"),
        "can_reveal": may_reveal(case, viewer),
        "revealed": wish.revealed,
        "timeline": timeline_context(case, viewer),
        "attachments": attachments_context(case, viewer),
        "attach_help": TAKEN,
        "earlier": earlier_cases(case, limit=EARLIER_LENGTH),
        "reports": report_links(case, viewer),
    }


def _head(case: Case) -> Context:
    return {
        "id": case.pk,
        "version": case.version,
        "reference": case.reference,
        "subject": subject_of(case),
        "queue": case.queue.title,
        "status": case.status,
        "status_label": case.get_status_display(),
        "severity": case.get_severity_display(),
        "severity_code": case.severity,
        "priority": case.priority,
        "parts": case.priority_parts,
        "left": time_left(case, timezone.now()),
        "holder": colleague(case.claimed_by),
        "assigned": colleague(case.assigned_to),
        "amount": f"{case.amount_minor / 100:,.2f} EUR" if case.amount_minor else "",
        "opened_at": case.opened_at,
        "label": case.get_label_display() if case.label else "",
        "is_asked_by_customer": case.is_asked_by_customer,
        "second_look": case.second_look_reason,
    }


def _forms(
    case: Case, viewer: User, alerts: list[Alert], live: CaseDecision | None, wish: Wish
) -> dict[str, CaseForm | None]:
    """Return an empty form of each act, or the refused one with what was typed."""
    made: dict[str, CaseForm | None] = {
        name: act.form(case=case, viewer=viewer, auto_id=f"{name}-%s")
        for name, act in ACTS.items()
        if not issubclass(act.form, EffectsForm)
    }
    decides = case.is_held and case.claimed_by_id == viewer.pk and live is None
    if decides:
        made["decide"] = DecideForm(case=case, viewer=viewer, alerts=alerts, auto_id="decide-%s")
    if _may_answer(viewer, live) and is_blind(case):
        made["second"] = SecondForm(case=case, viewer=viewer, auto_id="second-%s")
    return {**made, **wish.sent}


def _placed(viewer: User, offered: Sequence[Act], live: CaseDecision | None) -> set[str]:
    """Return the acts whose forms have a place on the page."""
    writes = {"note", "attach"} if viewer.has_perm("cases.work_case") else set()
    answers = {"approve", "reject", "second"} if _may_answer(viewer, live) else {"decide"}
    return {act.name for act in offered} | writes | answers


def _lost(sent: Mapping[str, CaseForm], placed: set[str]) -> list[Context]:
    """Return refused forms that have no place any more: why, and what was typed in them."""
    return [
        {
            "label": ACTS[name].label,
            "why": [sentence for said in form.errors.values() for sentence in said],
            "typed": [
                (str(field.label), field.value())
                for field in form.visible_fields()
                if isinstance(field.field.widget, forms.Textarea) and field.value()
            ],
        }
        for name, form in sent.items()
        if name not in placed
    ]


def _may_answer(viewer: User, live: CaseDecision | None) -> bool:
    """Whether a decision waits for this person's second look; never one of their own."""
    if live is None or live.status != DecisionStatus.AWAITING_APPROVAL:
        return False
    return live.decided_by_id != viewer.pk and viewer.has_perm("cases.approve_case")
