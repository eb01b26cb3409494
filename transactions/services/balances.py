"""What a transaction does to an account whose balance is kept here."""

from __future__ import annotations

from django.db.models import F

from transactions.choices import TransactionKind, TransactionStatus
from transactions.models import Account, Transaction


class InsufficientFunds(Exception):
    """The account holds less than the amount; nothing changed."""


def balance_take(*, account: Account, amount_minor: int) -> None:
    """Take an amount out of what may be spent: it was paid, or is held until a person decides.

    One statement, so that two payments at once never spend the same money.
    """
    enough = Account.objects.filter(pk=account.pk, balance_minor__gte=amount_minor)
    if not enough.update(balance_minor=F("balance_minor") - amount_minor):
        raise InsufficientFunds


def balance_settle(*, moved: Transaction, to: str) -> None:
    """Follow a held transaction to its end: refused money returns, released deposits arrive."""
    account = moved.account
    if account is None or not account.keeps_balance:
        return
    is_incoming = TransactionKind(moved.kind).is_incoming
    is_released = to == TransactionStatus.RELEASED
    if is_incoming == is_released:
        Account.objects.filter(pk=account.pk).update(
            balance_minor=F("balance_minor") + moved.amount_minor
        )
