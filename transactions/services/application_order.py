"""The places of a whole history in the order in which features learn of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from django.db import connection

from transactions.models import Label, Transaction

Places = npt.NDArray[np.int64]

DRAW = """
SELECT min(place), max(place)
FROM (SELECT nextval('transactions_application_seq') AS place FROM generate_series(1, %s)) AS drawn
"""


@dataclass(frozen=True, slots=True)
class HistoryOrder:
    """The places of each table's rows, in the order of the rows."""

    verifications: Places
    labels: Places
    transactions: Places


def order_draw(
    *, decided_at: pl.Series, known_at: pl.Series, arrived_at: pl.Series
) -> HistoryOrder | None:
    """Draw places by time for rows that are about to be written; None if others were there before.

    Where times are equal, a verification comes before a label and both before a transaction: they
    were known when it came. Behind rows that others wait with, the places would not be by time, so
    those are left to `rebuild_features`, which gives places to all that wait. It has to rewrite
    every row for that: ten times slower than writing the place with the row.
    """
    if Transaction.objects.exists() or Label.objects.exists():
        return None
    times = [series.dt.epoch("us").to_numpy() for series in (decided_at, known_at, arrived_at)]
    by_time = np.argsort(np.concatenate(times), kind="stable")
    places = np.empty(len(by_time), dtype=np.int64)
    places[by_time] = np.arange(len(by_time)) + _consecutive_draw(len(by_time))
    ends = np.cumsum([len(one) for one in times])
    return HistoryOrder(*np.split(places, ends[:-1]))


def _consecutive_draw(count: int) -> int:
    """Return the first of that many consecutive numbers; those of a draw disturbed stay unused."""
    if not count:
        return 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(DRAW, [count])
            first, last = cursor.fetchone()
            if last - first + 1 == count:
                return int(first)
