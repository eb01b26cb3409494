"""A feature that changes its value must change the hash, or old models would be fed new numbers."""

from __future__ import annotations

import numpy as np

from scoring.features import SCHEMA, StateTable, apply_events
from tests.scoring.features.golden import GOLDEN


def test_features_are_what_they_were_when_the_version_was_last_raised() -> None:
    assert GOLDEN.exists(), "Write it: python -m tests.scoring.features.golden"
    golden = np.load(GOLDEN)

    features = apply_events(golden["events"], StateTable())

    # To the last bits only on one machine: sine and logarithm differ between libraries.
    for place, name in enumerate(golden["names"].tolist()):
        np.testing.assert_allclose(
            features[:, SCHEMA.index(name)],
            golden["features"][:, place],
            rtol=1e-4,
            atol=1e-4,
            err_msg=f"{name} changed: raise CODE_VERSION in scoring/features/schema.py",
        )
