"""What becomes known of each transaction, when, and how often that is wrong."""

from __future__ import annotations

import numpy as np
import polars as pl

from transactions.columns import LABELS
from transactions.simulation.arrays import Flags, Floats, Ints
from transactions.simulation.batch import Batch
from transactions.simulation.instants import instants
from transactions.simulation.plan import FRAUD_TYPES, SimulationPlan

_DAY_S = 86_400.0
# A transaction nobody complained about within so many days counts as honest.
_WINDOW_DAYS = 14.0
# Median days until a fraud is known, and the spread of the logarithm; chargebacks take longer.
_FRAUD_DAYS = (4.0, 0.75)
_CHARGEBACK_SHARE = 0.2
_CHARGEBACK_DAYS = (16.0, 0.5)
# Frauds that nobody ever notices, and honest payments disputed as fraud, as shares of the frauds.
_MISSED_SHARE = 0.012
_DISPUTED_SHARE = 0.008
# Honest transactions that an analyst looked at and cleared, some days after.
_CLEARED_SHARE = 0.01
_CLEARED_DAYS = 3.0


def labels_of(
    plan: SimulationPlan,
    batch: Batch,
    arrived_s: Floats,
    transaction_ids: pl.Series,
    rng: np.random.Generator,
) -> pl.DataFrame:
    """Return one label for each transaction, in the order in which they become known.

    `is_fraud` is what the institution believes; `fraud_type` is the truth, filled for whatever
    fraud it was, noticed or not. Labels may become known after the last transaction.
    """
    is_fraud = _believed(batch, rng)
    delay, source = _process(is_fraud, rng)
    known = arrived_s + delay
    order = np.argsort(known, kind="stable")
    types = pl.Series([None, *FRAUD_TYPES], dtype=pl.String)
    sources = pl.Series(_SOURCES)
    return pl.DataFrame(
        {
            "transaction_id": transaction_ids.gather(order),
            "is_fraud": is_fraud[order],
            "source": sources.gather(source[order]),
            "known_at": instants(plan, known[order]),
            "fraud_type": types.gather(batch.fraud[order].astype(np.uint32)),
        },
        schema=LABELS,
    )


_SOURCES = ("import", "analyst", "customer", "chargeback")
_WINDOW, _ANALYST, _CUSTOMER, _CHARGEBACK = range(len(_SOURCES))


def _believed(batch: Batch, rng: np.random.Generator) -> Flags:
    """Return what is believed to be fraud: nearly all of it, and a little of the honest.

    Disputed are high payments, as when somebody does not recognise a shop on their statement.
    """
    is_fraud: Flags = batch.fraud > 0
    frauds = int(is_fraud.sum())
    believed = is_fraud & (rng.random(len(batch)) >= _MISSED_SHARE)
    is_high = ~is_fraud & (batch.amount_eur > 60.0)
    candidates = np.flatnonzero(is_high)
    count = min(round(_DISPUTED_SHARE * frauds), len(candidates))
    believed[rng.choice(candidates, count, replace=False)] = True
    return believed


def _process(is_fraud: Flags, rng: np.random.Generator) -> tuple[Floats, Ints]:
    """Return after how many seconds each label is known and where it comes from."""
    count = len(is_fraud)
    delay = np.full(count, _WINDOW_DAYS)
    source = np.full(count, _WINDOW)
    cleared = np.flatnonzero(rng.random(count) < _CLEARED_SHARE)
    delay[cleared] = rng.exponential(_CLEARED_DAYS, len(cleared))
    source[cleared] = _ANALYST
    frauds = np.flatnonzero(is_fraud)
    delay[frauds] = rng.lognormal(np.log(_FRAUD_DAYS[0]), _FRAUD_DAYS[1], len(frauds))
    source[frauds] = np.where(rng.random(len(frauds)) < 0.3, _ANALYST, _CUSTOMER)
    disputed = frauds[rng.random(len(frauds)) < _CHARGEBACK_SHARE]
    delay[disputed] = rng.lognormal(np.log(_CHARGEBACK_DAYS[0]), _CHARGEBACK_DAYS[1], len(disputed))
    source[disputed] = _CHARGEBACK
    return delay * _DAY_S, source
