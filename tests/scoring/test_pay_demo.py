"""The demonstration's accounts: plausible, the same each time, and made once."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from io import StringIO

import numpy as np
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from fraudsite.core.models import User
from transactions.choices import TransactionStatus
from transactions.models import Account, Merchant, Transaction
from transactions.money import looks_like_pan
from transactions.services.demo import DEMO_ACCOUNTS, OPENING_MINOR
from transactions.services.demo_history import HISTORY_DAYS, demo_history

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)


def test_a_history_is_ordinary_ordered_and_the_same_each_time() -> None:
    moves = demo_history(np.random.default_rng(3), until=NOW)

    assert moves == demo_history(np.random.default_rng(3), until=NOW)
    assert moves != demo_history(np.random.default_rng(4), until=NOW)
    times = [move.occurred_at for move in moves]
    assert times == sorted(times)
    assert NOW - timedelta(days=HISTORY_DAYS + 1) < times[0] < times[-1] < NOW
    counted = Counter(move.party.key for move in moves)
    assert (counted["landlord"], counted["employer"]) == (4, 4)
    assert counted["market"] > 20
    assert {move.amount_minor % 1000 for move in moves if move.kind == "withdrawal"} == {0}
    assert min(move.amount_minor for move in moves) > 0


@pytest.mark.parametrize("until", [datetime(2027, 2, 28, 23, tzinfo=UTC), NOW])
def test_what_comes_monthly_comes_in_short_months_too(until: datetime) -> None:
    moves = demo_history(np.random.default_rng(3), until=until)

    saved = {move.occurred_at.date() for move in moves if move.party.key == "savings"}
    assert all(day.day == 28 for day in saved)
    assert len(saved) >= 3


@pytest.mark.django_db
def test_balances_are_what_moved_and_a_second_run_makes_nothing(settings: object) -> None:
    settings.IS_DEMO = True  # type: ignore[attr-defined]
    plan = next(one for one in DEMO_ACCOUNTS if one.email == "approved@example.com")
    User.objects.create_user(email=plan.email, password=None)
    said = StringIO()

    call_command("load_payments_demo", stdout=said)
    call_command("load_payments_demo", stdout=said)

    assert Account.objects.count() == 2
    for account in Account.objects.all():
        moved = Transaction.objects.filter(account=account)
        gained = sum(
            one.amount_minor if one.kind == "deposit" else -one.amount_minor for one in moved
        )
        assert account.balance_minor == OPENING_MINOR[account.kind] + gained > 0
        assert not looks_like_pan(account.external_id)
    assert set(Transaction.objects.values_list("status", "sequence")) == {
        (TransactionStatus.RECORDED, None)
    }
    assert "approved@example.com has 2 accounts" in said.getvalue()
    assert "customer@example.com is not there" in said.getvalue()
    assert said.getvalue().rstrip().endswith("demo: every account is there already")


@pytest.mark.django_db
def test_two_customers_share_shops_but_no_account(settings: object) -> None:
    settings.IS_DEMO = True  # type: ignore[attr-defined]
    for plan in DEMO_ACCOUNTS[:2]:
        User.objects.create_user(email=plan.email, password=None)

    call_command("load_payments_demo", stdout=StringIO())

    assert Account.objects.values("external_id").distinct().count() == 4
    assert Merchant.objects.filter(name="Corner Market").count() == 1
    assert Merchant.objects.filter(name="Savings account").count() == 2


@pytest.mark.django_db
def test_made_up_money_is_refused_outside_of_the_demonstration() -> None:
    with pytest.raises(CommandError, match="not the demo settings"):
        call_command("load_payments_demo")

    assert not Account.objects.exists()
