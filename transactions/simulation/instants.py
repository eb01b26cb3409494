"""Seconds of the simulation as instants of the files."""

from __future__ import annotations

import numpy as np
import polars as pl

from transactions.columns import INSTANT
from transactions.simulation.arrays import Floats
from transactions.simulation.plan import SimulationPlan


def instants(plan: SimulationPlan, time_s: Floats) -> pl.Series:
    """Return seconds since the start of a plan as UTC instants, to the microsecond below.

    Examples
    --------
    >>> instants(SimulationPlan(), np.array([1.5]))[0].isoformat()
    '2026-01-01T00:00:01.500000+00:00'
    """
    microseconds = plan.start_us + np.floor(time_s * 1e6).astype(np.int64)
    return pl.Series(microseconds).cast(INSTANT)
