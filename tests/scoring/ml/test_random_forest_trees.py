"""A random forest without scikit-learn: its probabilities, as log-odds that can be explained."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.ensemble import RandomForestClassifier

from scoring.ml.dataset import Dataset
from scoring.ml.forest import Features, ForestRefused, Tree
from scoring.ml.forest_arrays import pack_trees, tree_of_sklearn
from scoring.ml.random_forest_trees import (
    KIND,
    LEAST_PROBABILITY,
    RandomForestMember,
    pack_random_forest,
    read_random_forest,
)
from tests.scoring.ml.conftest import NAMES

D = len(NAMES)
SHIFT = -1.5

rows = hnp.arrays(
    np.float32,
    st.tuples(st.integers(1, 9), st.just(D)),
    elements=st.floats(-4, 4, width=32) | st.just(np.nan),
)


@pytest.fixture(scope="module")
def library(history: Dataset) -> RandomForestClassifier:
    forest = RandomForestClassifier(12, max_depth=6, min_samples_leaf=5, random_state=1)
    return forest.fit(history.features, history.is_fraud)


@pytest.fixture(scope="module")
def trees(library: RandomForestClassifier) -> list[Tree]:
    found = [one.tree_ for one in library.estimators_]
    return [tree_of_sklearn(tree, tree.value[:, 0, 1]) for tree in found]


@pytest.fixture(scope="module")
def stored(trees: list[Tree]) -> bytes:
    return pack_random_forest(trees, log_odds_shift=SHIFT, feature_count=D)


@pytest.fixture(scope="module")
def member(stored: bytes) -> RandomForestMember:
    return read_random_forest(stored)


def _log_odds(probability: float) -> float:
    kept = np.clip(probability, LEAST_PROBABILITY, 1 - LEAST_PROBABILITY)
    return np.log(kept / (1 - kept))


def _leaf(probability: float) -> Tree:
    none, zero = np.array([-1], np.int64), np.zeros(1, np.float32)
    return Tree(none, none, none, zero, none > 0, zero + np.float32(probability), zero + 1)


@settings(max_examples=200, deadline=None)
@given(features=rows)
def test_probabilities_are_the_librarys(
    member: RandomForestMember, library: RandomForestClassifier, features: Features
) -> None:
    expected = library.predict_proba(features)[:, 1]

    assert member.probabilities(features) == pytest.approx(expected, abs=1e-7)
    assert member.margins(features) == pytest.approx(_log_odds(expected) + SHIFT, abs=1e-5)


def test_probabilities_on_the_thresholds_and_beside_them_are_the_librarys(
    member: RandomForestMember, library: RandomForestClassifier
) -> None:
    splits = [one.tree_.children_left >= 0 for one in library.estimators_]
    cuts, columns = (
        np.concatenate(
            [
                getattr(one.tree_, name)[kept]
                for one, kept in zip(library.estimators_, splits, strict=True)
            ]
        )
        for name in ("threshold", "feature")
    )
    near = np.minimum(cuts, 99).astype(np.float32)
    beside = [np.nextafter(near, np.float32(far)) for far in (-99, 99)]
    features = np.random.default_rng(4).standard_normal((len(cuts), 3, D)).astype(np.float32)
    features[np.arange(len(cuts)), :, columns] = np.stack([near, *beside], axis=1)
    features = features.reshape(-1, D)

    expected = library.predict_proba(features)[:, 1]

    assert member.probabilities(features) == pytest.approx(expected, abs=1e-7)


@settings(max_examples=60, deadline=None)
@given(features=rows)
def test_a_row_alone_has_the_margin_it_has_in_a_batch(
    member: RandomForestMember, features: Features
) -> None:
    together = member.margins(features)

    alone = [member.margins(features[place : place + 1])[0] for place in range(len(features))]

    assert together.tobytes() == np.array(alone).tobytes()


@settings(max_examples=100, deadline=None)
@given(features=rows)
def test_contributions_sum_to_the_margin(member: RandomForestMember, features: Features) -> None:
    parts = member.contributions(features)

    assert parts.shape == (len(features), D + 1)
    assert parts.sum(axis=1) == pytest.approx(member.margins(features), abs=1e-9)


def test_contributions_are_shapley_values_of_the_probability_in_proportion(
    member: RandomForestMember, history: Dataset
) -> None:
    features = history.features[:50]
    of_probability = member.explainer.contributions(features)[:, :-1]

    of_margin = member.contributions(features)

    ratios = of_margin[:, :-1].sum(axis=1) / of_probability.sum(axis=1)
    assert of_margin[:, :-1] == pytest.approx(of_probability * ratios[:, np.newaxis], abs=1e-9)
    assert (ratios > 0).all()
    assert np.unique(of_margin[:, -1]).size == 1


def test_a_row_as_usual_as_the_average_is_explained_by_nothing() -> None:
    member = read_random_forest(
        pack_random_forest([_leaf(0.25), _leaf(0.75)], log_odds_shift=2.0, feature_count=3)
    )
    row = np.zeros((1, 3), np.float32)

    assert member.margins(row).tolist() == [2.0]
    assert member.contributions(row).tolist() == [[0.0, 0.0, 0.0, 2.0]]


@pytest.mark.parametrize(("probability", "bound"), [(0.0, 1e-6), (1.0, 1 - 1e-6)])
def test_unanimous_trees_are_not_certain(probability: float, bound: float) -> None:
    member = read_random_forest(
        pack_random_forest([_leaf(probability)] * 3, log_odds_shift=0.0, feature_count=1)
    )
    row = np.zeros((1, 1), np.float32)

    assert member.margins(row) == pytest.approx([np.log(bound / (1 - bound))])
    assert member.contributions(row).sum() == pytest.approx(member.margins(row)[0])


def test_it_says_what_it_was_read_from(member: RandomForestMember) -> None:
    assert member.kind == KIND == "random_forest"


def test_another_table_is_refused(member: RandomForestMember) -> None:
    with pytest.raises(ValueError, match="Features are float32 with 8 columns"):
        member.margins(np.zeros((1, D + 1), np.float32))


def _file(**changes: object) -> bytes:
    packed = pack_trees([_leaf(0.5)], base=0.0, feature_count=1)
    return msgspec.msgpack.encode({"trees": packed, "log_odds_shift": 0.0} | changes)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "truncated"),
        (b"\x80\x04.", "missing required field"),
        (_file(trees=b"x"), "no forest in flat arrays"),
        (_file(trees=pack_trees([], base=0.0, feature_count=1)), "it has no trees"),
        (_file(trees=pack_trees([_leaf(0.5)], base=0.5, feature_count=1)), "or a base"),
        (_file(log_odds_shift=float("inf")), "its shift is no number"),
        (_file(log_odds_shift="0"), "Expected `float`"),
        (_file(trees=pack_trees([_leaf(1.5)], base=0.0, feature_count=1)), "no probabilities"),
        (_file(trees=pack_trees([_leaf(-0.1)], base=0.0, feature_count=1)), "no probabilities"),
        (_file(trees=pack_trees([_leaf(np.nan)], base=0.0, feature_count=1)), "no probabilities"),
    ],
)
def test_bytes_that_are_no_such_forest_are_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(ForestRefused, match=f"no random forest .*{sentence}"):
        read_random_forest(data)


@settings(max_examples=40, deadline=None)
@given(cut=st.floats(0, 0.999))
def test_a_file_cut_short_is_refused(stored: bytes, cut: float) -> None:
    with pytest.raises(ForestRefused, match="no random forest"):
        read_random_forest(stored[: int(len(stored) * cut)])


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_a_changed_byte_is_refused_or_read_within_its_bounds(
    stored: bytes, data: st.DataObject
) -> None:
    damaged = bytearray(stored)
    damaged[data.draw(st.integers(0, len(stored) - 1))] = data.draw(st.integers(0, 255))

    try:
        member = read_random_forest(bytes(damaged))
    except ForestRefused:
        return
    margins = member.margins(np.zeros((2, member.forest.feature_count), np.float32))
    assert np.isfinite(margins).all()
