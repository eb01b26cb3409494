"""Features against the same counted the slow way."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings

from scoring.features import SCHEMA, EventKind, StateTable, apply_events
from tests.scoring.features.making import histories
from tests.scoring.features.oracle import Oracle


@settings(max_examples=80, deadline=None)
@given(events=histories(most=30))
def test_windows_sums_and_novelty_are_what_the_whole_list_says(events: np.ndarray) -> None:
    oracle = Oracle()

    features = apply_events(events, StateTable())

    for event, row in zip(events, features, strict=True):
        if event["kind"] != EventKind.TRANSACTION:
            assert np.isnan(row).all()
            continue
        expected = oracle.expect(event)
        oracle.learn(event)
        actual = [row[SCHEMA.index(name)] for name in expected]
        np.testing.assert_allclose(
            actual, list(expected.values()), rtol=2e-5, atol=1e-4, err_msg=str(list(expected))
        )


@settings(max_examples=80, deadline=None)
@given(events=histories())
def test_no_feature_is_ever_infinite_or_out_of_its_range(events: np.ndarray) -> None:
    features = apply_events(events, StateTable())

    assert not np.isinf(features).any()
    for spec, column in zip(SCHEMA.specs, features.T, strict=True):
        known = column[~np.isnan(column)]
        if spec.lowest is not None:
            assert (known >= spec.lowest - 1e-5).all(), spec.name
        if spec.highest is not None:
            assert (known <= spec.highest + 1e-5).all(), spec.name
