"""What can be done to many cases at once: who may, what it asks for, what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from django import forms

from cases.choices import DecisionLabel
from cases.decision_reasons import DecisionReason
from cases.effects import SettlePayment
from cases.models import Alert
from cases.services.claims import case_assign, case_escalate, case_release
from cases.services.decisions import Verdict, case_decide
from cases.services.pauses import case_suspend
from cases.services.rehearsal import Act, in_hand_first
from fraudsite.core.choices import Role
from fraudsite.core.models import User
from fraudsite.core.roles import role_permits
from scoring.review_reasons import ReviewReason
from transactions.choices import TransactionStatus

WORKING_ROLES = [role for role in Role.values if role_permits(role, "cases.work_case")]


class AssignForm(forms.Form):
    """Who gets the cases."""

    to = forms.ModelChoiceField(
        User.objects.filter(is_active=True, role__in=WORKING_ROLES).order_by("email"),
        label="To whom",
        empty_label="Choose…",
    )


class ReasonForm(forms.Form):
    """Why, in the person's own words."""

    reason = forms.CharField(max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class SuspendForm(ReasonForm):
    """Until which day, and why."""

    until = forms.DateField(
        label="Until the morning of",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="At most 90 days from now",
    )
    field_order = ("until", "reason")


class FalsePositiveForm(forms.Form):
    """Why it was nothing."""

    reason = forms.ChoiceField(
        choices=[("", "Choose…"), *DecisionReason.of_label(DecisionLabel.FALSE_POSITIVE)]
    )
    release_reason = forms.ChoiceField(
        label="Why held payments are released",
        choices=[("", "Choose…"), *ReviewReason.of_act("release")],
    )


@dataclass(frozen=True, slots=True)
class BulkAct:
    """One act.

    Attributes
    ----------
    label, verb : str
        On the button; and what a case then is, as in "will be released".
    permission : str
        Without it the act does not exist; each case asks for more.
    make : callable
        Takes who acts and what the form says; returns the command for one case.
    form : form class
        What the act asks for; None for nothing.
    note : str
        What somebody should know before.
    keeps_in_hand : bool
        Whether the cases stay in hand for a while, where only so many fit.
    """

    label: str
    verb: str
    permission: str
    make: Callable[[User, dict[str, Any]], Act]
    form: type[forms.Form] | None = None
    note: str = ""
    keeps_in_hand: bool = False


def _release(user: User, _said: dict[str, Any]) -> Act:
    return lambda case_id, seen: case_release(case_id=case_id, seen=seen, user=user)


def _assign(user: User, said: dict[str, Any]) -> Act:
    return lambda case_id, seen: case_assign(case_id=case_id, seen=seen, to=said["to"], user=user)


def _escalate(user: User, said: dict[str, Any]) -> Act:
    return in_hand_first(
        lambda case_id, seen: case_escalate(
            case_id=case_id, seen=seen, reason=said["reason"], analyst=user
        ),
        user,
    )


def _suspend(user: User, said: dict[str, Any]) -> Act:
    until = datetime.combine(said["until"], time(), tzinfo=UTC)
    return in_hand_first(
        lambda case_id, seen: case_suspend(
            case_id=case_id, seen=seen, until=until, reason=said["reason"], analyst=user
        ),
        user,
    )


def _false_positive(user: User, said: dict[str, Any]) -> Act:
    def decide(case_id: Any, seen: int | None) -> object:
        held = Alert.objects.filter(
            case_id=case_id, settlement="", transaction__status=TransactionStatus.HELD
        )
        payments = held.order_by("transaction_id").values_list("transaction_id", flat=True)
        effects = tuple(
            SettlePayment(str(payment), "release", said["release_reason"])
            for payment in dict.fromkeys(payments)
        )
        verdict = Verdict(DecisionLabel.FALSE_POSITIVE, said["reason"], effects)
        return case_decide(case_id=case_id, seen=seen, verdict=verdict, analyst=user)

    return in_hand_first(decide, user)


BULK_ACTS = {
    "assign": BulkAct("Assign", "assigned", "cases.assign_case", _assign, AssignForm),
    "release": BulkAct("Release", "released", "cases.work_case", _release),
    "escalate": BulkAct(
        "Move to escalations", "moved to escalations", "cases.work_case", _escalate, ReasonForm
    ),
    "suspend": BulkAct("Suspend", "suspended", "cases.work_case", _suspend, SuspendForm),
    "false_positive": BulkAct(
        "Close as false positive",
        "decided as a false positive",
        "cases.work_case",
        _false_positive,
        FalsePositiveForm,
        "Payments that these cases hold are released, ten seconds after you confirm; until then "
        "it can be undone. A case that asks for a second person waits for one.",
        keeps_in_hand=True,
    ),
}


def bulk_acts_of(user: User) -> dict[str, BulkAct]:
    """Return the acts that somebody has, by name."""
    return {name: act for name, act in BULK_ACTS.items() if user.has_perm(act.permission)}
