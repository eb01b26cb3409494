"""A person's last word on a transaction that is held."""

from __future__ import annotations

from django.db import transaction

from fraudsite.core.actors import Actor
from fraudsite.core.transitions import move
from transactions.choices import TransactionStatus
from transactions.models import Transaction
from transactions.services.balances import balance_settle


def transaction_release(*, held: Transaction, actor: Actor, reason_code: str) -> None:
    """Let a held transaction through. Raises `TransitionRefused` when it is not held any more."""
    _settle(held, TransactionStatus.RELEASED, actor, reason_code)


def transaction_refuse(*, held: Transaction, actor: Actor, reason_code: str) -> None:
    """Refuse a held transaction; money taken for it returns. Raises as `transaction_release`."""
    _settle(held, TransactionStatus.REFUSED, actor, reason_code)


def _settle(held: Transaction, to: TransactionStatus, actor: Actor, reason_code: str) -> None:
    with transaction.atomic():
        move(held, to=to, actor=actor, reason_code=reason_code)
        balance_settle(moved=held, to=to)
