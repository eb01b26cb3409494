"""The three figures, against scikit-learn and the handbook's own count."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from scoring.backtesting.figures import Figures, figures_of, mean_figures, spread_figures
from scoring.backtesting.folds import DAY_US
from tests.scoring.backtesting.histories import make_dataset


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_auc_and_average_precision_are_those_of_scikit_learn(seed: int) -> None:
    rng = np.random.default_rng(seed)
    dataset = make_dataset(rng, rows=400)
    rows = rng.permutation(400)[:300]
    scores = np.round(rng.random(300), 2)  # with ties

    found = figures_of(dataset, rows, scores)

    assert found.auc == pytest.approx(roc_auc_score(dataset.is_fraud[rows], scores))
    assert found.ap == pytest.approx(average_precision_score(dataset.is_fraud[rows], scores))


def test_card_precision_counts_customers_of_a_day_once() -> None:
    dataset = make_dataset(np.random.default_rng(2), rows=3_000)
    rows = np.flatnonzero(dataset.time_us < 20 * DAY_US)
    scores = dataset.features[rows, 0].astype(np.float64)

    found = figures_of(dataset, rows, scores).cp100

    # The book's function, day by day: with fewer than 100 customers a day all of them are looked
    # at, so what is found are the day's defrauded customers who were not found before.
    gone: set[int] = set()
    caught = []
    for day in range(20):
        today = rows[dataset.time_us[rows] // DAY_US == day]
        defrauded = set(dataset.customer_key[today][dataset.is_fraud[today] == 1].tolist()) - gone
        assert len(set(dataset.customer_key[today].tolist())) <= 100
        caught.append(len(defrauded) / 100)
        gone |= defrauded
    assert found == pytest.approx(np.mean(caught))
    assert found > 0


def test_the_mean_of_the_three_is_what_choices_are_made_by() -> None:
    assert Figures(0.9, 0.6, 0.3).mean == pytest.approx(0.6)


def test_a_single_week_has_no_spread() -> None:
    week = Figures(0.9, 0.6, 0.3)

    assert mean_figures([week]) == week
    assert spread_figures([week]) == Figures(0.0, 0.0, 0.0)
