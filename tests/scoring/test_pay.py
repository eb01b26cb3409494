"""A customer's payment: judged by the real service, taken once, refused without a trace."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from fraudsite.core.actors import Actor
from fraudsite.core.models import AuditEntry, OutboxEvent, User
from kyc.choices import VerificationStatus
from kyc.models import Customer, Verification
from kyc.services.customers import customer_of_user
from scoring.models import Decision
from scoring.services.pay import Payment, PaymentFacts, PaymentRefused, payment_find, payment_make
from tests.scoring.judges import Judge, install
from tests.transactions.accounts import account_of, merchant_named, moved, verified
from transactions.choices import TransactionStatus
from transactions.models import Account, Merchant, Transaction
from transactions.money import Money
from transactions.services.holds import transaction_refuse, transaction_release
from transactions.services.human_reviews import (
    HUMAN_REVIEW_REQUESTED,
    NothingToReview,
    human_review_request,
)
from transactions.services.payees import Payee, payee_described, payee_ensure

pytestmark = pytest.mark.django_db

KEY = "3f2c9a54-5a5f-4f0e-9a53-0a8b0a1d2c3b"
OSKAR = Payee("Oskar", "DE89 3704 0044 0532 0130 00")


@pytest.fixture
def carla(db: None) -> User:
    """A customer; signed in here without a password, which takes long to hash."""
    return User.objects.create_user(email="carla@example.com", password=None)


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> Judge:
    return install(monkeypatch)


@pytest.fixture
def account(carla: User) -> Account:
    return account_of(verified(carla))


def pay(account: Account, minor: int = 1_250, *, key: str = KEY, payee: Payee = OSKAR) -> Payment:
    return payment_make(
        account=account,
        payee=payee,
        amount=Money(minor, "EUR"),
        facts=PaymentFacts("device-1", "ab" * 32, "203.0.113.9"),
        payment_key=key,
        actor=Actor.of_user(account.customer.user),
    )


def balance(account: Account) -> int:
    account.refresh_from_db()
    return account.balance_minor


def nothing_happened(account: Account, minor: int = 100_000) -> bool:
    return not Transaction.objects.exists() and balance(account) == minor


@pytest.mark.parametrize(
    ("outcome", "status", "left"),
    [
        ("approve", TransactionStatus.APPROVED, 98_750),
        ("review", TransactionStatus.HELD, 98_750),
        ("block_and_review", TransactionStatus.HELD, 98_750),
        ("decline", TransactionStatus.DECLINED, 100_000),
    ],
)
def test_what_was_decided_is_what_happens_to_the_money(
    outcome: str, status: str, left: int, judge: Judge, account: Account
) -> None:
    judge.outcome = outcome

    made = pay(account)

    assert (made.transaction.status, made.decision.outcome) == (status, outcome)
    assert balance(account) == left
    stored = Transaction.objects.get()
    assert (stored.kind, stored.channel, stored.amount_minor) == ("transfer", "web", 1_250)
    assert (stored.device_reference, stored.ip_address) == ("device-1", "203.0.113.9")
    assert (stored.customer_id, stored.account_id) == (account.customer_id, account.pk)
    assert AuditEntry.objects.filter(action="transaction.payment_ordered").count() == 1
    assert OutboxEvent.objects.filter(kind=f"scoring.decision.{outcome}").count() == 1


def test_the_payers_own_row_is_judged_and_no_second_customer_is_made(
    judge: Judge, account: Account
) -> None:
    pay(account)
    pay(account, key="another")

    assert Customer.objects.count() == 1
    assert Customer.objects.get().external_id == str(account.customer_id)


def test_the_same_key_pays_once_whatever_else_is_said(judge: Judge, account: Account) -> None:
    first = pay(account)
    again = pay(account, 99_000, payee=Payee("Somebody else"))

    assert again.transaction == first.transaction
    assert (first.is_replay, again.is_replay) == (False, True)
    assert (Transaction.objects.count(), judge.seen, balance(account)) == (1, 1, 98_750)


def test_a_key_is_one_customers_own(
    judge: Judge, account: Account, make_user: Callable[..., User]
) -> None:
    other = account_of(verified(make_user("oskar@example.com")), "20000002")

    mine, theirs = pay(account), pay(other)

    assert mine.transaction != theirs.transaction
    assert payment_find(customer_id=other.customer_id, payment_key=KEY).transaction == (
        theirs.transaction
    )


@pytest.mark.parametrize(
    "status", [None, VerificationStatus.COLLECTING, VerificationStatus.DECLINED]
)
def test_who_is_not_verified_cannot_pay(status: str | None, judge: Judge, carla: User) -> None:
    customer = customer_of_user(carla)
    account = account_of(customer)
    if status:
        Verification.objects.create(customer=customer, status=status)

    with pytest.raises(PaymentRefused) as refused:
        pay(account)

    assert refused.value.code == "not_verified"
    assert nothing_happened(account)
    assert judge.seen == 0


def test_more_than_there_is_cannot_be_paid(judge: Judge, account: Account) -> None:
    with pytest.raises(PaymentRefused) as refused:
        pay(account, 100_001)

    assert (refused.value.code, refused.value.field) == ("insufficient_funds", "amount")
    assert "it holds 1,000.00 EUR" in refused.value.sentence
    assert nothing_happened(account)
    assert pay(account, 100_000).transaction.status == TransactionStatus.APPROVED
    assert balance(account) == 0


@pytest.mark.parametrize(
    ("fields", "payee", "code"),
    [
        ({}, Payee("Me", "1000-0001"), "own_account"),
        ({"keeps_balance": False}, OSKAR, "account_kept_elsewhere"),
        ({"currency": "USD"}, OSKAR, "other_currency"),
    ],
)
def test_what_cannot_be_paid_leaves_no_trace(
    fields: dict[str, object], payee: Payee, code: str, judge: Judge, carla: User
) -> None:
    account = account_of(verified(carla), **fields)

    with pytest.raises(PaymentRefused) as refused:
        pay(account, payee=payee)

    assert refused.value.code == code
    assert nothing_happened(account)
    assert not Merchant.objects.exists()


def test_a_payment_that_blocks_keeps_all_accounts_from_paying_until_it_is_decided(
    judge: Judge, account: Account
) -> None:
    savings = account_of(account.customer, "10000002")
    judge.outcome = "block_and_review"
    held = pay(account).transaction
    judge.outcome = "approve"

    with pytest.raises(PaymentRefused) as refused:
        pay(savings, key="next")
    transaction_refuse(held=held, actor=Actor.system("test"), reason_code="refuse_denied")

    assert refused.value.code == "payment_being_checked"
    assert pay(savings, key="next").transaction.status == TransactionStatus.APPROVED
    assert balance(account) == 100_000


def test_a_payment_in_review_stops_no_other(judge: Judge, account: Account) -> None:
    judge.outcome = "review"
    held = pay(account).transaction
    judge.outcome = "approve"

    pay(account, key="next")
    transaction_release(held=held, actor=Actor.system("test"), reason_code="release_usual")

    assert balance(account) == 97_500


def test_a_failure_in_the_middle_leaves_nothing(
    judge: Judge, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("scoring.services.pay.audit_record", fail)

    with pytest.raises(RuntimeError):
        pay(account)

    assert nothing_happened(account)
    assert not Decision.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_ten_clicks_at_once_pay_once_and_ten_payments_never_overdraw(
    judge: Judge, account: Account
) -> None:
    start = Barrier(10)

    def click(number: int, *, key: str) -> str:
        start.wait()
        try:
            return pay(account, 15_000, key=key.format(number)).transaction.status
        except PaymentRefused as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as threads:
        same = list(threads.map(lambda number: click(number, key="same"), range(10)))
    assert (same, balance(account)) == (["approved"] * 10, 85_000)

    with ThreadPoolExecutor(10) as threads:
        others = list(threads.map(lambda number: click(number, key="other {}"), range(10)))
    assert sorted(others) == ["approved"] * 5 + ["insufficient_funds"] * 5
    assert (balance(account), Transaction.objects.count()) == (10_000, 6)


def test_payees_are_known_by_number_else_by_the_customers_own_word(
    account: Account, make_user: Callable[..., User]
) -> None:
    other = verified(make_user("oskar@example.com"))

    def row(customer: Customer, name: str, number: str = "") -> Merchant:
        payee = payee_described(customer_id=customer.pk, name=name, account_number=number)
        return payee_ensure(
            workspace_id=customer.workspace_id, customer_id=customer.pk, payee=payee
        )

    mine = account.customer
    assert row(mine, "Oskar", "DE89 3704") == row(other, " OSKAR", "de893704")
    assert row(mine, "Oskar", "DE89 3704") != row(mine, "Oskar", "FR76 3704")
    assert row(mine, "Oskar", "DE89 3704") != row(mine, "Mum", "DE89 3704")
    assert row(mine, "Oskar") != row(other, "Oskar")
    assert row(mine, "Oskar", "DE89 3704").name == "Oskar (3704)"


def test_somebody_paid_before_is_found_again_by_name(judge: Judge, account: Account) -> None:
    moved(account, "Corner Market")

    known = payee_described(
        customer_id=account.customer_id, name="corner market", account_number=""
    )

    assert known.merchant == merchant_named(account.customer, "Corner Market")
    # A number that is given counts, however its end looks.
    pay(account)
    alike = payee_described(
        customer_id=account.customer_id, name="Oskar", account_number="FR00 0000 3000"
    )
    same = payee_described(
        customer_id=account.customer_id, name="oskar", account_number="de89370400440532013000"
    )
    assert alike.label == same.merchant.name == "Oskar (3000)"
    assert alike.is_new


def test_a_wish_for_a_person_is_told_once(judge: Judge, account: Account) -> None:
    judge.outcome = "decline"
    declined = pay(account).transaction
    carla = Actor.of_user(account.customer.user)

    assert human_review_request(judged=declined, actor=carla)
    assert not human_review_request(judged=declined, actor=carla)

    event = OutboxEvent.objects.get(kind=HUMAN_REVIEW_REQUESTED)
    assert (event.aggregate_id, event.payload) == (str(declined.pk), {"status": "declined"})


@pytest.mark.parametrize("status", ["approved", "released", "refused", "recorded"])
def test_what_a_person_decided_or_nobody_stopped_is_not_reviewed(
    status: str, account: Account
) -> None:
    with pytest.raises(NothingToReview):
        human_review_request(judged=moved(account, status=status), actor=Actor.system("test"))

    assert not OutboxEvent.objects.exists()
