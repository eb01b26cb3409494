"""Transactions as lines of a history and as notices, in a customer's words."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from transactions.choices import TransactionKind, TransactionStatus
from transactions.models import Transaction
from transactions.views.amounts import amount_text

S = TransactionStatus
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Line:
    """One transaction in a history. `state` is empty where there is nothing to say about it."""

    id: uuid.UUID
    name: str
    kind: str
    occurred_at: datetime
    amount: str
    is_incoming: bool
    is_settled: bool
    state: str
    tone: str
    has_page: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """News about one transaction: what happened, and what happens next."""

    id: uuid.UUID
    headline: str
    text: str
    tone: str
    icon: str
    occurred_at: datetime


STATES = {
    S.RECORDED: ("", ""),
    S.APPROVED: ("", ""),
    S.HELD: ("Being checked", "warn"),
    S.DECLINED: ("Not carried out", "bad"),
    S.RELEASED: ("Paid after a check", "good"),
    S.REFUSED: ("Not carried out", "bad"),
}
HEADLINES = {
    S.HELD: ("warn", "clock", "We are checking"),
    S.RELEASED: ("good", "check", "Carried out"),
    S.REFUSED: ("bad", "cross", "Not carried out"),
    S.DECLINED: ("bad", "cross", "Not carried out"),
}
NEXT_STEPS = {
    S.HELD: "A person looks at it, usually within a working day. You need not do anything.",
    S.RELEASED: "A person looked at it and let it through.",
    S.REFUSED: "A person looked at it and stopped it.",
    S.DECLINED: "We could not carry it out, and no money left your account.",
}
MONEY_RETURNED = " The money is back in your account."


def line_of(moved: Transaction) -> Line:
    """Return a transaction as a line of a history."""
    state, tone = STATES[S(moved.status)]
    return Line(
        id=moved.pk,
        name=counterparty_name(moved),
        kind=moved.get_kind_display(),
        occurred_at=moved.occurred_at,
        amount=signed_amount(moved),
        is_incoming=TransactionKind(moved.kind).is_incoming,
        is_settled=S(moved.status).is_settled,
        state=state,
        tone=tone,
        has_page=moved.status != S.RECORDED,
    )


def notice_of(moved: Transaction) -> Notice:
    """Return a held, released, refused or declined transaction as news."""
    status = S(moved.status)
    tone, icon, headline = HEADLINES[status]
    return Notice(
        id=moved.pk,
        headline=f"{headline}: {described(moved)}",
        text=next_steps(moved),
        tone=tone,
        icon=icon,
        occurred_at=moved.occurred_at,
    )


def next_steps(moved: Transaction) -> str:
    """Return what happens next, or happened, in a sentence or two."""
    text = NEXT_STEPS[S(moved.status)]
    account = moved.account
    returns = moved.status == S.REFUSED and not TransactionKind(moved.kind).is_incoming
    is_kept_here = account is not None and account.keeps_balance
    return text + MONEY_RETURNED if returns and is_kept_here else text


def described(moved: Transaction) -> str:
    """Return amount and counterparty: "12.50 EUR to Anna"."""
    amount = amount_text(moved.amount_minor, moved.currency)
    if moved.merchant is None:
        return f"{amount}, {moved.get_kind_display().lower()}"
    way = "from" if TransactionKind(moved.kind).is_incoming else "to"
    return f"{amount} {way} {counterparty_name(moved)}"


def counterparty_name(moved: Transaction) -> str:
    """Return the other side's name, or what kind of transaction it was."""
    if moved.merchant is None:
        return str(moved.get_kind_display())
    return moved.merchant.name or moved.merchant.external_id


def signed_amount(moved: Transaction) -> str:
    """Return the amount with the sign it has for the account."""
    sign = "+" if TransactionKind(moved.kind).is_incoming else MINUS
    return amount_text(moved.amount_minor, moved.currency, sign=sign)
