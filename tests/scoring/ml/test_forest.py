"""Walking flat trees: the same sums as the library, to the bit alone and in batches.

And explaining them: the same Shapley values as the library.
"""

from __future__ import annotations

import json

import numpy as np
import pytest
import xgboost as xgb
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from scoring.ml.forest import Features, Forest, ForestRefused, Tree, first_above
from scoring.ml.members import ForestMember
from scoring.ml.shapley import Explainer
from scoring.ml.training import TrainedModel
from scoring.ml.xgboost_fit import class_weights
from scoring.ml.xgboost_json import read_xgboost
from tests.scoring.ml.conftest import NAMES

rows = hnp.arrays(
    np.float32,
    st.tuples(st.integers(1, 9), st.just(len(NAMES))),
    elements=st.floats(-4, 4, width=32) | st.just(np.nan),
)


READ = (
    "left_children",
    "right_children",
    "split_indices",
    "split_conditions",
    "default_left",
    "sum_hessian",
    "split_type",
)


@pytest.fixture(scope="module")
def member(trained: TrainedModel) -> ForestMember:
    return read_xgboost(trained.files["xgboost.json"])


@pytest.fixture(scope="module")
def booster(trained: TrainedModel) -> xgb.Booster:
    return xgb.Booster({"nthread": 1}, model_file=bytearray(trained.files["xgboost.json"]))


def _stump(**changes: object) -> Tree:
    """x[1] < 2 ? -1 : 3, missing goes left."""
    fields = {
        "left": np.array([1, -1, -1], np.int64),
        "right": np.array([2, -1, -1], np.int64),
        "feature": np.array([1, 0, 0], np.int64),
        "threshold": np.array([2, 0, 0], np.float32),
        "missing_goes_left": np.array([True, False, False]),
        "value": np.array([0, -1, 3], np.float32),
        "cover": np.array([10, 6, 4], np.float32),
    }
    return Tree(**{**fields, **changes})


@settings(max_examples=200, deadline=None)
@given(features=rows)
def test_margins_are_the_librarys(
    member: ForestMember, booster: xgb.Booster, features: Features
) -> None:
    expected = booster.predict(xgb.DMatrix(features), output_margin=True)

    # The library sums in float32, the forest in float64.
    assert member.margins(features) == pytest.approx(expected, abs=1e-5)


@settings(max_examples=60, deadline=None)
@given(features=rows)
def test_a_row_alone_has_the_margin_it_has_in_a_batch(
    member: ForestMember, features: Features
) -> None:
    together = member.margins(features)

    alone = [member.margins(features[place : place + 1])[0] for place in range(len(features))]

    assert together.tobytes() == np.array(alone).tobytes()


def test_a_large_batch_is_the_same_to_the_bit(member: ForestMember) -> None:
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


@pytest.mark.parametrize("value", [-3e38, 0.0, float(np.finfo(np.float32).max)])
def test_a_split_of_infinite_threshold_parts_the_known_from_the_missing(value: float) -> None:
    split = _stump(
        threshold=np.array([np.inf, 0, 0], np.float32), missing_goes_left=np.array([False] * 3)
    )
    forest = Forest.of([split], base=0.0, feature_count=2)
    explainer = Explainer.of([split], base=0.0, feature_count=2)
    rows = np.array([[9, value], [9, np.nan]], np.float32)

    assert forest.margins(rows).tolist() == [-1.0, 3.0]
    assert explainer.contributions(rows).sum(axis=1) == pytest.approx([-1.0, 3.0])


@settings(max_examples=300)
@given(
    threshold=st.floats(allow_nan=False, allow_infinity=False) | st.floats(-2, 2, width=32),
    value=st.floats(allow_nan=False, allow_infinity=False, width=32),
    steps=st.integers(-2, 2),
)
def test_below_the_first_above_is_at_most_the_threshold(
    threshold: float, value: float, steps: int
) -> None:
    with np.errstate(over="ignore"):
        near = np.float32(threshold)
    for _ in range(abs(steps)):
        near = np.nextafter(near, np.float32(np.copysign(np.inf, steps)))

    above = first_above(np.array([threshold]))[0]

    for number in (np.float32(value), near):
        assert np.isinf(number) or (number < above) == (float(number) <= threshold)


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 8, 9])
def test_any_number_of_trees_is_summed(count: int) -> None:
    leaf, ones = np.array([-1], np.int64), np.ones(1, np.float32)
    only_leaf = Tree(leaf, leaf, leaf, np.zeros(1, np.float32), leaf > 0, ones, ones)
    trees = [only_leaf if place % 2 else _stump() for place in range(count)]

    forest = Forest.of(trees, base=0.0, feature_count=2)

    expected = 3.0 * ((count + 1) // 2) + count // 2
    assert forest.margins(np.full((2, 2), 5, np.float32)).tolist() == [expected, expected]


def test_no_rows_have_no_margins(member: ForestMember) -> None:
    assert member.margins(np.zeros((0, len(NAMES)), np.float32)).shape == (0,)


@pytest.mark.parametrize(
    "features",
    [
        np.zeros((1, len(NAMES) - 1), np.float32),
        np.zeros((1, len(NAMES))),
        np.zeros(len(NAMES), np.float32),
    ],
)
def test_another_table_is_refused(member: ForestMember, features: Features) -> None:
    with pytest.raises(ValueError, match="Features are float32 with 8 columns"):
        member.margins(features)
    with pytest.raises(ValueError, match="Features are float32 with 8 columns"):
        member.contributions(features)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"right": np.array([7, -1, -1], np.int64)}, "points outside itself"),
        ({"right": np.array([0, -1, -1], np.int64)}, "points outside itself"),
        ({"left": np.array([1, 2, 1], np.int64)}, "points outside itself"),
        ({"feature": np.array([2, 0, 0], np.int64)}, "feature beyond the 2"),
        ({"feature": np.array([-1, 0, 0], np.int64)}, "feature beyond the 2"),
    ],
)
def test_a_tree_that_would_read_elsewhere_is_refused(
    changes: dict[str, object], sentence: str
) -> None:
    with pytest.raises(ForestRefused, match=sentence):
        Forest.of([_stump(**changes)], base=0.0, feature_count=2)


@pytest.mark.parametrize(
    ("column", "number"),
    [
        ("threshold", np.nan),
        ("value", np.nan),
        ("value", np.inf),
        ("cover", np.nan),
        ("cover", np.inf),
    ],
)
def test_numbers_that_are_none_are_refused(column: str, number: float) -> None:
    stump = _stump(**{column: np.array([1, number, 1], np.float32)})

    with pytest.raises(ForestRefused, match="numbers that are none"):
        Forest.of([stump], base=0.0, feature_count=2)


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"3", b"not a model", b"\x80\x04.", b'{"learner": 3}']
)
def test_bytes_that_are_no_model_are_refused(data: bytes) -> None:
    with pytest.raises(ForestRefused, match="no boosted forest of XGBoost"):
        read_xgboost(data)


@settings(max_examples=40, deadline=None)
@given(cut=st.floats(0, 0.999))
def test_a_model_cut_short_is_refused(trained: TrainedModel, cut: float) -> None:
    with pytest.raises(ForestRefused, match="no boosted forest of XGBoost"):
        read_xgboost(trained.files["xgboost.json"][: int(len(trained.files["xgboost.json"]) * cut)])


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_model_with_a_changed_number_is_refused_or_read_within_its_bounds(
    trained: TrainedModel, data: st.DataObject
) -> None:
    document = json.loads(trained.files["xgboost.json"])
    trees = document["learner"]["gradient_booster"]["model"]["trees"]
    number = data.draw(st.integers(0, len(trees) - 1))
    column = trees[number][data.draw(st.sampled_from(READ))]
    place = data.draw(st.integers(0, len(column) - 1))
    column[place] = data.draw(st.sampled_from([-2, -1, 0, 1, 5, 10**6, 2**40, 1e308, None, "x"]))
    zeros = np.zeros((2, len(NAMES)), np.float32)

    try:
        member = read_xgboost(json.dumps(document).encode())
    except ForestRefused:
        return
    assert np.isfinite(member.margins(zeros)).all()
    assert np.isfinite(member.contributions(zeros)).all()


def test_a_model_of_another_objective_is_refused() -> None:
    table = xgb.DMatrix(np.arange(8, dtype=np.float32).reshape(-1, 1), label=np.arange(8))
    regression = xgb.train({"objective": "reg:squarederror", "nthread": 1}, table, 2)

    with pytest.raises(ForestRefused, match="does not tell frauds from honest"):
        read_xgboost(bytes(regression.save_raw("json")))


@settings(max_examples=100, deadline=None)
@given(features=rows)
def test_contributions_are_the_librarys(
    member: ForestMember, booster: xgb.Booster, features: Features
) -> None:
    expected = booster.predict(xgb.DMatrix(features, nthread=1), pred_contribs=True)

    parts = member.contributions(features)

    assert parts.shape == (len(features), len(NAMES) + 1)
    assert parts == pytest.approx(expected, abs=1e-5)


@settings(max_examples=100, deadline=None)
@given(features=rows)
def test_contributions_sum_to_the_margin(member: ForestMember, features: Features) -> None:
    parts = member.contributions(features)

    assert parts.sum(axis=1) == pytest.approx(member.margins(features), abs=1e-12)


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_contributions_sum_to_the_margin_for_values_that_are_none(
    member: ForestMember, value: float
) -> None:
    row = np.full((1, len(NAMES)), value, np.float32)

    assert member.contributions(row).sum() == pytest.approx(member.margins(row)[0], abs=1e-12)


def test_contributions_of_one_split_are_what_one_can_work_out() -> None:
    explainer = Explainer.of([_stump()], base=0.5, feature_count=2)

    parts = explainer.contributions(np.array([[0, 5], [0, 1]], np.float32))

    # On average .6 * -1 + .4 * 3 = .6; the row at 5 gets 3, the one at 1 gets -1.
    assert parts[0] == pytest.approx([0, 2.4, 1.1])
    assert parts[1] == pytest.approx([0, -1.6, 1.1])


def test_a_split_nobody_came_by_still_sums_up() -> None:
    empty = _stump(cover=np.array([0, 0, 0], np.float32))
    row = np.array([[0, 5]], np.float32)

    parts = Explainer.of([empty], base=0.5, feature_count=2).contributions(row)

    assert parts.sum() == pytest.approx(3.5)


@pytest.mark.parametrize("cover", [[1, 3e38, 3e38], [3e38, 0, 1], [1, -1, 2]])
def test_weights_that_cannot_be_still_sum_up(cover: list[float]) -> None:
    odd = _stump(cover=np.array(cover, np.float32))
    row = np.array([[0, 5]], np.float32)

    parts = Explainer.of([odd] * 30, base=0.5, feature_count=2).contributions(row)

    assert parts.sum() == pytest.approx(90.5)


def test_balance_goes_from_no_weights_to_equal_classes() -> None:
    labels = np.array([1] + [0] * 16, np.int8)

    assert class_weights(labels, 0.0).max() == 1.0
    assert class_weights(labels, 0.5).max() == 4.0
    assert class_weights(labels, 1.0).max() == 16.0
