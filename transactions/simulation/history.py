"""A generated history: eight tables in the form of `transactions.columns`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from transactions.columns import FILES
from transactions.simulation.plan import SimulationPlan


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """The tables; transactions in the order of arrival, labels as they become known."""

    plan: SimulationPlan
    customers: pl.DataFrame
    kyc_profiles: pl.DataFrame
    accounts: pl.DataFrame
    merchants: pl.DataFrame
    devices: pl.DataFrame
    ip_history: pl.DataFrame
    transactions: pl.DataFrame
    labels: pl.DataFrame

    def tables(self) -> Iterator[tuple[str, pl.DataFrame]]:
        """Yield name and rows of each table, as the files are called."""
        for name in FILES:
            yield name, getattr(self, name)
