"""Alerts: each once, into the one open case of their subject."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.choices import CaseStatus
from cases.models import Alert, Case, CaseEvent, Queue, QueueMember
from fraudsite.core.models import OutboxEvent, StatusChange, User
from fraudsite.core.outbox import publish, relay_batch
from fraudsite.core.transitions import move
from kyc.models import Customer
from scoring.choices import DecisionOutcome as O
from scoring.choices import RiskLevel
from tests.cases.raised import TESTER, a_case, a_payment, a_verification, raised_by
from tests.scoring.decided import a_customer
from transactions.services.holds import transaction_release
from transactions.services.human_reviews import human_review_request
from transactions.services.labels import label_record

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> Customer:
    return a_customer("carla")


def tell(row: object, outcome: str) -> None:
    """Publish what scoring publishes about a judged payment."""
    with transaction.atomic():
        publish(kind=f"scoring.decision.{outcome}", aggregate=row)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("outcome", "severity"), [(O.REVIEW, 2), (O.BLOCK_AND_REVIEW, 3), (O.DECLINE, 3)]
)
def test_a_payment_that_was_not_approved_opens_a_case(
    customer: Customer, outcome: O, severity: int
) -> None:
    payment = a_payment(customer, outcome, amount_minor=90_00, score=0.7)
    tell(payment, outcome)

    relay_batch()

    case = Case.objects.get()
    assert (case.customer, case.queue_id, case.status) == (customer, "payments", "open")
    assert (case.severity, case.score, case.amount_minor) == (severity, 0.7, 9000)
    assert case.reasons == ["rule.velocity"]
    alert = case.alerts.get()
    assert (alert.source, alert.source_id, alert.transaction) == (
        "transaction",
        str(payment.pk),
        payment,
    )
    assert alert.reasons == [{"code": "rule.velocity@3", "text": "Many payments in an hour."}]
    told = OutboxEvent.objects.get(kind="cases.case.opened").payload
    assert told["case_id"] == str(case.pk)
    assert told["customer_id"] == str(customer.pk)
    assert told["reason"] == "rule.velocity"


def test_an_approved_payment_raises_nothing(customer: Customer) -> None:
    tell(a_payment(customer, O.APPROVE), "approve")

    relay_batch()

    assert not Case.objects.exists()


def test_a_payment_that_was_released_before_the_news_came_raises_nothing(
    customer: Customer,
) -> None:
    payment = a_payment(customer)
    tell(payment, "review")
    transaction_release(held=payment, actor=TESTER, reason_code="release_false_alarm")

    relay_batch()

    assert not Alert.objects.exists()


def test_critical_risk_is_a_critical_alert(customer: Customer) -> None:
    payment = a_payment(customer, O.DECLINE, risk_level=RiskLevel.CRITICAL)

    assert raised_by(payment).severity == 4


def test_the_same_news_twice_is_one_alert(customer: Customer) -> None:
    payment = a_payment(customer)

    first, second = raised_by(payment), raised_by(payment)

    assert first == second
    assert Case.objects.get().alerts_count == 1


def test_alerts_about_one_customer_merge_into_one_case(customer: Customer) -> None:
    case = a_case(customer, amount_minor=50_00, score=0.4)
    worse = a_payment(
        customer, O.BLOCK_AND_REVIEW, cause="model.block", amount_minor=300_00, score=0.8
    )

    raised_by(worse)

    merged = Case.objects.get()
    assert merged.pk == case.pk
    assert (merged.alerts_count, merged.amount_minor) == (2, 35_000)
    assert (merged.severity, merged.score) == (3, 0.8)
    assert merged.reasons == ["rule.velocity", "model.block"]
    assert merged.priority > case.priority
    assert merged.version == case.version + 1
    kinds = CaseEvent.objects.filter(case=case).order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["alert_merged", "alert_merged"]
    assert OutboxEvent.objects.filter(kind="cases.case.alerted").count() == 1


def test_one_subject_has_one_case_that_is_not_closed(customer: Customer) -> None:
    case = a_case(customer)
    with pytest.raises(IntegrityError, match="cases_case_one_open_per_customer"):
        Case(
            workspace=case.workspace,
            customer=customer,
            queue=case.queue,
            opened_at=case.opened_at,
            warn_at=case.warn_at,
            due_at=case.due_at,
        ).save()


def test_the_queue_that_weighs_more_draws_a_case_nobody_began(customer: Customer) -> None:
    case = a_case(customer)
    declined = a_payment(customer, O.DECLINE)
    human_review_request(judged=declined, actor=TESTER)

    relay_batch()

    case.refresh_from_db()
    assert case.queue_id == "human_review"
    assert case.is_asked_by_customer
    # The payment's own deadline was earlier, and stays.
    assert case.due_at - case.opened_at == timedelta(hours=4)
    asked = case.alerts.get(source="human_review")
    assert (asked.transaction, asked.reason) == (declined, "human_review_requested")


def test_a_more_urgent_alert_brings_the_deadline_forward(customer: Customer) -> None:
    verification = a_verification(customer)
    relay_batch()
    case = verification.alerts.get().case
    assert case.due_at - case.opened_at == timedelta(days=1)

    raised_by(a_payment(customer))

    case.refresh_from_db()
    assert timedelta(0) <= case.due_at - case.opened_at - timedelta(hours=4) < timedelta(minutes=1)


@pytest.mark.parametrize(("kind", "severity"), [("behaviour", 2), ("fraud", 3)])
def test_a_verification_to_review_opens_a_case(
    customer: Customer, kind: str, severity: int
) -> None:
    verification = a_verification(customer, kind)

    relay_batch()

    case = Case.objects.get()
    assert (case.queue_id, case.severity, case.customer) == ("onboarding", severity, customer)
    alert = case.alerts.get()
    assert (alert.verification, alert.reason) == (verification, "face.match")
    assert alert.reasons == [{"code": "face.match", "text": "The faces differ."}]


def test_what_decided_is_told_before_what_was_raised_besides(customer: Customer) -> None:
    a_verification(customer, raised_besides="liveness.active")

    relay_batch()

    alert = Case.objects.get().alerts.get()
    assert [reason["code"] for reason in alert.reasons] == ["face.match", "liveness.active"]
    assert alert.reason == "face.match"


def test_a_customer_who_asks_for_a_person_is_in_the_queue_for_that(customer: Customer) -> None:
    verification = a_verification(customer)
    move(verification, to="declined", actor=TESTER)
    relay_batch()
    move(verification, to="in_review", actor=TESTER, reason_code="human_review_requested")

    relay_batch()

    case = Case.objects.exclude(status="closed").get()
    assert (case.queue_id, case.reasons) == ("human_review", ["human_review_requested"])
    assert case.is_asked_by_customer


def test_what_is_settled_elsewhere_closes_a_case_nobody_began(customer: Customer) -> None:
    payment = a_payment(customer)
    case = raised_by(payment).case
    transaction_release(held=payment, actor=TESTER, reason_code="release_false_alarm")

    relay_batch()

    case.refresh_from_db()
    assert (case.status, case.label) == ("closed", "")
    assert case.alerts.get().settlement == "elsewhere"
    change = StatusChange.objects.filter(target_id=str(case.pk)).latest("id")
    assert (change.to_status, change.reason_code) == ("closed", "settled_elsewhere")


def test_a_label_settles_what_is_declined_and_not_what_is_held(customer: Customer) -> None:
    held, declined = a_payment(customer), a_payment(customer, O.DECLINE)
    alerts = [raised_by(held), raised_by(declined)]
    for row in (held, declined):
        label_record(labelled=row, is_fraud=True, source="api", actor=TESTER)

    relay_batch()

    assert [Alert.objects.get(pk=alert.pk).settlement for alert in alerts] == ["", "elsewhere"]
    assert Case.objects.get().status == "open"


def closed(case: Case, *, ago: timedelta = timedelta(minutes=5)) -> Case:
    Alert.objects.filter(case=case).update(settlement="decided", settled_at=timezone.now())
    Case.objects.filter(pk=case.pk).update(
        status=CaseStatus.CLOSED, closed_at=timezone.now() - ago, label="false_positive"
    )
    case.refresh_from_db()
    return case


def test_within_the_cooldown_a_decline_for_the_same_reason_is_noted(customer: Customer) -> None:
    case = closed(raised_by(a_payment(customer, O.DECLINE)).case)

    alert = raised_by(a_payment(customer, O.DECLINE, cause="rule.velocity@4"))

    case.refresh_from_db()
    assert alert.case == case
    assert alert.settlement == "noted"
    assert (case.status, case.alerts_count) == ("closed", 2)
    assert CaseEvent.objects.filter(case=case, kind="alert_noted").count() == 1


def test_a_worse_one_opens_the_case_again(customer: Customer) -> None:
    case = closed(a_case(customer, amount_minor=50_00))

    raised_by(a_payment(customer, O.DECLINE, amount_minor=80_00))

    case.refresh_from_db()
    assert (case.status, case.label, case.closed_at) == ("open", "", None)
    assert (case.severity, case.amount_minor) == (3, 8000)
    assert Case.objects.count() == 1


def test_a_held_payment_is_never_only_noted(customer: Customer) -> None:
    case = closed(raised_by(a_payment(customer, O.DECLINE)).case)

    alert = raised_by(a_payment(customer, O.REVIEW))

    case.refresh_from_db()
    assert alert.settlement == ""
    assert (alert.case, case.status) == (case, "open")


@pytest.mark.parametrize("other", ["later", "another_reason"])
def test_after_the_cooldown_or_for_another_reason_it_is_a_new_case(
    customer: Customer, other: str
) -> None:
    ago = timedelta(days=2) if other == "later" else timedelta(minutes=5)
    case = closed(a_case(customer), ago=ago)
    cause = "model.decline" if other == "another_reason" else "rule.velocity@3"

    alert = raised_by(a_payment(customer, O.DECLINE, cause=cause))

    assert alert.case != case
    assert alert.case.status == "open"


def test_the_policy_of_second_looks_is_the_one_at_opening(customer: Customer) -> None:
    case = a_case(customer, amount_minor=600_000)
    assert case.second_look_reason == "amount"
    other = a_case(a_customer(), amount_minor=100_00)
    Queue.objects.filter(pk="payments").update(second_look_from_minor=1)

    raised_by(a_payment(other.customer, amount_minor=200_00))

    other.refresh_from_db()
    assert other.second_look_reason == ""
    raised_by(a_payment(other.customer, amount_minor=480_000))
    other.refresh_from_db()
    assert other.second_look_reason == "amount"


def test_a_new_case_is_given_to_whose_turn_it_is(customer: Customer, anna: User, ben: User) -> None:
    Queue.objects.filter(pk="payments").update(assignment="least_loaded")
    for user in (anna, ben):
        QueueMember.objects.create(queue_id="payments", user=user)

    given = [a_case().assigned_to, a_case(a_customer(user=ben)).assigned_to, a_case().assigned_to]

    # Ben's turn at a case about himself passes, and nobody has it.
    assert given == [anna, None, ben]
    told = OutboxEvent.objects.filter(kind="cases.case.assigned").order_by("id")
    assert [news.payload["user_id"] for news in told] == [str(anna.pk), str(ben.pk)]
