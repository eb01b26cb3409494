"""From ids in files to the rows of one workspace, for many transactions at once."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass

import polars as pl
from django.db import models

from fraudsite.core.services.data_keys import data_keys_create_many
from kyc.models import Customer
from transactions.choices import MerchantKind
from transactions.models import Account, Card, Merchant
from transactions.services.bulk_ids import random_uuids
from transactions.services.copying import numbers_draw, rows_copy


@dataclass(frozen=True, slots=True)
class Noun:
    """Something transactions name: our column, the table behind it, and the table's own column."""

    name: str
    id_column: str
    model: type[models.Model]
    stored_as: str = "external_id"

    @property
    def key(self) -> str:
        """The column with the row's primary key, as `EntityDirectory.resolved` adds it."""
        return f"{self.id_column}_key"


CUSTOMERS = Noun("customers", "customer_id", Customer)
ACCOUNTS = Noun("accounts", "account_id", Account)
CARDS = Noun("cards", "card_token", Card, stored_as="token")
MERCHANTS = Noun("merchants", "merchant_id", Merchant)
NOUNS = (CUSTOMERS, ACCOUNTS, CARDS, MERCHANTS)
OWNER = "owner_key"


class EntityDirectory:
    """The rows that transactions name; those that are not there are made from what is told of them.

    Parameters
    ----------
    workspace_id : UUID
        Ids mean nothing outside their workspace.
    is_dry_run : bool
        Remember what would be made, and write nothing.
    """

    def __init__(self, workspace_id: uuid.UUID, *, is_dry_run: bool = False) -> None:
        self.workspace_id = workspace_id
        self.created: Counter[str] = Counter()
        self._is_dry_run = is_dry_run
        self._known = {noun.name: _nobody(noun) for noun in NOUNS}

    def known(self, noun: Noun) -> pl.DataFrame:
        """Return the rows seen so far: the noun's id column and key; of accounts the owner too."""
        return self._known[noun.name]

    def look_up(self, noun: Noun, ids: pl.Series) -> int:
        """Learn which of these ids are in the database; return how many are."""
        unseen = ids.drop_nulls().unique().rename(noun.id_column).to_frame()
        unseen = unseen.join(self.known(noun), on=noun.id_column, how="anti")
        if unseen.is_empty():
            return 0
        named: models.QuerySet[models.Model] = models.QuerySet(noun.model).filter(
            **{"workspace_id": self.workspace_id, f"{noun.stored_as}__in": unseen.to_series()}
        )
        columns = (noun.stored_as, "pk", *(["customer_id"] if noun is ACCOUNTS else []))
        found = list(named.values_list(*columns))
        self._remember(noun, found)
        return len(found)

    def ensure(self, transactions: pl.DataFrame) -> None:
        """Make the rows of all that these transactions name and that are not there yet."""
        for noun, told in (
            (CUSTOMERS, _customers_told),
            (MERCHANTS, _merchants_told),
            (ACCOUNTS, _accounts_told),
            (CARDS, _cards_told),
        ):
            named = transactions.filter(pl.col(noun.id_column).is_not_null())
            self.look_up(noun, named[noun.id_column])
            new = named.join(self.known(noun), on=noun.id_column, how="anti")
            if not new.is_empty():
                self.add(noun, told(new))

    def add(self, noun: Noun, rows: pl.DataFrame) -> None:
        """Add rows: the noun's id column, the table's columns, and `customer_id` of an owner."""
        if noun in {ACCOUNTS, CARDS}:
            rows = self._owned(rows)
        keys = self._new_keys(noun, len(rows)).alias("id")
        rows = rows.rename({noun.id_column: noun.stored_as}).with_columns(
            keys, workspace_id=pl.lit(str(self.workspace_id))
        )
        if not self._is_dry_run:
            if noun is CUSTOMERS:
                data_keys = [str(key.pk) for key in data_keys_create_many(len(rows))]
                rows = rows.with_columns(pl.Series("data_key_id", data_keys, dtype=pl.String))
            rows_copy(noun.model, rows)
        self.created[noun.name] += len(rows)
        columns = [noun.stored_as, "id", *(["customer_id"] if noun is ACCOUNTS else [])]
        self._remember(noun, rows.select(columns).rows())

    def resolved(self, transactions: pl.DataFrame) -> pl.DataFrame:
        """Return the frame with the keys of all it names, in its order; null where it names none.

        Of an account its owner's key stands beside it.
        """
        for noun in NOUNS:
            transactions = transactions.join(
                self.known(noun), on=noun.id_column, how="left", maintain_order="left"
            )
        return transactions

    def _owned(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Put the customers' keys in place of their ids."""
        joined = rows.join(
            self.known(CUSTOMERS), on="customer_id", how="left", maintain_order="left"
        )
        return joined.with_columns(customer_id=pl.col(CUSTOMERS.key)).drop(CUSTOMERS.key)

    def _new_keys(self, noun: Noun, count: int) -> pl.Series:
        if isinstance(noun.model._meta.pk, models.UUIDField):
            return random_uuids(count)
        if self._is_dry_run:
            return pl.Series([0] * count, dtype=pl.Int64)
        return numbers_draw(noun.model, count)

    def _remember(self, noun: Noun, rows: list[tuple[object, ...]]) -> None:
        texts = [tuple(str(value) for value in row) for row in rows]
        fresh = pl.DataFrame(texts, schema=self.known(noun).schema, orient="row")
        self._known[noun.name] = pl.concat([self.known(noun), fresh])


def _nobody(noun: Noun) -> pl.DataFrame:
    columns = [noun.id_column, noun.key, *([OWNER] if noun is ACCOUNTS else [])]
    return pl.DataFrame(schema=dict.fromkeys(columns, pl.String()))


def _customers_told(new: pl.DataFrame) -> pl.DataFrame:
    return new.group_by("customer_id", maintain_order=True).agg(
        created_at=pl.col("occurred_at").min()
    )


def _accounts_told(new: pl.DataFrame) -> pl.DataFrame:
    return new.group_by("account_id", maintain_order=True).agg(
        pl.col("customer_id", "currency").first(), opened_at=pl.col("occurred_at").min()
    )


def _cards_told(new: pl.DataFrame) -> pl.DataFrame:
    return new.group_by("card_token", maintain_order=True).agg(pl.col("customer_id").first())


def _merchants_told(new: pl.DataFrame) -> pl.DataFrame:
    """Return what the first transaction tells; whom money is only sent to is no shop."""
    is_payee = (pl.col("kind") == "transfer").all()
    return new.group_by("merchant_id", maintain_order=True).agg(
        pl.col("mcc").first(),
        pl.col("country").drop_nulls().first().fill_null(""),
        kind=pl.when(is_payee)
        .then(pl.lit(str(MerchantKind.PAYEE)))
        .otherwise(pl.lit(str(MerchantKind.SHOP))),
    )
