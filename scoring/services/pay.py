"""A customer pays: judged by the same service as every other transaction, and paid once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from fraudsite.core.actors import Actor
from fraudsite.core.services.audit import audit_record
from kyc.models import Customer
from kyc.refusals import Refusal
from kyc.selectors import is_verified
from scoring.choices import DecisionOutcome
from scoring.models import Decision
from scoring.services.requests import ScoreRequest
from scoring.services.score import score_one
from transactions.choices import MerchantKind, TransactionStatus
from transactions.incoming import CheckedTransaction, IncomingRefused, IncomingTransaction
from transactions.models import Account, Merchant, Transaction
from transactions.money import Money
from transactions.services.balances import InsufficientFunds, balance_take
from transactions.services.payees import Payee, is_own_account, payee_ensure
from transactions.services.references import references_forget

# Declined money never leaves; held money is set aside until a person decides.
TAKES = (TransactionStatus.APPROVED, TransactionStatus.HELD)


class PaymentRefused(Refusal):
    """A payment that was not even judged; nothing changed."""


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """Where a payment was ordered; empty what is not known."""

    device_reference: str = ""
    device_fingerprint: str = ""
    ip_address: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as it was judged; `is_replay` when it had been made before."""

    transaction: Transaction
    decision: Decision
    is_replay: bool = False


def payment_make(
    *,
    account: Account,
    payee: Payee,
    amount: Money,
    facts: PaymentFacts,
    payment_key: str,
    actor: Actor,
) -> Payment:
    """Judge a payment and take its amount, in one database transaction.

    The same key again returns the payment it made the first time, whatever else is said now: a
    double click, a reload and a second tab pay once.

    Raises `PaymentRefused` for a customer who may not pay, an account that does not hold enough,
    or a payee who is the customer.
    """
    try:
        with transaction.atomic():
            payer = _lock_payer(account)
            earlier = payment_find(customer_id=payer.customer_id, payment_key=payment_key)
            if earlier is not None:
                return earlier
            _require_permitted(payer.customer_id)
            _require_payable(payer, payee, amount)
            return _judge_and_take(payer, payee, amount, facts, payment_key, actor)
    except PaymentRefused:
        raise
    except Exception:
        # A payee who was made here is gone again; nobody may remember their row.
        references_forget()
        raise


def payment_find(*, customer_id: uuid.UUID, payment_key: str) -> Payment | None:
    """Return the payment a customer made under a key, None when there is none yet."""
    made = (
        Transaction.objects.filter(
            customer_id=customer_id, external_id=_external_id(customer_id, payment_key)
        )
        .select_related("decision", "merchant", "account")
        .first()
    )
    return Payment(made, made.decision, is_replay=True) if made else None


def payment_in_the_way(customer_id: uuid.UUID) -> Transaction | None:
    """Return a held payment that keeps the customer from paying until it is decided, or None."""
    return (
        Transaction.objects.filter(
            customer_id=customer_id,
            status=TransactionStatus.HELD,
            decision__outcome=DecisionOutcome.BLOCK_AND_REVIEW,
        )
        .order_by("occurred_at", "id")
        .first()
    )


def accounts_to_pay_from(accounts: Sequence[Account]) -> list[Account]:
    """Return those accounts whose balance is kept here, so that it can be paid from."""
    return [account for account in accounts if account.keeps_balance]


def _lock_payer(account: Account) -> Account:
    """Return the account as it is now, and let this customer pay one thing at a time.

    All their accounts are locked, in one order: a payment that blocks the next ones is then seen
    by those from another account too.
    """
    own = Account.objects.filter(customer_id=account.customer_id).order_by("pk")
    locked = {each.pk: each for each in own.select_for_update(no_key=True)}
    return locked[account.pk]


def _require_permitted(customer_id: uuid.UUID) -> None:
    if not is_verified(customer_id):
        raise PaymentRefused("not_verified", "Verify your identity first; then you can pay.")
    if payment_in_the_way(customer_id) is not None:
        sentence = "A payment of yours is being checked; you can pay again when that is done."
        raise PaymentRefused("payment_being_checked", sentence)


def _require_payable(payer: Account, payee: Payee, amount: Money) -> None:
    if not payer.keeps_balance:
        sentence = "You cannot pay from this account here. Choose another one."
        raise PaymentRefused("account_kept_elsewhere", sentence, field="account")
    if amount.currency != payer.currency:
        sentence = f"This account pays in {payer.currency} only."
        raise PaymentRefused("other_currency", sentence, field="amount")
    if is_own_account(payer.customer_id, payee.account_number):
        sentence = "This is an account of your own. Enter the number of the person you pay."
        raise PaymentRefused("own_account", sentence, field="payee_account")
    if payer.balance_minor < amount.minor:
        raise _insufficient(payer)


def _insufficient(payer: Account) -> PaymentRefused:
    has = str(Money(payer.balance_minor, payer.currency)) if payer.balance_minor > 0 else "nothing"
    sentence = f"There is not enough in this account: it holds {has}."
    return PaymentRefused("insufficient_funds", sentence, field="amount")


def _judge_and_take(
    payer: Account,
    payee: Payee,
    amount: Money,
    facts: PaymentFacts,
    payment_key: str,
    actor: Actor,
) -> Payment:
    merchant = payee_ensure(
        workspace_id=payer.workspace_id, customer_id=payer.customer_id, payee=payee
    )
    request = _request(payer, merchant, amount, facts, payment_key)
    answer = score_one(request, workspace_id=payer.workspace_id, actor=actor)
    if isinstance(answer, IncomingRefused):
        references_forget()  # as above
        raise PaymentRefused(answer.code, answer.sentence)
    made = answer.transaction
    if made.status in TAKES:
        try:
            balance_take(account=payer, amount_minor=amount.minor)
        except InsufficientFunds:
            raise _insufficient(payer) from None
    details = {"outcome": answer.decision.outcome, "account_id": str(payer.pk)}
    audit_record(actor=actor, action="transaction.payment_ordered", target=made, details=details)
    return Payment(made, answer.decision)


def _request(
    payer: Account, merchant: Merchant, amount: Money, facts: PaymentFacts, payment_key: str
) -> ScoreRequest:
    """Return what the scoring service is asked. Every row it names is there already."""
    now = timezone.now()
    is_person = merchant.kind != MerchantKind.SHOP
    told = IncomingTransaction(
        user_id=_customer_name(payer.customer_id),
        transaction_id=_external_id(payer.customer_id, payment_key),
        amount_minor=amount.minor,
        currency=amount.currency,
        timestamp=now,
        kind="transfer" if is_person else "payment",
        channel="web",
        merchant_id=merchant.external_id,
        account_id=payer.external_id,
        device_id=facts.device_reference or None,
        device_fingerprint=facts.device_fingerprint or None,
        ip_address=facts.ip_address or None,
        country=facts.country or None,
        mcc=merchant.mcc,
    )
    return ScoreRequest(CheckedTransaction(told, amount, now, facts.ip_address or None))


def _customer_name(customer_id: uuid.UUID) -> str:
    """Return the id under which callers of the scoring service know a customer.

    Who came by the web has none until they first pay; it is then their own.
    """
    nameless = Customer.objects.filter(pk=customer_id, external_id="")
    if nameless.update(external_id=str(customer_id)):
        return str(customer_id)
    return Customer.objects.values_list("external_id", flat=True).get(pk=customer_id)


def _external_id(customer_id: uuid.UUID, payment_key: str) -> str:
    """Return the id of the payment a customer makes under a key; nobody else's key makes it."""
    return str(uuid.uuid5(customer_id, payment_key))
