"""When transactions arrive: at once, or when a terminal is connected again."""

from __future__ import annotations

import numpy as np

from transactions.simulation.arrays import Floats
from transactions.simulation.batch import ATM, POS, Batch

# Tills and cash machines without a connection: share, median hours, spread of the logarithm.
_OFFLINE_SHARE = 0.012
_OFFLINE_HOURS = (1.5, 1.1)
_LONGEST_OFFLINE_S = 36 * 3_600.0
# Mean time on the way, and the share that is held up on it.
_ON_THE_WAY_S = 0.35
_HELD_UP_SHARE = 0.001
_HELD_UP_S = 90.0


def arrivals(batch: Batch, rng: np.random.Generator) -> Floats:
    """Return when each transaction arrives, seconds since the start; never before it happens."""
    delay = rng.exponential(_ON_THE_WAY_S, len(batch)) + 0.02
    held_up = np.flatnonzero(rng.random(len(batch)) < _HELD_UP_SHARE)
    delay[held_up] += rng.exponential(_HELD_UP_S, len(held_up))
    is_terminal = (batch.channel == POS) | (batch.channel == ATM)
    offline = np.flatnonzero(is_terminal & (rng.random(len(batch)) < _OFFLINE_SHARE))
    hours = rng.lognormal(np.log(_OFFLINE_HOURS[0]), _OFFLINE_HOURS[1], len(offline))
    delay[offline] += np.minimum(hours * 3_600.0, _LONGEST_OFFLINE_S)
    return batch.time_s + delay
