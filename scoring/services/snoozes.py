"""Snoozing: for one customer and a time, a rule's hits are recorded and do not act."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from fraudsite.core.actors import Actor
from fraudsite.core.models import User
from fraudsite.core.services.audit import audit_record
from kyc.models import Customer
from kyc.refusals import Refusal
from scoring.models import Rule, RuleSnooze
from scoring.services.reasons import reason_checked

# Long enough for a move abroad or a house bought; what lasts longer is a change of the rule.
MAX_SNOOZE = timedelta(days=90)


def rule_snooze(
    *, rule: Rule, customer: Customer, until: datetime, reason: str, user: User
) -> RuleSnooze:
    """Have a rule not act on a customer until then.

    Raises
    ------
    Refusal
        For an end that is past or more than 90 days away, a missing reason, oneself, or a rule
        that is snoozed for the customer already.
    """
    reason = reason_checked(reason)
    _check_until(until)
    if customer.user_id == user.pk:
        raise Refusal("own_customer", "Nobody snoozes a rule for themselves.", field="customer")
    with transaction.atomic():
        # One snooze of a rule at a time, so that two at once see each other.
        Rule.objects.select_for_update(no_key=True).get(pk=rule.pk)
        _check_not_snoozed(rule, customer)
        snooze = RuleSnooze.objects.create(
            rule=rule, customer=customer, until=until, reason=reason, created_by=user
        )
        audit_record(
            actor=Actor.of_user(user),
            action="rule.snoozed",
            target=rule,
            details={"customer_id": str(customer.pk), "until": until.isoformat()},
        )
    return snooze


def snooze_end(*, snooze: RuleSnooze, user: User) -> None:
    """Let the rule act again from now on. Raises `Refusal` when the snooze is over already."""
    now = timezone.now()
    with transaction.atomic():
        if not RuleSnooze.objects.filter(pk=snooze.pk, until__gt=now).update(until=now):
            raise Refusal("snooze_over", "This snooze is over already.")
        audit_record(
            actor=Actor.of_user(user),
            action="rule.snooze_ended",
            target=snooze.rule,
            details={"customer_id": str(snooze.customer_id)},
        )
    snooze.until = now


def _check_until(until: datetime) -> None:
    now = timezone.now()
    if until <= now:
        raise Refusal("in_the_past", "Choose a day to come.", field="until")
    if until > now + MAX_SNOOZE:
        sentence = f"A snooze lasts at most {MAX_SNOOZE.days} days; for longer, change the rule."
        raise Refusal("snooze_too_long", sentence, field="until")


def _check_not_snoozed(rule: Rule, customer: Customer) -> None:
    running = RuleSnooze.objects.filter(rule=rule, customer=customer, until__gt=timezone.now())
    last = running.order_by("-until").first()
    if last is not None:
        day = f"{last.until:%-d %B %Y}"
        sentence = f"{rule.title} is snoozed for this customer until {day} already; end that first."
        raise Refusal("already_snoozed", sentence, field="until")
