"""One scale for all features: the same as scikit-learn's after the logarithm, and reversible."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.preprocessing import StandardScaler

from scoring.ml.forest import Features
from scoring.ml.scaling import FURTHEST, Scaling, StoredScaling
from scoring.ml.stored_numbers import NumbersRefused, pack

WIDTH = 5
values = st.floats(width=32, allow_nan=False, allow_infinity=False)
tables = hnp.arrays(
    np.float32, st.tuples(st.integers(1, 12), st.just(WIDTH)), elements=values | st.just(np.nan)
)


def _history(rng: np.random.Generator) -> Features:
    features = np.exp(rng.normal(0, 2, (500, WIDTH))) * rng.choice([-1, 1], (500, WIDTH))
    features[:, 1] = rng.random(500) < 0.05
    features[:, 4] = 3
    return features.astype(np.float32)


HISTORY = _history(np.random.default_rng(1))
SCALING = Scaling.of(HISTORY)


def test_it_is_standard_deviations_of_the_logarithm() -> None:
    logs = np.sign(HISTORY) * np.log1p(np.abs(HISTORY))

    expected = StandardScaler().fit_transform(logs.astype(np.float64))

    assert SCALING.scaled(HISTORY) == pytest.approx(expected, abs=1e-4)


def test_a_missing_value_is_as_usual_as_can_be() -> None:
    row = np.full((1, WIDTH), np.nan, np.float32)
    medians = np.median(HISTORY, axis=0).astype(np.float32)[None]

    # Of an even number of rows, the median of logarithms is not quite that of values.
    assert SCALING.scaled(row) == pytest.approx(SCALING.scaled(medians), abs=0.01)


def test_missing_values_are_learnt_as_they_are_served() -> None:
    holed = HISTORY.copy()
    holed[::3, 0] = np.nan

    scaled = Scaling.of(holed).scaled(holed)

    assert scaled[:, 0].mean() == pytest.approx(0, abs=1e-5)
    assert scaled[:, 0].std() == pytest.approx(1, abs=1e-5)


def test_what_never_varied_says_nothing() -> None:
    row = np.array([[0, 0, 0, 0, 1e9]], np.float32)

    assert SCALING.scaled(row)[0, 4] == 0


@pytest.mark.parametrize("value", [np.inf, -np.inf, 3e38, -3e38])
def test_nothing_is_further_than_the_end(value: float) -> None:
    scaled = SCALING.scaled(np.full((1, WIDTH), value, np.float32))

    assert scaled.tolist() == [[np.sign(value) * FURTHEST] * 4 + [0]]


@settings(deadline=None)
@given(learnt=tables, features=tables)
def test_any_table_scales_to_numbers_within_the_ends(learnt: Features, features: Features) -> None:
    scaled = Scaling.of(learnt).scaled(features)

    assert (np.abs(scaled) <= FURTHEST).all()


@settings(deadline=None)
@given(a=values, b=values)
def test_scaling_keeps_the_order(a: float, b: float) -> None:
    low, high = SCALING.scaled(np.array([[min(a, b)] * WIDTH, [max(a, b)] * WIDTH], np.float32))

    assert (low <= high).all()


@settings(deadline=None)
@given(features=tables)
def test_a_row_alone_is_scaled_as_in_a_batch(features: Features) -> None:
    alone = [SCALING.scaled(features[place : place + 1]) for place in range(len(features))]

    assert SCALING.scaled(features).tobytes() == np.concatenate(alone).tobytes()


@settings(deadline=None)
@given(value=st.floats(-1e4, 1e4, width=32), column=st.integers(0, 3))
def test_what_was_scaled_can_be_taken_back(value: float, column: int) -> None:
    row = np.full((1, WIDTH), value, np.float32)
    scaled = SCALING.scaled(row)[0, column]

    if abs(scaled) < FURTHEST:
        back = SCALING.unscaled(np.array([scaled], np.float64), np.array([column]))
        assert back == pytest.approx([value], rel=1e-3, abs=1e-4)


def test_a_feature_that_never_varied_has_no_scale_to_go_back_on() -> None:
    with pytest.raises(ValueError, match="never varied"):
        SCALING.unscaled(np.array([0.5]), np.array([4]))


def test_a_stored_scale_is_the_same_scale() -> None:
    read = Scaling.from_stored(SCALING.stored())

    assert read.scaled(HISTORY).tobytes() == SCALING.scaled(HISTORY).tobytes()


@pytest.mark.parametrize(
    "changed",
    [
        {"centre": b""},
        {"centre": pack(np.zeros(3, np.float32))},
        {"factor": pack(np.full(WIDTH, np.nan, np.float32))},
        {"missing": pack(np.full(WIDTH, 1e30, np.float32))},
        {"missing": b"123"},
    ],
)
def test_a_scale_whose_numbers_are_none_is_refused(changed: dict[str, bytes]) -> None:
    stored = SCALING.stored()
    columns = {"centre": stored.centre, "factor": stored.factor, "missing": stored.missing}

    with pytest.raises(NumbersRefused):
        Scaling.from_stored(StoredScaling(**{**columns, **changed}))
