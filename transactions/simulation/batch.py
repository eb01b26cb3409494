"""Simulated transactions as columns of small numbers, before they get ids and words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from transactions.columns import CHANNELS, KINDS
from transactions.simulation.arrays import NONE, Flags, Floats, Ints

Small = TypeVar("Small", np.int8, np.int32)

PAYMENT, TRANSFER, WITHDRAWAL, DEPOSIT = range(len(KINDS))
WEB, MOBILE, POS, ATM, API = range(len(CHANNELS))


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Transactions in no particular order; all arrays have shape (n,).

    The types are as small as the values allow: five million rows take 240 MB.

    Attributes
    ----------
    kind, channel : ndarray, dtype=int8
        Places in `transactions.columns.KINDS` and `CHANNELS`.
    device, address, card : ndarray, dtype=int32, int32, int8
        `NONE` where there is none; a card is the customer's first or second.
    amount_eur : ndarray, dtype=float64
        Above 0.
    city : ndarray, dtype=int8
        Where it takes place.
    latitude, longitude : ndarray, dtype=float32
        Degrees; NaN where not told.
    fraud : ndarray, dtype=int8
        Place in `FRAUD_TYPES` + 1; 0 is honest.
    """

    customer: npt.NDArray[np.int32]
    time_s: Floats
    kind: npt.NDArray[np.int8]
    channel: npt.NDArray[np.int8]
    merchant: npt.NDArray[np.int32]
    device: npt.NDArray[np.int32]
    address: npt.NDArray[np.int32]
    card: npt.NDArray[np.int8]
    amount_eur: Floats
    city: npt.NDArray[np.int8]
    latitude: npt.NDArray[np.float32]
    longitude: npt.NDArray[np.float32]
    fraud: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.customer)

    def take(self, rows: Ints | Flags) -> Batch:
        """Return these rows, in this order."""
        return Batch(*(getattr(self, field.name)[rows] for field in fields(self)))


def batch_of(
    *,
    customer: Ints,
    time_s: Floats,
    kind: Ints | int,
    channel: Ints | int,
    merchant: Ints,
    amount_eur: Floats,
    city: Ints,
    latitude: Floats,
    longitude: Floats,
    device: Ints | int = NONE,
    address: Ints | int = NONE,
    card: Ints | int = NONE,
    fraud: int = 0,
) -> Batch:
    """Return a batch from arrays, numbers standing for the same value in each row."""
    shape = len(customer)

    def small(values: Ints | int, dtype: type[Small]) -> npt.NDArray[Small]:
        return np.broadcast_to(np.asarray(values), shape).astype(dtype)

    return Batch(
        customer=customer.astype(np.int32),
        time_s=time_s,
        kind=small(kind, np.int8),
        channel=small(channel, np.int8),
        merchant=merchant.astype(np.int32),
        device=small(device, np.int32),
        address=small(address, np.int32),
        card=small(card, np.int8),
        amount_eur=amount_eur,
        city=city.astype(np.int8),
        latitude=latitude.astype(np.float32),
        longitude=longitude.astype(np.float32),
        fraud=small(fraud, np.int8),
    )


def joined(batches: Sequence[Batch]) -> Batch:
    """Return all rows of all batches, one after the other."""
    return Batch(
        *(
            np.concatenate([getattr(batch, field.name) for batch in batches])
            for field in fields(Batch)
        )
    )
