"""Counterparties as a table."""

from __future__ import annotations

import numpy as np
import polars as pl

from transactions.columns import MERCHANTS
from transactions.simulation.arrays import Ints
from transactions.simulation.categories import CATEGORIES, MCC_RENT, MCC_SUBSCRIPTION, MCCS
from transactions.simulation.geography import CITIES, COUNTRIES, COUNTRY_OF_CITY
from transactions.simulation.merchants import Directory

NO_MCC = -1
_NO_TRADE = "Account"


def mccs_of(directory: Directory) -> Ints:
    """Return each counterparty's category code; `NO_MCC` for accounts of people and firms."""
    codes = np.append(MCCS, NO_MCC)[directory.category]
    codes[list(directory.subscriptions)] = MCC_SUBSCRIPTION
    codes[list(directory.landlords)] = MCC_RENT
    return codes


def merchant_frame(directory: Directory, ids: pl.Series) -> pl.DataFrame:
    """Return all counterparties, sorted by id. A name tells trade and city, nothing else."""
    trades = pl.Series([*(category.name for category in CATEGORIES), _NO_TRADE])
    is_listed = np.zeros(len(directory), dtype=np.bool_)
    is_listed[list(directory.shady)] = True
    trade = trades.gather(np.where(directory.category < 0, len(CATEGORIES), directory.category))
    town = pl.Series([city.name for city in CITIES]).gather(directory.city)
    mcc = mccs_of(directory)
    return (
        pl.DataFrame(
            {
                "merchant_id": ids,
                "name": pl.select(
                    pl.format("{} {} {}", trade, town, ids.str.slice(-4))
                ).to_series(),
                "mcc": pl.Series(mcc).replace(NO_MCC, None),
                "country": pl.Series(COUNTRIES).gather(COUNTRY_OF_CITY[directory.city]),
                "is_blacklisted": is_listed,
            }
        )
        .cast(pl.Schema(MERCHANTS))
        .sort("merchant_id")
    )
