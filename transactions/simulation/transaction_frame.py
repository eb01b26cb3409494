"""Transactions as a table: numbers become ids and words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from transactions.columns import CHANNELS, KINDS, TRANSACTIONS
from transactions.simulation.arrays import NONE, Floats
from transactions.simulation.batch import Batch
from transactions.simulation.currencies import (
    WORDS,
    currencies_of,
    minor_units,
    reference_cents,
)
from transactions.simulation.geography import COUNTRIES, COUNTRY_OF_CITY
from transactions.simulation.identifiers import addresses, hexadecimal_ids, number_ids
from transactions.simulation.instants import instants
from transactions.simulation.merchant_frame import NO_MCC, mccs_of
from transactions.simulation.world import World

# Bits of the ids of entities and of transactions: many times as many as there can be.
_ENTITY_BITS = 32
_TRANSACTION_BITS = 33
_NOTHING: pl.Series = pl.Series([None], dtype=pl.String)


@dataclass(frozen=True, slots=True, eq=False)
class Ids:
    """The ids of everything, by place; second cards stand `users` places after the first."""

    customers: pl.Series
    accounts: pl.Series
    merchants: pl.Series
    devices: pl.Series
    addresses: pl.Series
    cards: pl.Series


def ids_of(world: World, rng: np.random.Generator) -> Ids:
    """Draw ids for everything in a world."""
    users = len(world.population)
    return Ids(
        number_ids("C", users, _ENTITY_BITS, rng),
        number_ids("A", users, _ENTITY_BITS, rng),
        number_ids("M", len(world.directory), _ENTITY_BITS, rng),
        number_ids("D", len(world.devices), _ENTITY_BITS, rng),
        addresses(len(world.addresses), rng),
        hexadecimal_ids("tok_", 2 * users, _ENTITY_BITS, rng),
    )


def transaction_ids(count: int, rng: np.random.Generator) -> pl.Series:
    """Draw ids for so many transactions."""
    return number_ids("T", count, _TRANSACTION_BITS, rng)


def transaction_frame(
    world: World, batch: Batch, arrived_s: Floats, ids: Ids, own_ids: pl.Series
) -> pl.DataFrame:
    """Return the transactions of a batch, in its order."""
    currency = currencies_of(batch, world.population)
    minor = minor_units(batch.amount_eur, currency)
    mcc = pl.Series(mccs_of(world.directory)[batch.merchant].astype(np.int16))
    is_carded = batch.card != NONE
    card = np.where(is_carded, batch.customer + batch.card * len(world.population), NONE)
    return pl.DataFrame(
        {
            "transaction_id": own_ids,
            "customer_id": ids.customers.gather(batch.customer),
            "account_id": ids.accounts.gather(batch.customer),
            "card_token": _named(ids.cards, card),
            "device_id": _named(ids.devices, batch.device),
            "ip_address": _named(ids.addresses, batch.address),
            "merchant_id": ids.merchants.gather(batch.merchant),
            "kind": pl.Series(KINDS).gather(batch.kind),
            "channel": pl.Series(CHANNELS).gather(batch.channel),
            "amount_minor": minor,
            "currency": pl.Series(WORDS).gather(currency),
            "amount_reference_minor": reference_cents(minor, currency),
            "occurred_at": instants(world.plan, batch.time_s),
            "arrived_at": instants(world.plan, arrived_s),
            "country": pl.Series(COUNTRIES).gather(COUNTRY_OF_CITY[batch.city]),
            "latitude": pl.Series(batch.latitude).fill_nan(None),
            "longitude": pl.Series(batch.longitude).fill_nan(None),
            "mcc": mcc.set(mcc == NO_MCC, None),
        },
        schema=TRANSACTIONS,
    )


def _named(names: pl.Series, places: npt.NDArray[np.signedinteger[Any]]) -> pl.Series:
    """Return the names of places, null for `NONE`."""
    return names.append(_NOTHING).gather(np.where(places == NONE, len(names) - 1, places))
