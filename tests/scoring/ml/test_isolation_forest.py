"""An Isolation Forest walked here gives the path lengths that scikit-learn gives."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import IsolationForest

from scoring.ml.forest import ForestRefused
from scoring.ml.honest_rows import honest_rows
from scoring.ml.isolation_forest_fit import (
    IsolationForestPlan,
    fit_isolation_forest,
    unsuccessful_search_length,
)
from scoring.ml.isolation_forest_trees import read_isolation_forest
from scoring.ml.scaling import Scaling
from tests.scoring.ml.anomaly_members import make_rows

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
    paths = member.explainer.contributions(LATER[:50])[:, :-1]

    parts = member.contributions(LATER[:50])[:, :-1]

    scale = parts.sum(axis=1) / paths.sum(axis=1)
    assert (scale > 0).all()
    assert parts == pytest.approx(paths * scale[:, None], abs=1e-9)


def test_bytes_that_are_no_forest_are_refused() -> None:
    with pytest.raises(ForestRefused, match="The file is no Isolation Forest"):
        read_isolation_forest(b"\x80\x04K\x01.")
