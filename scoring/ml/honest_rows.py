"""The rows that models of the usual learn from: what nobody called fraud."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.ml.dataset import Slice
from scoring.ml.forest import Features

# Below it, "one honest payment in a hundred looks at least as odd" would be a guess.
FEWEST_REFERENCE = 50
# Of too few rows for both, this part is kept for reference.
REFERENCE_SHARE = 1 / 3


class TooFewHonestRows(ValueError):
    """There are too few honest transactions to learn what is usual."""


@dataclass(frozen=True, slots=True, eq=False)
class HonestRows:
    """Rows to learn from, and others that say how odd honest rows look to what was learnt.

    They are not the same rows: to a model that has seen them, rows look less odd than new ones.
    """

    fit: Features
    reference: Features


def honest_rows(rows: Slice, *, fit: int, reference: int, seed: int) -> HonestRows:
    """Draw honest rows without replacement, at most so many for each use.

    Raises
    ------
    TooFewHonestRows
        Fewer than three times `FEWEST_REFERENCE` are not labelled as fraud.
    """
    honest = np.flatnonzero(rows.is_fraud == 0)
    if honest.size < FEWEST_REFERENCE / REFERENCE_SHARE:
        message = f"{honest.size} honest transactions are too few to learn what is usual."
        raise TooFewHonestRows(message)
    kept = min(reference, int(max(honest.size - fit, honest.size * REFERENCE_SHARE)))
    drawn = np.random.default_rng(seed).permutation(honest)[: kept + fit]
    # In the order of the table: memory is then read once, front to back.
    return HonestRows(
        fit=rows.features[np.sort(drawn[kept:])], reference=rows.features[np.sort(drawn[:kept])]
    )
