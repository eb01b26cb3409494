"""The form that decides a case, and what it says as a value that the service takes."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet

from cases.admin.case_forms import CaseForm
from cases.admin.waiting import Choices, Waiting, waiting_of
from cases.choices import DecisionLabel
from cases.decision_reasons import DecisionReason
from cases.effects import Block, Effect, SettlePayment, SettleVerification, Snooze
from cases.models import Alert, Case
from cases.services.case_rows import live_decision
from cases.services.decisions import Verdict
from cases.services.effects import MAX_BLOCK_DAYS, MAX_SNOOZE_DAYS
from scoring.admin.transaction_page import money_of
from scoring.models import Rule
from transactions.admin.masking import masked_id

USUAL_DAYS = 30
LABEL_MISSING = "Say what it turned out to be."
ACT_MISSING = "Say what is to be done with each payment and verification that waits."
LEFT_OPEN = ("", "Leave it as it is")
RULE = "rule."


@dataclass(frozen=True, slots=True)
class Blockable:
    """Something of the case that a block list can name.

    Attributes
    ----------
    value : str
        What the form carries: "customer", or the kind and a payment of the case that used it, so
        that no card's token and no device's id stands in the page.
    """

    value: str
    words: str
    subject: str
    reference: str = ""


def case_alerts(case: Case) -> list[Alert]:
    """Return a case's alerts with what they are about, the weightiest of what waits first.

    Of alerts that look equally bad, the one with the most money comes first. One query.
    """
    rows: QuerySet[Alert] = case.alerts.select_related(
        "verification", "transaction__card", "transaction__merchant"
    )
    return sorted(
        rows.order_by("id"),
        key=lambda alert: (alert.is_settled, -alert.severity, -_amount_of(alert)),
    )


class EffectsForm(CaseForm):
    """A label, and what is done about what the alerts are about."""

    label = forms.ChoiceField(choices=DecisionLabel.choices, required=False)
    block = forms.MultipleChoiceField(required=False)
    block_days = forms.IntegerField(initial=USUAL_DAYS, min_value=1, max_value=MAX_BLOCK_DAYS)
    snooze = forms.MultipleChoiceField(required=False)
    snooze_days = forms.IntegerField(initial=USUAL_DAYS, min_value=1, max_value=MAX_SNOOZE_DAYS)

    def __init__(self, *args: Any, alerts: Sequence[Alert] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.alerts = case_alerts(self.case) if alerts is None else alerts
        self.unsettled = [alert for alert in self.alerts if not alert.is_settled]
        self.waiting = waiting_of(self.alerts)
        self.blockables = _blockables(self.case, self.alerts)
        self._offer("block", [(one.value, one.words) for one in self.blockables])
        self._offer("snooze", _snoozable(self.case, self.alerts))
        for one in self.waiting:
            self.fields[one.field] = forms.ChoiceField(
                choices=[LEFT_OPEN, *one.acts],
                required=False,
                label=one.title,
                widget=forms.Select(attrs={"data-settles": one.kind}),
            )
            self.fields[one.seen_field] = forms.CharField(required=False, widget=forms.HiddenInput)

    def settlements(self) -> Iterator[tuple[forms.BoundField, str, str]]:
        """Yield the field of each thing that waits, with the name and value of its state."""
        for one in self.waiting:
            yield self[one.field], one.seen_field, one.seen

    def effects(self) -> list[Effect]:
        """Return what is to be done."""
        data = self.cleaned_data
        return [
            *self._settled(),
            *(
                Block(one.subject, data["block_days"], one.reference)  # type: ignore[arg-type]  # of a closed set
                for one in self.blockables
                if one.value in data.get("block", [])
            ),
            *(Snooze(rule_id, data["snooze_days"]) for rule_id in data.get("snooze", [])),
        ]

    def _settled(self) -> Iterator[Effect]:
        for one in self.waiting:
            act, _, reason = self.cleaned_data[one.field].partition(":")
            if act:
                yield _settle(one, act, reason, self.cleaned_data[one.seen_field])

    def _offer(self, name: str, choices: Choices) -> None:
        if choices:
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # a choice field
        else:
            del self.fields[name]
            self.fields[f"{name}_days"].required = False


class SecondForm(EffectsForm):
    """What a blind second person decides: about the same alerts, and nothing left open.

    A gap would count as disagreement.
    """

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        live = live_decision(case)
        covered = live.covers if live is not None else []
        alerts = [alert for alert in case_alerts(case) if str(alert.pk) in covered]
        super().__init__(*args, case=case, alerts=alerts, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Ask for a label, and for an act on everything that waits."""
        data = super().clean() or self.cleaned_data
        if not data.get("label"):
            raise forms.ValidationError(LABEL_MISSING)
        if not all(data.get(one.field) for one in self.waiting):
            raise forms.ValidationError(ACT_MISSING)
        return data


class DecideForm(EffectsForm):
    """What it turned out to be, why, and what is done about it."""

    reason = forms.ChoiceField(choices=DecisionReason.choices, required=False)
    alert_ids = forms.MultipleChoiceField(required=False)
    note = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 3, "maxlength": 4000})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = _told_apart(self.unsettled)
        self.fields["alert_ids"].choices = offered  # type: ignore[attr-defined]  # a choice field

    def reasons(self) -> list[tuple[str, str, list[tuple[int, str, str]]]]:
        """Return label, its words and its reasons, each with the digit that chooses it."""
        return [
            (
                label,
                str(words),
                [
                    (digit, code, reason)
                    for digit, (code, reason) in enumerate(DecisionReason.of_label(label), start=1)
                ],
            )
            for label, words in DecisionLabel.choices
        ]

    def verdict(self) -> Verdict:
        """Return what was decided."""
        data = self.cleaned_data
        chosen = [uuid.UUID(one) for one in data["alert_ids"]]
        is_whole = len(chosen) == len(self.unsettled) or len(self.unsettled) < 2
        return Verdict(
            label=data["label"],
            reason=data["reason"],
            effects=self.effects(),
            alert_ids=None if is_whole else chosen,
            note=data["note"],
        )


def alert_words(alert: Alert) -> str:
    """Return which alert it is: its source or the payment, and the strictest reason."""
    reasons = [reason["text"] for reason in alert.reasons[:1] if "text" in reason]
    return ": ".join([_about(alert), *reasons])


def _told_apart(alerts: Sequence[Alert]) -> Choices:
    """Return alerts by what they are about; with their reasons where that is the same."""
    about = [_about(alert) for alert in alerts]
    return [
        (str(alert.pk), words if about.count(words) == 1 else alert_words(alert))
        for alert, words in zip(alerts, about, strict=True)
    ]


def _amount_of(alert: Alert) -> int:
    payment = alert.transaction
    return 0 if payment is None else payment.amount_reference_minor or 0


def _about(alert: Alert) -> str:
    payment = alert.transaction
    if payment is None:
        return str(alert.get_source_display())
    return f"Payment {payment.reference}, {money_of(payment)}"


def _settle(one: Waiting, act: str, reason: str, seen: str) -> Effect:
    if one.kind == "verification":
        return SettleVerification(one.key, act, reason, seen)  # type: ignore[arg-type]  # of the field's choices
    return SettlePayment(one.key, act, reason, seen)  # type: ignore[arg-type]  # of the field's choices


def _blockables(case: Case, alerts: Sequence[Alert]) -> list[Blockable]:
    """Return the customer, and each card and device of the case's payments once."""
    found: dict[tuple[str, str], Blockable] = {}
    if case.customer is not None:
        words = f"Customer {case.customer.reference}"
        found["customer", ""] = Blockable("customer", words, "customer")
    for payment in (alert.transaction for alert in alerts if alert.transaction is not None):
        if payment.card is not None:
            _add(found, "card", payment.card.token, str(payment.pk))
        if payment.device_reference:
            _add(found, "device", payment.device_reference, str(payment.pk))
    return list(found.values())


def _add(
    found: dict[tuple[str, str], Blockable], subject: str, reference: str, payment_id: str
) -> None:
    words = f"{subject.capitalize()} {masked_id(reference)}"
    value = f"{subject}:{payment_id}"
    found.setdefault((subject, reference), Blockable(value, words, subject, reference))


def _snoozable(case: Case, alerts: Sequence[Alert]) -> Choices:
    """Return the rules that raised something; a rule is snoozed for a customer."""
    if case.customer_id is None:
        return []
    codes = {reason["code"] for alert in alerts for reason in alert.reasons}
    ids = {code.removeprefix(RULE).partition("@")[0] for code in codes if code.startswith(RULE)}
    rules = Rule.objects.filter(pk__in=ids).order_by("title")
    return list(rules.values_list("pk", "title"))
