"""How lists, rules on trial, snoozes and broken rules show in the answers of scoring."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from scoring.choices import ListKind, ListSubject, RuleStatus
from scoring.configuration import configuration_forget
from scoring.entity_names import customer_name, stored_key
from scoring.models import (
    Decision,
    EntityList,
    ListEntry,
    ModelVersion,
    Rule,
    RuleSnooze,
    RuleVersion,
)
from tests.scoring.api_calls import Payment, post
from transactions.models import Transaction

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_score_decides(settings: Any) -> None:
    """What the model makes of a payment depends on the hour; by night it wants a review."""
    settings.REVIEW_FROM = settings.BLOCK_FROM = settings.DECLINE_FROM = 1.0


def make_list(kind: str, *, valid_until: datetime | None = None) -> EntityList:
    return EntityList.objects.create(
        pk=f"{kind}-list", title=kind, kind=kind, valid_until=valid_until
    )


def put_on(listed: EntityList, row: Transaction, **fields: Any) -> None:
    ListEntry.objects.create(
        entity_list=listed,
        workspace=row.workspace,
        subject=ListSubject.CUSTOMER,
        key=stored_key(customer_name(row.customer_id)),
        **fields,
    )
    configuration_forget()


def test_a_blocked_customer_is_declined(
    champion: ModelVersion, api: Client, payment: Payment
) -> None:
    post(api, payment())
    put_on(make_list(ListKind.BLOCK), Transaction.objects.get())

    body = post(api, payment(transaction_id="T-2")).json()

    assert (body["decision"], body["lists"]) == ("decline", ["block-list"])
    assert body["causes"][0]["code"] == "list.blocked.customer"
    assert body["is_holdout"] is False


def test_an_entry_that_ran_out_says_nothing(
    champion: ModelVersion, api: Client, payment: Payment
) -> None:
    post(api, payment())
    put_on(
        make_list(ListKind.BLOCK),
        Transaction.objects.get(),
        expires_at=timezone.now() - timedelta(seconds=1),
    )

    assert post(api, payment(transaction_id="T-2")).json()["decision"] == "approve"


def test_an_expired_list_sends_to_review_what_it_would_have_decided(
    champion: ModelVersion, api: Client, payment: Payment
) -> None:
    post(api, payment())
    expired = make_list(ListKind.BLOCK, valid_until=timezone.now() - timedelta(seconds=1))
    put_on(expired, Transaction.objects.get())

    body = post(api, payment(transaction_id="T-2")).json()
    other = post(
        api,
        payment(transaction_id="T-3", user_id="otto", device_id="ottos", card_token="tok_otto"),
    ).json()

    assert body["decision"] == "review"
    assert [cause["code"] for cause in body["causes"]] == ["list.expired.block-list"]
    assert other["decision"] == "approve"


def test_a_rule_on_trial_is_recorded_and_does_nothing(
    champion: ModelVersion, api: Client, payment: Payment
) -> None:
    make_rule("always", "amount > 0", RuleStatus.SHADOW)

    body = post(api, payment()).json()

    decision = Decision.objects.get()
    assert (body["decision"], body["rules"]) == ("approve", [])
    assert decision.shadow_outcome == "decline"
    assert decision.rules[0]["rule"] == "always@1"
    assert decision.rules[0]["is_on_trial"] is True


def test_a_snoozed_rule_does_not_act_on_this_customer(
    champion: ModelVersion, api: Client, payment: Payment
) -> None:
    make_rule("always", "amount > 0", RuleStatus.ACTIVE)
    assert post(api, payment()).json()["decision"] == "decline"
    RuleSnooze.objects.create(
        rule_id="always",
        customer=Transaction.objects.get().customer,
        until=timezone.now() + timedelta(days=1),
        reason="known",
    )
    configuration_forget()

    body = post(api, payment(transaction_id="T-2")).json()
    other = post(api, payment(transaction_id="T-3", user_id="otto")).json()

    assert body["decision"] == "approve"
    assert "rule_snoozed.always@1" in {note["code"] for note in body["notes"]}
    assert other["decision"] == "decline"


def test_a_rule_that_cannot_be_read_any_more_sends_to_review(
    champion: ModelVersion, api: Client, payment: Payment
) -> None:
    make_rule("gone", "a_feature_that_was_removed > 1", RuleStatus.ACTIVE)

    body = post(api, payment()).json()

    assert body["decision"] == "review"
    assert [cause["code"] for cause in body["causes"]] == ["rule_error.gone@1"]


def make_rule(rule_id: str, expression: str, status: str) -> None:
    RuleVersion.objects.create(
        rule=Rule.objects.create(pk=rule_id, title=rule_id),
        number=1,
        expression=expression,
        effect="decline",
        sentence="Always.",
        status=status,
    )
    configuration_forget()
