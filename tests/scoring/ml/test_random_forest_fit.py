"""Training a random forest: reproducible, on drawn rows, with odds as they are among all rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from scoring.ml.dataset import Dataset, Slice
from scoring.ml.random_forest_fit import (
    OneClassOnly,
    RandomForestPlan,
    drawn_rows,
    fit_random_forest,
)
from scoring.ml.random_forest_trees import read_random_forest

PLAN = RandomForestPlan(trees=25, max_depth=7, leaf_rows=5, feature_share=0.4, threads=1)


@pytest.fixture(scope="module")
def train(history: Dataset) -> Slice:
    return Slice(history.features[:4000], history.is_fraud[:4000])


@pytest.fixture(scope="module")
def later(history: Dataset) -> Slice:
    return Slice(history.features[4000:], history.is_fraud[4000:])


def _labels(frauds: int, honest: int) -> Slice:
    is_fraud = np.random.default_rng(1).permutation(np.repeat([1, 0], [frauds, honest]))
    return Slice(np.zeros((is_fraud.size, 1), np.float32), is_fraud.astype(np.int8))


def test_the_same_seed_gives_the_same_bytes_on_any_number_of_threads(train: Slice) -> None:
    stored = fit_random_forest(train, PLAN, seed=1)

    assert fit_random_forest(train, replace(PLAN, threads=2), seed=1) == stored
    assert fit_random_forest(train, PLAN, seed=1, progress=[].append) == stored
    assert fit_random_forest(train, PLAN, seed=2) != stored


def test_it_learns(train: Slice, later: Slice) -> None:
    member = read_random_forest(fit_random_forest(train, PLAN, seed=1))

    precision = average_precision_score(later.is_fraud, member.margins(later.features))

    assert precision > 5 * later.is_fraud.mean()


def test_progress_runs_to_the_end(train: Slice) -> None:
    told: list[float] = []

    member = read_random_forest(fit_random_forest(train, PLAN, seed=1, progress=told.append))

    assert told == [0.4, 0.8, 1.0]
    assert member.tree_count == 25


def test_trees_keep_within_depth_and_leaves(train: Slice) -> None:
    plan = replace(PLAN, max_depth=5, max_leaves=9)

    member = read_random_forest(fit_random_forest(train, plan, seed=1))

    assert member.forest.depths.max() == 5
    leaves = (len(member.forest.nodes) + member.tree_count) // 2
    assert leaves <= 9 * member.tree_count


@pytest.mark.parametrize("most_rows", [400, 1000])
@pytest.mark.parametrize("balance", [0.0, 0.5, 1.0])
def test_odds_are_those_among_all_rows_whatever_was_drawn_and_weighed(
    most_rows: int, balance: float
) -> None:
    # A feature that says nothing: every row has the odds of all rows.
    rows = _labels(200, 10_000)
    plan = replace(PLAN, most_rows=most_rows, balance=balance)

    margins = read_random_forest(fit_random_forest(rows, plan, seed=1)).margins(rows.features)

    # Each tree sees another draw of the rows, so its share of frauds is a little off.
    assert margins == pytest.approx(np.log(200 / 10_000), abs=0.1)


def test_a_leaf_without_frauds_is_not_certain() -> None:
    features = np.repeat(np.array([[0], [1]], np.float32), [900, 100], axis=0)
    rows = Slice(features, features[:, 0].astype(np.int8))
    plan = replace(PLAN, balance=0.0, feature_share=1.0, prior_rows=10.0)

    member = read_random_forest(fit_random_forest(rows, plan, seed=1))

    # One row in ten is a fraud: about (0 + 1) / (900 + 10) and (100 + 1) / (100 + 10).
    probabilities = member.probabilities(np.array([[0], [1]], np.float32))
    assert probabilities == pytest.approx([1 / 910, 101 / 110], rel=0.05)


@given(frauds=st.integers(0, 60), honest=st.integers(0, 60), most=st.integers(2, 130))
def test_rows_are_drawn_once_frauds_first(frauds: int, honest: int, most: int) -> None:
    rows = _labels(frauds, honest)

    drawn = drawn_rows(rows, most, seed=3)

    assert (np.diff(drawn) > 0).all()
    assert drawn.size == min(most, frauds + honest)
    assert rows.is_fraud[drawn].sum() == min(frauds, max(most // 2, most - honest))


@pytest.mark.parametrize(("frauds", "honest"), [(0, 50), (50, 0)])
def test_one_class_alone_is_refused(frauds: int, honest: int) -> None:
    with pytest.raises(OneClassOnly, match="from frauds and honest transactions"):
        fit_random_forest(_labels(frauds, honest), PLAN, seed=1)
