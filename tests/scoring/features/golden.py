"""Features of a few events as they were computed when the code's version was last raised.

`python -m tests.scoring.features.golden` writes the file of the present version.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from scoring.features import SCHEMA, StateTable, apply_events
from tests.scoring.features.random_history import random_history

GOLDEN = Path(__file__).parent / f"golden_{SCHEMA.code_version}.npz"


def write_golden() -> None:
    """Write events, names and features."""
    events = random_history(90, np.random.default_rng(3))
    features = apply_events(events, StateTable())
    np.savez_compressed(GOLDEN, events=events, features=features, names=np.array(SCHEMA.names))


if __name__ == "__main__":
    write_golden()
