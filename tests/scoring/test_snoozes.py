"""A rule that leaves one customer alone for a while."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from fraudsite.core.choices import Role
from fraudsite.core.models import AuditEntry, User
from kyc.models import Customer
from kyc.refusals import Refusal
from scoring.models import Rule, RuleSnooze
from scoring.services.snoozes import rule_snooze, snooze_end
from tests.scoring.decided import a_customer

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def rita(make_user: Callable[..., User]) -> User:
    return make_user("rita@example.com", Role.RISK_MANAGER)


@pytest.fixture
def velocity() -> Rule:
    return Rule.objects.create(id="velocity", title="Velocity")


def snooze(
    rule: Rule,
    customer: Customer,
    user: User,
    length: timedelta = DAY,
    reason: str = "Moving house",
) -> RuleSnooze:
    until = timezone.now() + length
    return rule_snooze(rule=rule, customer=customer, until=until, reason=reason, user=user)


def test_a_snooze_and_its_early_end_are_audited(rita: User, velocity: Rule) -> None:
    customer = a_customer()
    made = snooze(velocity, customer, rita, 90 * DAY - timedelta(minutes=1))

    snooze_end(snooze=made, user=rita)

    made.refresh_from_db()
    assert made.until <= timezone.now()
    actions = AuditEntry.objects.order_by("id").values_list("action", "target_id")
    assert list(actions) == [("rule.snoozed", "velocity"), ("rule.snooze_ended", "velocity")]
    assert AuditEntry.objects.first().details["customer_id"] == str(customer.pk)


@pytest.mark.parametrize(
    ("length", "reason", "code"),
    [
        (-DAY, "Moving house", "in_the_past"),
        (91 * DAY, "Moving house", "snooze_too_long"),
        (DAY, "  ", "reason_missing"),
    ],
)
def test_a_snooze_that_cannot_be_is_refused(
    rita: User, velocity: Rule, length: timedelta, reason: str, code: str
) -> None:
    with pytest.raises(Refusal) as refusal:
        snooze(velocity, a_customer(), rita, length, reason)

    assert refusal.value.code == code
    assert not RuleSnooze.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_rule_is_snoozed_once_at_a_time_for_a_customer(rita: User, velocity: Rule) -> None:
    customer = a_customer()
    snooze(velocity, customer, rita)

    with pytest.raises(Refusal) as refusal:
        snooze(velocity, customer, rita, 2 * DAY)

    assert refusal.value.code == "already_snoozed"
    snooze(velocity, a_customer(), rita)
    assert RuleSnooze.objects.count() == 2


def test_after_its_end_it_can_be_snoozed_again_but_not_ended_again(
    rita: User, velocity: Rule
) -> None:
    customer = a_customer()
    made = snooze(velocity, customer, rita)
    snooze_end(snooze=made, user=rita)

    with pytest.raises(Refusal) as refusal:
        snooze_end(snooze=made, user=rita)

    assert refusal.value.code == "snooze_over"
    snooze(velocity, customer, rita)


def test_nobody_snoozes_a_rule_for_themselves(rita: User, velocity: Rule) -> None:
    with pytest.raises(Refusal) as refusal:
        snooze(velocity, a_customer(user=rita), rita)

    assert refusal.value.code == "own_customer"
    assert not RuleSnooze.objects.exists()
