"""An Isolation Forest walked here gives the path lengths that scikit-learn gives."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest
from sklearn.ensemble import IsolationForest

from scoring.ml.forest import Forest, ForestRefused
from scoring.ml.forest_arrays import PackedTrees, unpack_trees
from scoring.ml.honest_rows import honest_rows
from scoring.ml.isolation_forest_fit import (
    IsolationForestPlan,
    fit_isolation_forest,
    unsuccessful_search_length,
)
from scoring.ml.isolation_forest_paths import Paths
from scoring.ml.isolation_forest_trees import StoredIsolationForest, read_isolation_forest
from scoring.ml.scaling import Scaling
from scoring.ml.shapley import Explainer
from tests.scoring.ml.anomaly_members import WIDTH, make_rows

ROWS = make_rows(np.random.default_rng(21))
LATER = make_rows(np.random.default_rng(22), 1500).features
PLAN = IsolationForestPlan(rows=2000, reference_rows=1000, trees=20, tree_rows=128)


def test_path_lengths_are_the_librarys() -> None:
    honest = honest_rows(ROWS, fit=PLAN.rows, reference=PLAN.reference_rows, seed=9).fit
    scaling = Scaling.of(honest)
    library = IsolationForest(n_estimators=20, max_samples=128, random_state=9)
    library.fit(scaling.scaled(honest))
    # The library's score is 2 to the minus path length over that of a usual row.
    usual = unsuccessful_search_length(np.array([128]))[0]
    expected = np.log2(-library.score_samples(scaling.scaled(LATER))) * usual

    member = read_isolation_forest(fit_isolation_forest(ROWS, PLAN, seed=9))

    found = member.forest.margins(LATER)
    # A value within rounding of a split may fall on its other side: in units of the feature the
    # split is not quite where it was in scaled units.
    assert np.isclose(found, expected, atol=1e-5).mean() > 0.995
    assert found == pytest.approx(expected, abs=1)


def test_a_missing_value_goes_where_the_median_goes() -> None:
    honest = honest_rows(ROWS, fit=PLAN.rows, reference=PLAN.reference_rows, seed=9).fit
    member = read_isolation_forest(fit_isolation_forest(ROWS, PLAN, seed=9))
    medians = np.tile(np.nanmedian(honest, axis=0), (len(LATER), 1))

    filled = np.where(np.isnan(LATER), medians, LATER).astype(np.float32)

    assert member.margins(LATER) == pytest.approx(member.margins(filled), abs=1e-9)


def test_contributions_are_those_of_the_path_in_proportion() -> None:
    member = read_isolation_forest(fit_isolation_forest(ROWS, PLAN, seed=9))
    paths = member.paths.contributions(LATER[:50])[:, :-1]

    parts = member.contributions(LATER[:50])[:, :-1]

    scale = parts.sum(axis=1) / paths.sum(axis=1)
    assert (scale > 0).all()
    assert parts == pytest.approx(paths * scale[:, None], abs=1e-9)


def _grown(**changes: object) -> PackedTrees:
    data = fit_isolation_forest(ROWS, replace(PLAN, **changes), seed=9)
    return unpack_trees(msgspec.msgpack.decode(data, type=StoredIsolationForest).trees)


def test_what_paths_change_sums_to_the_leaves() -> None:
    grown = _grown()
    forest = Forest.of(grown.trees, base=0.5, feature_count=WIDTH)
    paths = Paths.of(grown.trees, base=0.5, feature_count=WIDTH)

    sums = paths.contributions(LATER).sum(axis=1)

    assert sums == pytest.approx(forest.margins(LATER), abs=1e-9)


def test_of_trees_with_one_split_paths_say_what_shapley_says() -> None:
    # Two rows a tree: one split.
    grown = _grown(tree_rows=2)

    found = Paths.of(grown.trees, base=0.0, feature_count=WIDTH).contributions(LATER)

    exact = Explainer.of(grown.trees, base=0.0, feature_count=WIDTH).contributions(LATER)
    assert found == pytest.approx(exact, abs=1e-9)


def test_of_many_trees_paths_come_close_to_shapley() -> None:
    grown = _grown(trees=100)

    found = Paths.of(grown.trees, base=0.0, feature_count=WIDTH).contributions(LATER[:200])

    exact = Explainer.of(grown.trees, base=0.0, feature_count=WIDTH).contributions(LATER[:200])
    assert found[:, -1] == pytest.approx(exact[:, -1], abs=1e-9)
    alike = [np.corrcoef(a, b)[0, 1] for a, b in zip(found[:, :-1], exact[:, :-1], strict=True)]
    assert np.median(alike) > 0.9


def test_bytes_that_are_no_forest_are_refused() -> None:
    with pytest.raises(ForestRefused, match="The file is no Isolation Forest"):
        read_isolation_forest(b"\x80\x04K\x01.")
