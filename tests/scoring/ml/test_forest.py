"""Walking flat trees: the same sums as the library, to the bit alone and in batches."""

from __future__ import annotations

import numpy as np
import pytest
import xgboost as xgb
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from scoring.ml.forest import Features, Forest, ForestRefused, Tree
from scoring.ml.training import TrainedModel
from scoring.ml.xgboost_fit import class_weights
from scoring.ml.xgboost_member import XGBoostMember
from tests.scoring.ml.conftest import NAMES

rows = hnp.arrays(
    np.float32,
    st.tuples(st.integers(1, 9), st.just(len(NAMES))),
    elements=st.floats(-4, 4, width=32) | st.just(np.nan),
)


@pytest.fixture(scope="module")
def member(trained: TrainedModel) -> XGBoostMember:
    return trained.model.members[0][0]


def _stump(**changes: object) -> Tree:
    """x[1] < 2 ? -1 : 3, missing goes left."""
    fields = {
        "left": np.array([1, -1, -1], np.int32),
        "right": np.array([2, -1, -1], np.int32),
        "feature": np.array([1, 0, 0], np.int32),
        "threshold": np.array([2, 0, 0], np.float32),
        "missing_goes_left": np.array([True, False, False]),
        "value": np.array([0, -1, 3], np.float32),
    }
    return Tree(**{**fields, **changes})


@settings(max_examples=200, deadline=None)
@given(features=rows)
def test_margins_are_the_librarys(member: XGBoostMember, features: Features) -> None:
    expected = member.booster.predict(xgb.DMatrix(features), output_margin=True)

    # The library sums in float32, the forest in float64.
    assert member.margins(features) == pytest.approx(expected, abs=1e-5)


@settings(max_examples=60, deadline=None)
@given(features=rows)
def test_a_row_alone_has_the_margin_it_has_in_a_batch(
    member: XGBoostMember, features: Features
) -> None:
    together = member.margins(features)

    alone = [member.margins(features[place : place + 1])[0] for place in range(len(features))]

    assert together.tobytes() == np.array(alone).tobytes()


def test_a_large_batch_is_the_same_to_the_bit(member: XGBoostMember) -> None:
    features = np.random.default_rng(2).standard_normal((1024, len(NAMES))).astype(np.float32)
    whole = member.margins(features)

    pieces = [member.margins(part) for part in np.split(features, [1, 3, 500, 1000])]
    strided = member.margins(np.asfortranarray(features))
    features.flags.writeable = False

    assert whole.tobytes() == np.concatenate(pieces).tobytes() == strided.tobytes()
    assert whole.tobytes() == member.margins(features).tobytes()


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1.9, -0.5), (2.0, 3.5), (np.nan, -0.5), (np.inf, 3.5), (-np.inf, -0.5)],
)
def test_a_split_sends_values_below_its_threshold_left(value: float, expected: float) -> None:
    forest = Forest.of([_stump()], base=0.5, feature_count=2)

    assert forest.margins(np.array([[9, value]], np.float32)).tolist() == [expected]


def test_missing_goes_where_the_split_says() -> None:
    right = _stump(missing_goes_left=np.array([False, False, False]))
    forest = Forest.of([right], base=0.0, feature_count=2)

    assert forest.margins(np.full((1, 2), np.nan, np.float32)).tolist() == [3.0]


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 8, 9])
def test_any_number_of_trees_is_summed(count: int) -> None:
    leaf = np.array([-1], np.int32)
    only_leaf = Tree(leaf, leaf, leaf, np.zeros(1, np.float32), leaf > 0, np.ones(1, np.float32))
    trees = [only_leaf if place % 2 else _stump() for place in range(count)]

    forest = Forest.of(trees, base=0.0, feature_count=2)

    expected = 3.0 * ((count + 1) // 2) + count // 2
    assert forest.margins(np.full((2, 2), 5, np.float32)).tolist() == [expected, expected]


def test_no_rows_have_no_margins(member: XGBoostMember) -> None:
    assert member.margins(np.zeros((0, len(NAMES)), np.float32)).shape == (0,)


@pytest.mark.parametrize(
    "features",
    [
        np.zeros((1, len(NAMES) - 1), np.float32),
        np.zeros((1, len(NAMES))),
        np.zeros(len(NAMES), np.float32),
    ],
)
def test_another_table_is_refused(member: XGBoostMember, features: Features) -> None:
    with pytest.raises(ValueError, match="Features are float32 with 8 columns"):
        member.margins(features)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"right": np.array([7, -1, -1], np.int32)}, "points outside itself"),
        ({"right": np.array([0, -1, -1], np.int32)}, "points outside itself"),
        ({"left": np.array([1, 2, 1], np.int32)}, "points outside itself"),
        ({"feature": np.array([2, 0, 0], np.int32)}, "feature beyond the 2"),
        ({"feature": np.array([-1, 0, 0], np.int32)}, "feature beyond the 2"),
    ],
)
def test_a_tree_that_would_read_elsewhere_is_refused(
    changes: dict[str, object], sentence: str
) -> None:
    with pytest.raises(ForestRefused, match=sentence):
        Forest.of([_stump(**changes)], base=0.0, feature_count=2)


def test_a_model_survives_being_stored(member: XGBoostMember) -> None:
    features = np.random.default_rng(4).standard_normal((64, len(NAMES))).astype(np.float32)

    again = XGBoostMember.from_bytes(member.to_bytes())

    assert again.margins(features).tobytes() == member.margins(features).tobytes()
    assert (again.contributions(features) == member.contributions(features)).all()


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"not a model", b"\x80\x04.", b"{L\x00"])
def test_bytes_that_are_no_model_are_refused(data: bytes) -> None:
    with pytest.raises(ForestRefused, match="not a boosted forest"):
        XGBoostMember.from_bytes(data)


@settings(max_examples=40, deadline=None)
@given(cut=st.floats(0, 0.999))
def test_a_model_cut_short_is_refused(member: XGBoostMember, cut: float) -> None:
    data = member.to_bytes()

    with pytest.raises(ForestRefused, match="not a boosted forest"):
        XGBoostMember.from_bytes(data[: int(len(data) * cut)])


def test_a_model_of_another_objective_is_refused() -> None:
    table = xgb.DMatrix(np.arange(8, dtype=np.float32).reshape(-1, 1), label=np.arange(8))
    regression = xgb.train({"objective": "reg:squarederror", "nthread": 1}, table, 2)

    with pytest.raises(ForestRefused, match="tells frauds from honest"):
        XGBoostMember.of(regression)


@settings(max_examples=60, deadline=None)
@given(features=rows)
def test_contributions_sum_to_the_margin(member: XGBoostMember, features: Features) -> None:
    parts = member.contributions(features)

    assert parts.shape == (len(features), len(NAMES) + 1)
    assert parts.sum(axis=1) == pytest.approx(member.margins(features), abs=1e-5)


def test_contributions_take_infinite_values_as_the_largest(member: XGBoostMember) -> None:
    infinite = np.full((1, len(NAMES)), np.inf, np.float32)

    parts = member.contributions(infinite)

    assert parts.sum() == pytest.approx(member.margins(infinite)[0], abs=1e-5)


def test_balance_goes_from_no_weights_to_equal_classes() -> None:
    labels = np.array([1] + [0] * 16, np.int8)

    assert class_weights(labels, 0.0).max() == 1.0
    assert class_weights(labels, 0.5).max() == 4.0
    assert class_weights(labels, 1.0).max() == 16.0
