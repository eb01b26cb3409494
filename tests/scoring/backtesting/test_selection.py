"""Choosing never loses against the best, and looks at nothing but validation weeks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.backtesting.backtest import BacktestPlan, backtest, judged_weeks, usable_validation
from scoring.backtesting.candidates import Candidate, training_rows
from scoring.backtesting.figures import figures_of, mean_figures
from scoring.backtesting.folds import DAY_US, BacktestRefused, Protocol
from scoring.backtesting.selection import SelectionPlan, choose
from scoring.ml.dataset import Dataset
from scoring.ml.xgboost_fit import XGBoostPlan
from tests.scoring.backtesting.histories import START_US, make_dataset

QUICK = XGBoostPlan(rounds=15, learning_rate=0.2, max_depth=3, threads=1)
STUMPS = replace(QUICK, rounds=2, max_depth=1)
CANDIDATES = (Candidate("stumps", STUMPS), Candidate("trees", QUICK, most_honest=1_500))
PROTOCOL = Protocol(START_US, folds=2, validation_folds=2, fewest_frauds=5)
PLAN = BacktestPlan(candidates=CANDIDATES, seeds=(1, 2))


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return make_dataset(np.random.default_rng(8))


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(1, 3))
def test_a_blend_is_never_below_its_best_member(seed: int, members: int, weeks: int) -> None:
    rng = np.random.default_rng(seed)
    dataset = make_dataset(rng, rows=300 * weeks)
    rows = [np.arange(300) + 300 * week for week in range(weeks)]
    margins = [
        [dataset.features[week, 0] + rng.normal(0, 1 + noise, 300) for week in rows]
        for noise in range(members)
    ]
    candidates = [Candidate(f"member {number}", QUICK) for number in range(members)]

    choice = choose(dataset, rows, candidates, margins, SelectionPlan())

    assert choice.figures.mean >= max(one.mean for one in choice.alone.values()) - 1e-12
    assert all(member.weight > 0 and member.votes >= 1 for member in choice.members)
    # What is told is what the members, so weighted, come to.
    again = [
        sum(
            member.weight * margins[candidates.index(member.candidate)][week]
            for member in choice.members
        )
        for week in range(weeks)
    ]
    expected = mean_figures(
        [figures_of(dataset, week, one) for week, one in zip(rows, again, strict=True)]
    )
    assert choice.figures.mean == pytest.approx(expected.mean)


def test_two_that_err_differently_are_put_together() -> None:
    rng = np.random.default_rng(3)
    dataset = make_dataset(rng, rows=2_000)
    rows = [np.arange(2_000)]
    margins = [[dataset.features[:, place].astype(np.float64)] for place in range(3)]

    choice = choose(dataset, rows, CANDIDATES * 2, [*margins, margins[2]], SelectionPlan())

    assert {member.candidate.name for member in choice.members} == {"stumps", "trees"}
    assert choice.figures.mean > max(one.mean for one in choice.alone.values()) + 0.05


def test_the_better_candidate_is_chosen_and_judged_on_every_week(dataset: Dataset) -> None:
    found = backtest(dataset, PROTOCOL, PLAN)

    assert [week.fold.test_start for week in found.weeks] == ["1970-02-19", "1970-02-26"]
    assert [fold.test_start for fold in found.validation] == ["1970-01-29", "1970-02-05"]
    assert "trees" in {member.candidate.name for member in found.choice.members}
    assert all(week.figures.auc > 0.9 for week in found.weeks)


def test_labels_that_come_after_a_week_begins_change_nothing(dataset: Dataset) -> None:
    first, second = backtest(dataset, PROTOCOL, PLAN).weeks
    unknown = dataset.take(np.arange(len(dataset)))
    late = dataset.time_us >= first.fold.test_until_us
    unknown.is_fraud[late] = 1 - unknown.is_fraud[late]
    hidden = (dataset.time_us >= first.fold.train_until_us) & (
        dataset.time_us < first.fold.remembered_from_us
    )
    assert not hidden.any()

    again = backtest(unknown, replace(PROTOCOL, folds=1), PLAN).weeks[0]

    assert again.figures == first.figures
    assert second.rows_before > first.rows_before


def test_test_weeks_take_no_part_in_the_choice(dataset: Dataset) -> None:
    changed = dataset.take(np.arange(len(dataset)))
    later = changed.time_us >= START_US - 7 * DAY_US
    changed.features[later] = -changed.features[later]

    one, other = (backtest(told, PROTOCOL, PLAN).choice for told in (dataset, changed))

    assert one == other


def test_every_model_is_counted(dataset: Dataset) -> None:
    told: list[tuple[int, int]] = []

    found = backtest(dataset, PROTOCOL, PLAN, lambda done, total: told.append((done, total)))

    models = 2 * 2 + 2 * len(found.choice.members) * 2
    assert told[-1] == (models, models)
    assert [done for done, _ in told] == list(range(1, models + 1))


def test_frauds_are_all_kept_and_honest_rows_drawn(dataset: Dataset) -> None:
    rows = np.arange(1_000, 3_000)
    candidate = Candidate("few", QUICK, most_honest=100)

    chosen = training_rows(dataset, rows, candidate, np.random.default_rng(1))

    frauds = rows[dataset.is_fraud[rows] == 1]
    assert set(frauds.tolist()) <= set(chosen.tolist()) <= set(rows.tolist())
    assert chosen.size == frauds.size + 100
    assert (np.diff(chosen) > 0).all()


def test_a_window_reaches_back_from_the_newest_row(dataset: Dataset) -> None:
    rows = np.arange(3_000)

    chosen = training_rows(
        dataset, rows, Candidate("lately", QUICK, window_days=10), np.random.default_rng(1)
    )

    newest = dataset.time_us[2_999]
    assert chosen.tolist() == rows[dataset.time_us[rows] >= newest - 10 * DAY_US].tolist()


def test_validation_weeks_without_history_are_left_out(dataset: Dataset) -> None:
    protocol = replace(PROTOCOL, validation_folds=30)

    usable = usable_validation(dataset, protocol)

    assert 2 <= len(usable) < 7
    assert usable[-1][0].test_until_us + 7 * DAY_US == START_US


def test_without_any_validation_week_nothing_is_measured(dataset: Dataset) -> None:
    with pytest.raises(BacktestRefused, match=r"Nothing can be chosen before the test\. The hist"):
        usable_validation(dataset, replace(PROTOCOL, start_us=14 * DAY_US))


def test_each_test_week_knows_more_than_the_one_before(dataset: Dataset) -> None:
    (_, first), (_, second) = judged_weeks(dataset, PROTOCOL)

    assert set(first.train.tolist()) < set(second.train.tolist())
