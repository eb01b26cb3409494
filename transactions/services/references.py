"""From the ids that callers use to the rows behind them; what is new is made on first sight.

Rows never change their ids, so each process remembers those it has seen: a transaction between
known parties asks the database nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from fraudsite.core.actors import Actor
from kyc.services.customers import customers_ensure
from transactions.incoming import CheckedTransaction, IncomingRefused, IncomingTransaction
from transactions.models import Account, Card, Merchant

# Of each kind; at some 200 bytes each a process spends less than 100 MB on all four.
MAX_REMEMBERED = 100_000

Row = TypeVar("Row")
Memory = dict[tuple[uuid.UUID, str], Row]


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """What of an account never changes."""

    id: uuid.UUID
    customer_id: uuid.UUID
    currency: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class References:
    """The rows a transaction names."""

    customer_id: uuid.UUID
    account: KnownAccount | None
    card_id: int | None
    merchant_id: int | None


@dataclass(frozen=True, slots=True)
class _Found:
    """The rows behind what a few transactions name, by the callers' ids."""

    customers: dict[str, uuid.UUID]
    accounts: dict[str, KnownAccount]
    cards: dict[str, int]
    merchants: dict[str, int]


_customers: Memory[uuid.UUID] = {}
_accounts: Memory[KnownAccount] = {}
_cards: Memory[int] = {}
_merchants: Memory[int] = {}


def references_resolve(
    *, workspace_id: uuid.UUID, transactions: Sequence[CheckedTransaction], actor: Actor
) -> list[References | IncomingRefused]:
    """Return what each transaction names, or why it cannot be taken.

    An account that belongs to another customer is refused.
    """
    told = [checked.told for checked in transactions]
    known = partial(_known, workspace_id)
    customers = known(_customers, (one.user_id for one in told), _customers_of(actor))
    merchants = known(_merchants, (one.merchant_id for one in told), _merchants_of(transactions))
    find_accounts = _accounts_of(transactions, customers)
    accounts = known(_accounts, (one.account_id for one in told), find_accounts)
    cards = known(_cards, (one.card_token for one in told), _cards_of(transactions, customers))
    found = _Found(customers, accounts, cards, merchants)
    return [_references(found, checked.told) for checked in transactions]


def references_forget() -> None:
    """Forget what was seen: a row that a transaction pointed to was found gone."""
    for memory in (_customers, _accounts, _cards, _merchants):
        memory.clear()


def _references(found: _Found, told: IncomingTransaction) -> References | IncomingRefused:
    customer_id = found.customers[told.user_id]
    account = found.accounts[told.account_id] if told.account_id else None
    if account is not None and account.customer_id != customer_id:
        sentence = "`account_id` belongs to another customer than `user_id`."
        return IncomingRefused("account_of_another_customer", sentence, "account_id")
    return References(
        customer_id=customer_id,
        account=account,
        card_id=found.cards[told.card_token] if told.card_token else None,
        merchant_id=found.merchants[told.merchant_id] if told.merchant_id else None,
    )


def _known(
    workspace_id: uuid.UUID,
    memory: Memory[Row],
    ids: Iterable[str | None],
    find: Callable[[uuid.UUID, list[str]], dict[str, Row]],
) -> dict[str, Row]:
    """Return the row of each id; what this process has not seen yet is looked up, or made.

    Nothing is read from the memory a second time: another thread may have emptied it by then.
    """
    wanted = {one for one in ids if one is not None}
    seen = {one: memory.get((workspace_id, one)) for one in wanted}
    known = {one: row for one, row in seen.items() if row is not None}
    unseen = sorted(wanted - known.keys())
    if not unseen:
        return known
    found = find(workspace_id, unseen)
    if len(memory) + len(found) > MAX_REMEMBERED:
        memory.clear()
    memory.update({(workspace_id, external_id): row for external_id, row in found.items()})
    return known | found


Find = Callable[[uuid.UUID, list[str]], dict[str, Row]]


def _customers_of(actor: Actor) -> Find[uuid.UUID]:
    def find(workspace_id: uuid.UUID, external_ids: list[str]) -> dict[str, uuid.UUID]:
        return customers_ensure(workspace_id=workspace_id, external_ids=external_ids, actor=actor)

    return find


def _merchants_of(transactions: Sequence[CheckedTransaction]) -> Find[int]:
    first = {one.told.merchant_id: one.told for one in reversed(transactions)}

    def find(workspace_id: uuid.UUID, external_ids: list[str]) -> dict[str, int]:
        known = Merchant.objects.filter(workspace_id=workspace_id, external_id__in=external_ids)
        Merchant.objects.bulk_create(
            [
                Merchant(
                    workspace_id=workspace_id,
                    external_id=external_id,
                    mcc=first[external_id].mcc,
                    country=first[external_id].country or "",
                )
                for external_id in _missing(external_ids, known.values_list("external_id"))
            ],
            ignore_conflicts=True,
        )
        return dict(known.values_list("external_id", "pk"))

    return find


def _accounts_of(
    transactions: Sequence[CheckedTransaction], customers: dict[str, uuid.UUID]
) -> Find[KnownAccount]:
    first = {one.told.account_id: one for one in reversed(transactions)}

    def find(workspace_id: uuid.UUID, external_ids: list[str]) -> dict[str, KnownAccount]:
        known = Account.objects.filter(workspace_id=workspace_id, external_id__in=external_ids)
        Account.objects.bulk_create(
            [
                Account(
                    workspace_id=workspace_id,
                    external_id=external_id,
                    customer_id=customers[first[external_id].told.user_id],
                    currency=first[external_id].money.currency,
                    opened_at=first[external_id].occurred_at,
                )
                for external_id in _missing(external_ids, known.values_list("external_id"))
            ],
            ignore_conflicts=True,
        )
        return {
            account.external_id: KnownAccount(
                account.pk, account.customer_id, account.currency, account.opened_at
            )
            for account in known.all()
        }

    return find


def _cards_of(
    transactions: Sequence[CheckedTransaction], customers: dict[str, uuid.UUID]
) -> Find[int]:
    first = {one.told.card_token: one.told for one in reversed(transactions)}

    def find(workspace_id: uuid.UUID, tokens: list[str]) -> dict[str, int]:
        known = Card.objects.filter(workspace_id=workspace_id, token__in=tokens)
        Card.objects.bulk_create(
            [
                Card(
                    workspace_id=workspace_id,
                    token=token,
                    customer_id=customers[first[token].user_id],
                )
                for token in _missing(tokens, known.values_list("token"))
            ],
            ignore_conflicts=True,
        )
        return dict(known.values_list("token", "pk"))

    return find


def _missing(wanted: list[str], found: Iterable[tuple[str]]) -> list[str]:
    there = {one for (one,) in found}
    return [one for one in wanted if one not in there]
