"""Devices and the addresses they were seen at, gathered from the transactions."""

from __future__ import annotations

import numpy as np
import polars as pl

from transactions.columns import DEVICES, IP_HISTORY
from transactions.simulation.arrays import NONE
from transactions.simulation.batch import Batch
from transactions.simulation.identifiers import hexadecimal_ids
from transactions.simulation.instants import instants
from transactions.simulation.plan import SimulationPlan

_FINGERPRINT_BITS = 60


def device_frame(
    plan: SimulationPlan, batch: Batch, ids: pl.Series, rng: np.random.Generator
) -> pl.DataFrame:
    """Return the devices that were used, sorted by id, and since when each was seen."""
    fingerprints = hexadecimal_ids("", len(ids), _FINGERPRINT_BITS, rng)
    used = np.flatnonzero(batch.device != NONE)
    seen = pl.DataFrame({"device": batch.device[used], "time_s": batch.time_s[used]})
    first = seen.group_by("device").agg(pl.col("time_s").min())
    return pl.DataFrame(
        {
            "device_id": ids.gather(first["device"]),
            "fingerprint": fingerprints.gather(first["device"]),
            "first_seen_at": instants(plan, first["time_s"].to_numpy()),
        },
        schema=DEVICES,
    ).sort("device_id")


def address_history(
    plan: SimulationPlan, batch: Batch, device_ids: pl.Series, address_ids: pl.Series
) -> pl.DataFrame:
    """Return which device was seen at which address, from when to when; sorted by both.

    A device that was only seen at tills, where there is no address, has none here.
    """
    has_both = np.flatnonzero((batch.device != NONE) & (batch.address != NONE))
    seen = pl.DataFrame(
        {
            "device": batch.device[has_both],
            "address": batch.address[has_both],
            "time_s": batch.time_s[has_both],
        }
    )
    spans = seen.group_by("device", "address").agg(
        pl.col("time_s").min().alias("first_s"), pl.col("time_s").max().alias("last_s")
    )
    return pl.DataFrame(
        {
            "device_id": device_ids.gather(spans["device"]),
            "ip_address": address_ids.gather(spans["address"]),
            "first_seen_at": instants(plan, spans["first_s"].to_numpy()),
            "last_seen_at": instants(plan, spans["last_s"].to_numpy()),
        },
        schema=IP_HISTORY,
    ).sort("device_id", "ip_address")
