"""What the database counts, against rows whose days and outcomes are known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from cases.choices import DecisionLabel, DecisionStatus, QueueName
from cases.dashboards.counts import AgeCount, Funnel, Outcomes, StoppedMoney
from cases.dashboards.day_ranges import DayRange, last_days
from cases.dashboards.selectors import deciding, payments, verifications, waiting
from cases.models import QueueMember
from fraudsite.core.models import User
from kyc.models import Decision as VerificationDecision
from kyc.models import Verification
from scoring.choices import DecisionOutcome
from scoring.models import ModelVersion
from tests.cases.dashboards.past import NOON, an_alert, days_before, decided, rewrite
from tests.cases.raised import a_case
from tests.scoring.decided import a_customer
from transactions.models import Label

pytestmark = pytest.mark.django_db
L = DecisionLabel
TODAY = NOON.date()
DAYS = DayRange(date(2026, 3, 8), TODAY)
HOUR = timedelta(hours=1)


def test_decisions_are_counted_on_the_day_they_took_effect(anna: User) -> None:
    decided(an_alert(), L.CONFIRMED_FRAUD, anna)
    decided(an_alert(), L.CONFIRMED_FRAUD, anna)
    decided(an_alert(), L.INCONCLUSIVE, anna, at=days_before(1))
    decided(an_alert(), L.CONFIRMED_FRAUD, anna, at=days_before(3))
    decided(an_alert(), L.CONFIRMED_FRAUD, anna, status=DecisionStatus.UNDONE)

    assert deciding.decisions_by_label(DAYS) == {
        (TODAY, "confirmed_fraud"): 2,
        (TODAY - timedelta(days=1), "inconclusive"): 1,
    }


def test_a_day_begins_and_ends_at_midnight_utc() -> None:
    for moment in (DAYS.start - HOUR / 60, DAYS.start, DAYS.end - HOUR / 60, DAYS.end):
        an_alert(moment)

    assert deciding.alerts_by_source(DAYS) == {
        (DAYS.first, "transaction"): 1,
        (DAYS.last, "transaction"): 1,
    }


def test_each_rule_of_an_alert_is_right_or_wrong_with_it(anna: User) -> None:
    both = ("rule.velocity@3", "rule.new_payee@1", "model.review")
    decided(an_alert(causes=both), L.CONFIRMED_FRAUD, anna)
    decided(an_alert(), L.FALSE_POSITIVE, anna)
    decided(an_alert(), L.VALUABLE_ALERT, anna)
    decided(an_alert(), L.INCONCLUSIVE, anna)
    decided(an_alert(causes=("rule_error.velocity@3",)), L.FALSE_POSITIVE, anna)
    an_alert()

    assert payments.outcomes_by_rule(DAYS) == [
        Outcomes("velocity@3", fraud=1, honest=2),
        Outcomes("new_payee@1", fraud=1, honest=0),
    ]
    assert payments.outcomes_by_day(DAYS)[TODAY] == Outcomes("2026-03-10", fraud=1, honest=3)


def test_a_model_answers_for_what_its_score_asked_for(anna: User) -> None:
    model = ModelVersion.objects.create(version="7")
    decided(an_alert(causes=("model.review",), model=model), L.FALSE_POSITIVE, anna)
    decided(an_alert(causes=("rule.a@1", "model.decline"), model=model), L.CONFIRMED_FRAUD, anna)
    decided(an_alert(causes=("rule.a@1",), model=model), L.CONFIRMED_FRAUD, anna)
    decided(an_alert(causes=("model.no_model",)), L.CONFIRMED_FRAUD, anna)

    assert payments.outcomes_by_model(DAYS) == [Outcomes("payments 7", fraud=1, honest=1)]


def test_stopped_money_is_fraud_where_the_latest_label_says_so() -> None:
    caught = an_alert(outcome=DecisionOutcome.DECLINE, amount_minor=90_00)
    overruled = an_alert(status="refused", amount_minor=40_00)
    an_alert(status="released", amount_minor=10_00)
    an_alert(outcome=DecisionOutcome.DECLINE, amount_reference_minor=None)
    label(caught, False, NOON - HOUR)
    label(caught, True, NOON)
    label(overruled, True, NOON - HOUR)
    label(overruled, False, NOON)

    assert payments.stopped_money(DAYS) == [
        StoppedMoney(
            TODAY,
            stopped_minor=130_00,
            stopped_payments=3,
            fraud_minor=90_00,
            fraud_payments=1,
            unpriced=1,
        )
    ]


def label(alert: object, is_fraud: bool, known_at: datetime) -> None:
    Label.objects.create(
        transaction=alert.transaction, is_fraud=is_fraud, source="analyst", known_at=known_at
    )


def test_payments_judged_today_are_counted_by_their_ids() -> None:
    for _ in range(3):
        an_alert()
    today = datetime.now(UTC).date()

    # One more day on either side, for a test that runs at midnight.
    assert payments.judged_payments(DayRange(today - timedelta(1), today + timedelta(1))) == 3
    assert payments.judged_payments(last_days(5, today - timedelta(days=2))) == 0


def test_throughput_counts_decisions_second_looks_and_the_median_time(
    anna: User, sam: User
) -> None:
    for hours in (1, 2, 9):
        decided(an_alert(), L.FALSE_POSITIVE, anna, after=hours * HOUR)
    decided(an_alert(), L.CONFIRMED_FRAUD, anna, after=3 * HOUR, approved_by=sam)
    reopened = decided(an_alert(), L.CONFIRMED_FRAUD, sam)
    rewrite(reopened.case, opened_at=NOON + HOUR)

    rows = deciding.throughput(DAYS)

    assert [(row.user_id, row.name) for row in rows] == [
        (str(anna.pk), "anna@example.com"),
        (str(sam.pk), "sam@example.com"),
    ]
    assert [(row.decided, row.second_looks, row.median_hours) for row in rows] == [
        (4, 0, 2.5),
        (1, 1, None),
    ]


def test_ages_are_of_what_is_not_closed_and_may_be_seen(
    anna: User, ben: User, make_user: Callable[..., User]
) -> None:
    now = timezone.now()
    for hours, is_late in ((0.5, False), (30, True), (30, False)):
        case = a_case()
        late_at = now if is_late else None
        rewrite(case, opened_at=now - hours * HOUR, breached_at=late_at)
    rewrite(a_case(), status="closed", closed_at=now)

    assert waiting.ages(anna, now) == [AgeCount(0, 1, 0), AgeCount(3, 2, 1)]

    QueueMember.objects.create(queue_id=QueueName.PAYMENTS, user=ben)
    assert waiting.ages(anna, now) == []


def test_an_age_on_the_border_belongs_to_the_older_bucket(anna: User) -> None:
    now = timezone.now()
    rewrite(a_case(), opened_at=now - timedelta(hours=1))
    rewrite(a_case(), opened_at=now - timedelta(days=3000))

    assert waiting.ages(anna, now) == [AgeCount(1, 1, 0), AgeCount(6, 1, 0)]


def a_verification(status: str, *, is_submitted: bool = True, at: datetime = NOON) -> Verification:
    made = Verification.objects.create(
        customer=a_customer(), status=status, submitted_at=at if is_submitted else None
    )
    rewrite(made, created_at=at)
    return made


def answered(verification: Verification, outcome: str, *, by: User | None = None) -> None:
    VerificationDecision.objects.create(
        verification=verification, attempt=1, outcome=outcome, decided_by=by
    )


def test_a_funnel_follows_what_was_begun_to_where_it_is_now(anna: User) -> None:
    a_verification("collecting", is_submitted=False)
    a_verification("approved", at=days_before(9))
    by_machine = a_verification("approved")
    answered(by_machine, "approved")
    by_person = a_verification("declined")
    answered(by_person, "review")
    answered(by_person, "declined", by=anna)
    overruled = a_verification("declined")
    answered(overruled, "approved")
    answered(overruled, "declined", by=anna)
    answered(a_verification("resubmit"), "resubmit")

    assert verifications.funnel(DAYS) == Funnel(
        begun=5, submitted=4, approved_by_machine=1, seen_by_person=2, approved=1, declined=2
    )


def test_an_empty_database_counts_nothing(anna: User) -> None:
    empty = DayRange(date(2001, 1, 1), date(2001, 1, 9))

    assert deciding.decisions_by_label(empty) == deciding.alerts_by_source(empty) == {}
    assert deciding.throughput(empty) == payments.outcomes_by_rule(empty) == []
    assert payments.outcomes_by_model(empty) == payments.stopped_money(empty) == []
    assert payments.outcomes_by_day(empty) == {}
    assert payments.judged_payments(empty) == 0
    assert verifications.funnel(empty) == Funnel()
    assert waiting.ages(anna, timezone.now()) == []
