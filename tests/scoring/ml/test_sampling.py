"""Rows left out, rows invented: what is promised of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from scoring.ml import sampling
from scoring.ml.dataset import Slice
from scoring.ml.sampling import SamplingPlan, sampled, undersampled, with_smote

SMOTE = SamplingPlan(way="smote", smote_ratio=0.5)


def _rows(seed: int, *, honest: int = 200, frauds: int = 20, width: int = 6) -> Slice:
    rng = np.random.default_rng(seed)
    features = rng.lognormal(0, 2, (honest + frauds, width)).astype(np.float32)
    features[rng.random(features.shape) < 0.1] = np.nan
    is_fraud = rng.permutation(np.r_[np.zeros(honest), np.ones(frauds)]).astype(np.int8)
    return Slice(features, is_fraud)


def test_weights_leave_the_rows_alone() -> None:
    rows = _rows(1)

    assert sampled(rows, SamplingPlan(), seed=1) is rows


@pytest.mark.parametrize("way", ["undersample", "smote"])
def test_the_same_seed_gives_the_same_rows(way: str) -> None:
    plan = SamplingPlan(way=way, honest_per_fraud=2, smote_ratio=0.5)

    one, again, other = (sampled(_rows(1), plan, seed=seed) for seed in (1, 1, 2))

    assert one.features.tobytes() == again.features.tobytes()
    assert one.is_fraud.tobytes() == again.is_fraud.tobytes()
    assert one.features.tobytes() != other.features.tobytes()


def test_undersampling_keeps_every_fraud_and_the_order() -> None:
    rows = _rows(2)

    kept = undersampled(rows, 3, np.random.default_rng(1))

    frauds = rows.features[rows.is_fraud == 1]
    assert kept.features[kept.is_fraud == 1].tobytes() == frauds.tobytes()
    assert int((kept.is_fraud == 0).sum()) == 60
    places = [rows.features.tobytes().index(row.tobytes()) for row in kept.features]
    assert places == sorted(places)


def test_undersampling_more_than_there_is_changes_nothing() -> None:
    rows = _rows(2)

    assert undersampled(rows, 11, np.random.default_rng(1)) is rows


def test_smote_raises_frauds_to_the_ratio_and_keeps_what_is_known() -> None:
    rows = _rows(3)

    grown = with_smote(rows, SMOTE, np.random.default_rng(1))

    assert int(grown.is_fraud.sum()) == 100
    assert grown.features[:220].tobytes() == rows.features.tobytes()
    assert grown.is_fraud[:220].tobytes() == rows.is_fraud.tobytes()
    assert set(grown.is_fraud[220:]) == {1}
    assert grown.features.dtype == np.float32


@pytest.mark.parametrize("rows", [_rows(4, honest=30, frauds=20), _rows(4, frauds=1)])
def test_smote_invents_nothing_where_it_cannot_or_need_not(rows: Slice) -> None:
    assert with_smote(rows, SMOTE, np.random.default_rng(1)) is rows


def test_two_frauds_are_enough_to_be_each_others_neighbour() -> None:
    rows = _rows(5, honest=100, frauds=2)

    grown = with_smote(rows, SMOTE, np.random.default_rng(1))

    one, other = rows.features[rows.is_fraud == 1]
    born = grown.features[102:]
    assert len(born) == 48
    is_known = ~np.isnan(one) & ~np.isnan(other)
    assert np.isnan(born[:, ~is_known]).all()
    # Every row lies at one place of the line between them, the same for all features.
    places = (born[:, is_known] - one[is_known]) / (other - one)[is_known]
    assert places.std(axis=1).max() < 1e-3
    assert 0 <= places.min() < 0.2
    assert 0.8 < places.max() <= 1


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10_000))
def test_invented_frauds_lie_between_known_ones(seed: int) -> None:
    rows = _rows(seed, honest=60, frauds=8, width=3)

    grown = with_smote(rows, SMOTE, np.random.default_rng(seed))

    frauds, born = rows.features[rows.is_fraud == 1], grown.features[68:]
    assert len(born) == 22
    with np.errstate(all="ignore"):
        lowest, highest = np.nanmin(frauds, axis=0), np.nanmax(frauds, axis=0)
    assert ((born >= lowest) & (born <= highest) | np.isnan(born)).all()


def test_neighbours_are_of_the_same_sort_of_fraud() -> None:
    rng = np.random.default_rng(6)
    left = rng.normal(-100, 1, (10, 4))
    right = rng.normal(100, 1, (10, 4))
    honest = rng.normal(0, 30, (100, 4))
    rows = Slice(
        np.concatenate([left, right, honest]).astype(np.float32),
        np.r_[np.ones(20), np.zeros(100)].astype(np.int8),
    )

    grown = with_smote(rows, SMOTE, rng)

    assert np.abs(grown.features[120:]).min() > 90


def test_a_wide_feature_does_not_decide_alone_who_is_near() -> None:
    rng = np.random.default_rng(7)
    # Euros in the first column, a sign of the sort of fraud in the second.
    features = np.column_stack([1e5 * rng.random(220), np.repeat([0.0, 1.0], 110)])
    is_fraud = np.zeros(220, np.int8)
    is_fraud[100:120] = 1
    rows = Slice(features.astype(np.float32), is_fraud)

    grown = with_smote(rows, replace(SMOTE, neighbours=1), rng)

    assert set(grown.features[220:, 1]) == {0.0, 1.0}


def test_values_far_from_all_others_do_not_drown_the_rest() -> None:
    # One honest row makes the second column's width 3e34; its square is beyond float32.
    features = np.zeros((400, 2), np.float32)
    features[:20, 0] = np.repeat([-1, 1], 10)
    features[20:, 0] = np.linspace(-1, 1, 380)
    features[:20:2, 1] = 3e38
    is_fraud = np.zeros(400, np.int8)
    is_fraud[:20] = 1

    plan = replace(SMOTE, neighbours=4)
    grown = with_smote(Slice(features, is_fraud), plan, np.random.default_rng(1))

    assert set(grown.features[400:, 0]) == {-1.0, 1.0}
    assert set(grown.features[400:, 1]) == {0.0, np.float32(3e38)}


def test_neighbours_are_those_that_all_distances_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "ROWS_AT_ONCE", 7)
    rows = np.random.default_rng(9).standard_normal((50, 5))
    distances = cdist(rows, rows) + np.diag(np.full(50, np.inf))

    found = sampling._nearest(rows, 4)

    assert np.sort(found, axis=1).tolist() == (
        np.sort(np.argsort(distances, axis=1)[:, :4], axis=1).tolist()
    )


def test_parents_are_bounded() -> None:
    rows = _rows(8, honest=200, frauds=50)
    plan = replace(SMOTE, most_parents=2)

    grown = with_smote(rows, plan, np.random.default_rng(1))

    born = grown.features[250:]
    known = born[:, ~np.isnan(born).any(axis=0)]
    # All on one line: of the differences between rows one direction is left.
    assert np.linalg.matrix_rank(known - known[0], tol=np.abs(known).max() * 1e-4) == 1
