"""Deciding: label, effects and end in one transaction, ten seconds later, or not at all."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.effects import Block, SettlePayment, SettleVerification, Snooze
from cases.models import Alert, Case, CaseDecision, CaseLabel
from cases.services.applying import decision_apply, decisions_apply_due
from cases.services.approvals import decision_undo
from cases.services.claims import case_release
from cases.services.decisions import UNDO, Verdict, case_decide
from fraudsite.core.choices import Role
from fraudsite.core.models import AuditEntry, OutboxEvent, User
from kyc.models import Customer
from kyc.refusals import ChangedElsewhere, Refusal
from scoring.choices import DecisionOutcome as O
from scoring.models import ListEntry, Rule, RuleSnooze
from tests.cases.raised import (
    TESTER,
    a_case,
    a_payment,
    a_verification_case,
    claimed_by,
    raised_by,
)
from tests.scoring.decided import a_customer, an_account
from transactions.models import Label, Transaction
from transactions.services.holds import transaction_refuse, transaction_release

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> Customer:
    return a_customer("carla")


def refuse(case: Case, **more: Any) -> Verdict:
    """Confirmed fraud, refused."""
    alerts = case.alerts.filter(settlement="", transaction__status="held")
    effects = [
        SettlePayment(str(alert.transaction_id), "refuse", "refuse_fraud") for alert in alerts
    ]
    verdict = {"label": "confirmed_fraud", "reason": "fraud_account_takeover", "effects": effects}
    return Verdict(**{**verdict, **more})


def release(case: Case, **more: Any) -> Verdict:
    payment = str(case.alerts.get().transaction_id)
    effects = [SettlePayment(payment, "release", "release_false_alarm")]
    verdict = {"label": "false_positive", "reason": "honest_checked", "effects": effects}
    return Verdict(**{**verdict, **more})


def decide(case: Case, verdict: Verdict, analyst: User, **more: Any) -> CaseDecision:
    seen = Case.objects.get(pk=case.pk).version
    return case_decide(case_id=case.pk, seen=seen, verdict=verdict, analyst=analyst, **more)


def pay_out(case: Case) -> list[Any]:
    """Return what stands of the case's payments: their status and what they turned out to be."""
    rows = Transaction.objects.filter(alerts__case=case).distinct().order_by("id")
    return [(row.status, [label.is_fraud for label in row.labels.all()]) for row in rows]


def test_a_decision_takes_effect_when_its_ten_seconds_are_over(
    anna: User, customer: Customer
) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        case = claimed_by(anna, a_case(customer))
        made = decide(case, refuse(case), anna)
        assert made.status == "scheduled"
        assert made.takes_effect_at - made.created_at == UNDO == timedelta(seconds=10)
        clock.shift(timedelta(seconds=9.9))
        assert decisions_apply_due() == 0
        assert pay_out(case) == [("held", [])]

        clock.shift(timedelta(seconds=0.1))
        assert decisions_apply_due() == 1

    made.refresh_from_db()
    case.refresh_from_db()
    assert (made.status, made.ended_at - made.created_at) == ("applied", UNDO)
    assert (case.status, case.label) == ("closed", "confirmed_fraud")
    assert case.closed_at == made.ended_at
    assert pay_out(case) == [("refused", [True])]
    assert decisions_apply_due() == 0


def test_the_label_says_who_said_it_and_in_which_case(anna: User, customer: Customer) -> None:
    case = claimed_by(anna, a_case(customer))

    made = decide(case, refuse(case), anna, is_immediate=True)

    label = Label.objects.get()
    assert (label.source, label.reason_code) == ("analyst", "fraud_account_takeover")
    assert (label.actor_kind, label.actor_id) == ("user", str(anna.pk))
    assert CaseLabel.objects.get().decision == made
    assert CaseLabel.objects.get(label=label).decision.case == case


@pytest.mark.parametrize(
    ("label", "reason", "labels"),
    [
        ("false_positive", "honest_checked", [False]),
        ("valuable_alert", "valuable_unusual_explained", [False]),
        ("inconclusive", "inconclusive_evidence_missing", []),
    ],
)
def test_what_is_no_fraud_is_released_and_labelled_as_far_as_it_is_known(
    anna: User, customer: Customer, label: str, reason: str, labels: list[bool]
) -> None:
    case = claimed_by(anna, a_case(customer))

    decide(case, release(case, label=label, reason=reason), anna, is_immediate=True)

    assert pay_out(case) == [("released", labels)]


def test_refused_money_returns_to_the_account(anna: User, customer: Customer) -> None:
    account = an_account(customer, balance_minor=500_00)
    payment = a_payment(customer, account=account, amount_minor=120_00)
    case = claimed_by(anna, raised_by(payment).case)

    decide(case, refuse(case), anna, is_immediate=True)

    account.refresh_from_db()
    assert account.balance_minor == 620_00


@pytest.mark.parametrize(
    ("act", "reason", "label", "why"),
    [
        ("approve", "approve_evidence_clear", "false_positive", "honest_checked"),
        ("decline", "decline_forged_document", "confirmed_fraud", "fraud_forged_document"),
        ("resubmit", "resubmit_picture", "inconclusive", "inconclusive_evidence_missing"),
    ],
)
def test_a_verification_is_decided_from_its_case(
    anna: User, act: str, reason: str, label: str, why: str
) -> None:
    case = claimed_by(anna, a_verification_case())
    verification = case.alerts.get().verification
    effect = SettleVerification(str(verification.pk), act, reason)

    decide(case, Verdict(label, why, [effect], note="Seen by eye."), anna, is_immediate=True)

    verification.refresh_from_db()
    case.refresh_from_db()
    assert verification.status == {"approve": "approved", "decline": "declined"}.get(act, act)
    assert case.status == "closed"
    by_person = verification.decisions.get(decided_by=anna)
    assert by_person.reason_codes == [reason]
    assert by_person.note_sealed is not None


def test_customer_card_and_device_are_blocked_for_a_time(anna: User, customer: Customer) -> None:
    case = claimed_by(anna, a_case(customer))
    blocks = [Block("customer", 30), Block("device", 7, "carlas-phone")]
    verdict = refuse(case)

    decide(case, refuse(case, effects=[*verdict.effects, *blocks]), anna, is_immediate=True)

    entries = ListEntry.objects.order_by("subject")
    assert [(entry.subject, entry.entity_list_id) for entry in entries] == [
        ("customer", "blocked"),
        ("device", "blocked"),
    ]
    days = [(entry.expires_at - timezone.now()).total_seconds() / 86_400 for entry in entries]
    assert days == pytest.approx([30, 7], abs=0.01)
    assert {entry.reason for entry in entries} == {f"Case {case.reference}"}
    assert {entry.created_by for entry in entries} == {anna}


def test_a_rule_is_snoozed_for_the_customer(anna: User, customer: Customer) -> None:
    Rule.objects.create(id="velocity", title="Velocity")
    case = claimed_by(anna, a_case(customer))
    verdict = release(case)

    longest = release(case, effects=[*verdict.effects, Snooze("velocity", 90)])
    decide(case, longest, anna, is_immediate=True)

    snooze = RuleSnooze.objects.get()
    assert (snooze.rule_id, snooze.customer, snooze.created_by) == ("velocity", customer, anna)


def test_the_outcome_leaves_as_an_event_without_personal_data(
    anna: User, customer: Customer
) -> None:
    case = claimed_by(anna, a_case(customer))

    made = decide(case, refuse(case), anna, is_immediate=True)

    told = OutboxEvent.objects.get(kind="cases.casedecision.applied").payload
    assert told["label"] == "confirmed_fraud"
    assert told["customer_id"] == str(customer.pk)
    assert told["decision_id"] == str(made.pk)
    assert told["transaction_ids"] == [str(Transaction.objects.get().pk)]
    assert told["effects"] == [{"kind": "payment", "act": "refuse"}]
    assert OutboxEvent.objects.filter(kind="cases.case.closed").count() == 1


def test_until_then_nothing_leaves_the_house(anna: User, customer: Customer) -> None:
    case = claimed_by(anna, a_case(customer))
    before = set(OutboxEvent.objects.values_list("kind", flat=True))

    decide(case, refuse(case), anna)

    assert set(OutboxEvent.objects.values_list("kind", flat=True)) - before == {
        "cases.case.investigating"
    }


def test_an_undone_decision_changes_nothing(anna: User, customer: Customer) -> None:
    case = claimed_by(anna, a_case(customer))
    made = decide(case, refuse(case), anna)

    decision_undo(decision_id=made.pk, user=anna)

    assert decision_apply(decision_id=made.pk, is_due=True) == "undone"
    assert pay_out(case) == [("held", [])]
    case.refresh_from_db()
    assert (case.status, case.claimed_by) == ("investigating", anna)
    again = decide(case, release(case), anna, is_immediate=True)
    assert again.status == "applied"
    assert pay_out(case) == [("released", [False])]


def test_what_has_taken_effect_is_not_undone(anna: User, customer: Customer) -> None:
    case = claimed_by(anna, a_case(customer))
    made = decide(case, refuse(case), anna, is_immediate=True)

    with pytest.raises(Refusal) as refused:
        decision_undo(decision_id=made.pk, user=anna)

    assert refused.value.code == "too_late"
    assert pay_out(case) == [("refused", [True])]


def test_nobody_undoes_a_colleagues_decision(anna: User, ben: User, customer: Customer) -> None:
    case = claimed_by(anna, a_case(customer))
    made = decide(case, refuse(case), anna)

    with pytest.raises(Refusal) as refused:
        decision_undo(decision_id=made.pk, user=ben)

    assert refused.value.code == "not_yours"


def test_a_payment_released_meanwhile_fails_the_decision_and_leaves_nothing_half_done(
    anna: User, customer: Customer
) -> None:
    first, second = a_payment(customer), a_payment(customer)
    case = raised_by(first).case
    raised_by(second)
    claimed_by(anna, Case.objects.get())
    made = decide(case, refuse(case), anna)
    transaction_release(held=second, actor=TESTER, reason_code="release_false_alarm")

    assert decision_apply(decision_id=made.pk, is_due=True) == "failed"

    made.refresh_from_db()
    case.refresh_from_db()
    assert made.failure_code == "changed_elsewhere"
    assert "moved on" in made.failure_sentence
    assert pay_out(case) == [("held", []), ("released", [])]
    assert (case.status, case.claimed_by) == ("investigating", anna)
    assert not Alert.objects.exclude(settlement="").exists()
    assert not AuditEntry.objects.filter(action="transaction.labelled").exists()


def test_a_payment_that_is_refused_already_is_no_obstacle(anna: User, customer: Customer) -> None:
    case = claimed_by(anna, a_case(customer))
    made = decide(case, refuse(case), anna)
    transaction_refuse(held=Transaction.objects.get(), actor=TESTER, reason_code="refuse_fraud")

    assert decision_apply(decision_id=made.pk, is_due=True) == "applied"

    assert pay_out(case) == [("refused", [True])]


def test_a_broken_effect_is_noted_and_keeps_no_other_waiting(
    anna: User, ben: User, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, good = claimed_by(anna, a_case(customer)), claimed_by(ben)
    made = [decide(broken, refuse(broken), anna), decide(good, refuse(good), ben)]
    CaseDecision.objects.update(takes_effect_at=timezone.now())

    def effect_apply(effect: Any, case: Case, *more: Any) -> None:
        if case.pk == broken.pk:
            raise RuntimeError

    monkeypatch.setattr("cases.services.applying.effect_apply", effect_apply)
    assert decisions_apply_due() == 2

    for one in made:
        one.refresh_from_db()
    assert [one.status for one in made] == ["failed", "applied"]
    assert made[0].failure_code == "internal_error"


def test_part_of_a_case_can_be_decided_and_the_rest_goes_on(anna: User, customer: Customer) -> None:
    first, second = a_payment(customer, amount_minor=40_00), a_payment(customer)
    alert = raised_by(first)
    raised_by(second)
    case = claimed_by(anna, Case.objects.get())
    effect = SettlePayment(str(first.pk), "refuse", "refuse_fraud")

    decide(case, refuse(case, effects=[effect], alert_ids=[alert.pk]), anna, is_immediate=True)

    case.refresh_from_db()
    assert (case.status, case.amount_minor) == ("investigating", 120_00)
    assert pay_out(case) == [("refused", [True]), ("held", [])]
    rest = [SettlePayment(str(second.pk), "release", "release_false_alarm")]
    last = Verdict("false_positive", "honest_checked", rest)
    decide(case, last, anna, is_immediate=True)
    case.refresh_from_db()
    assert (case.status, case.label) == ("closed", "confirmed_fraud")


def test_an_alert_that_comes_meanwhile_keeps_the_case_open(anna: User, customer: Customer) -> None:
    case = claimed_by(anna, a_case(customer))
    made = decide(case, refuse(case), anna)
    late = raised_by(a_payment(customer))

    decision_apply(decision_id=made.pk, is_due=True)

    case.refresh_from_db()
    late.refresh_from_db()
    assert (case.status, late.settlement) == ("investigating", "")


NOBODYS = uuid.UUID(int=7)
REFUSED = {
    "reason_missing": {"reason": "honest_checked"},
    "label_missing": {"label": "guilty"},
    "payment_left_waiting": {"effects": []},
    "unknown_alerts": {"alert_ids": [NOBODYS]},
    "note_too_long": {"note": "x" * 4001},
}


@pytest.mark.parametrize("code", sorted(REFUSED))
def test_a_verdict_that_does_not_fit_is_refused(anna: User, customer: Customer, code: str) -> None:
    case = claimed_by(anna, a_case(customer))

    with pytest.raises(Refusal) as refused:
        decide(case, refuse(case, **REFUSED[code]), anna)

    assert refused.value.code == code
    assert refused.value.sentence.endswith(".")
    assert not CaseDecision.objects.exists()
    assert Case.objects.get().version == case.version


def test_confirmed_fraud_is_not_let_through(anna: User, customer: Customer) -> None:
    case = claimed_by(anna, a_case(customer))
    verdict = release(case, label="confirmed_fraud", reason="fraud_mule")

    with pytest.raises(Refusal) as refused:
        decide(case, verdict, anna)

    assert refused.value.code == "fraud_let_through"


def test_effects_stay_within_the_case(anna: User, customer: Customer) -> None:
    case = claimed_by(anna, a_case(customer))
    stranger = a_payment(a_customer())
    effect = SettlePayment(str(stranger.pk), "refuse", "refuse_fraud")

    with pytest.raises(Refusal) as refused:
        decide(case, refuse(case, effects=[effect, *refuse(case).effects]), anna)

    assert refused.value.code == "not_of_this_case"
    stranger.refresh_from_db()
    assert stranger.status == "held"


def test_a_stale_form_decides_nothing(anna: User, customer: Customer) -> None:
    case = claimed_by(anna, a_case(customer))
    raised_by(a_payment(customer))

    with pytest.raises(ChangedElsewhere):
        case_decide(case_id=case.pk, seen=case.version, verdict=refuse(case), analyst=anna)

    assert not CaseDecision.objects.exists()


def test_a_stale_payment_within_a_fresh_form_decides_nothing(
    anna: User, customer: Customer
) -> None:
    case = claimed_by(anna, a_case(customer))
    payment = str(Transaction.objects.get().pk)
    effect = SettlePayment(payment, "refuse", "refuse_fraud", seen="held:12")

    with pytest.raises(ChangedElsewhere):
        decide(case, refuse(case, effects=[effect]), anna)


def test_only_who_holds_a_case_decides_it(anna: User, ben: User, customer: Customer) -> None:
    case = a_case(customer)

    codes = []
    for _ in range(2):
        with pytest.raises(Refusal) as refused:
            decide(case, refuse(case), ben)
        codes.append(refused.value.code)
        if case.status == "open":
            case = claimed_by(anna, case)

    assert codes == ["not_claimed", "held_by_another"]


def test_who_lost_the_role_decides_nothing_more(anna: User, customer: Customer) -> None:
    case = claimed_by(anna, a_case(customer))
    anna.role = Role.AUDITOR
    anna.save()

    with pytest.raises(Refusal) as refused:
        decide(case, refuse(case), anna)

    assert refused.value.code == "may_not_work"
    assert not CaseDecision.objects.exists()
    assert case_release(case_id=case.pk, seen=None, user=anna).status == "open"


def test_a_case_is_decided_once_at_a_time(anna: User, customer: Customer) -> None:
    case = claimed_by(anna, a_case(customer))
    decide(case, refuse(case), anna)

    with pytest.raises(Refusal) as refused:
        decide(case, release(case), anna)

    assert refused.value.code == "decision_under_way"


def test_what_was_decided_is_never_changed(anna: User, customer: Customer) -> None:
    case = claimed_by(anna, a_case(customer))
    made = decide(case, refuse(case), anna, is_immediate=True)

    changes: list[dict[str, Any]] = [
        {"label": "inconclusive"},
        {"effects": []},
        {"status": "undone"},
    ]
    for change in changes:
        with pytest.raises(IntegrityError), transaction.atomic():
            CaseDecision.objects.filter(pk=made.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseDecision.objects.filter(pk=made.pk).delete()


def test_a_decline_needs_no_effect_and_is_labelled(anna: User, customer: Customer) -> None:
    declined = a_payment(customer, O.DECLINE)
    case = claimed_by(anna, raised_by(declined).case)

    verdict = Verdict("false_positive", "honest_usual_for_customer")
    decide(case, verdict, anna, is_immediate=True)

    assert pay_out(case) == [("declined", [False])]


def test_who_may_not_work_cases_decides_none(
    make_user: Callable[..., User], anna: User, customer: Customer
) -> None:
    case = claimed_by(anna, a_case(customer))
    ada = make_user("ada@example.com", Role.AUDITOR)

    with pytest.raises(Refusal) as refused:
        decide(case, refuse(case), ada)

    assert refused.value.code == "may_not_work"
