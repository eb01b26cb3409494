"""What a model may learn from when it is trained on a certain day."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.ml.dataset import NEVER_US, Dataset
from scoring.ml.splits import SplitPlan, TooFewLabels, label_gap_us, time_split
from tests.scoring.ml.conftest import DAY_US, make_history

SLICES = ("train", "validation", "calibration", "test")


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), gap_days=st.sampled_from([None, 0, 3, 7]))
def test_nothing_is_learned_that_was_not_known_yet(seed: int, gap_days: int | None) -> None:
    history = make_history(np.random.default_rng(seed), rows=1500)
    plan = SplitPlan(gap_us=None if gap_days is None else gap_days * DAY_US, fewest_frauds=1)

    split = time_split(history, plan)

    cuts, known, time = split.cuts, history.label_known_us, history.time_us
    assert known[split.train].max() <= cuts.validation_from_us
    assert known[split.fitting].max() <= cuts.test_from_us
    assert time[split.fitting].max() < cuts.calibration_from_us
    assert set(split.fitting) >= set(split.train) | set(split.validation)
    assert known[np.r_[split.validation, split.calibration]].max() <= cuts.test_from_us
    assert known[split.test].max() <= cuts.until_us
    assert time[split.train].max() < cuts.train_until_us <= cuts.validation_from_us - cuts.gap_us
    assert time[split.validation].min() >= cuts.validation_from_us
    assert time[split.validation].max() < cuts.calibration_from_us <= time[split.calibration].min()
    assert time[split.calibration].max() < cuts.fit_until_us == cuts.test_from_us - cuts.gap_us
    assert time[split.test].min() >= cuts.test_from_us
    assert time[split.test].max() < cuts.test_until_us == cuts.until_us - cuts.gap_us


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_slices_share_no_row_and_run_from_old_to_new(seed: int) -> None:
    history = make_history(np.random.default_rng(seed), rows=1500)

    split = time_split(history, SplitPlan(fewest_frauds=1))

    rows = np.concatenate([getattr(split, name) for name in SLICES])
    assert np.unique(rows).size == rows.size
    assert (np.diff(history.time_us[rows]) >= 0).all()


def test_the_order_of_rows_changes_nothing(history: Dataset) -> None:
    order = np.random.default_rng(0).permutation(len(history))

    one, other = time_split(history, SplitPlan()), time_split(history.take(order), SplitPlan())

    assert one.cuts == other.cuts
    assert set(order[other.train]) == set(one.train)


def test_slices_have_about_the_shares_asked_for(history: Dataset) -> None:
    plan = SplitPlan(0.1, 0.2, 0.3, gap_us=0)

    split = time_split(history, plan)

    sizes = [len(getattr(split, name)) / len(history) for name in SLICES]
    # Training and calibration lose the rows whose label (1–5 days) was not known when validation
    # and test began.
    assert sizes == pytest.approx([0.35, 0.10, 0.15, 0.30], abs=0.01)


def test_labels_nobody_knows_yet_are_left_out(history: Dataset) -> None:
    known = history.label_known_us.copy()
    known[::3] = NEVER_US

    split = time_split(replace(history, label_known_us=known), SplitPlan())

    assert not any((getattr(split, name) % 3 == 0).any() for name in SLICES)


def test_the_past_can_be_replayed(history: Dataset) -> None:
    until = 40 * DAY_US

    split = time_split(history, SplitPlan(until_us=until, fewest_frauds=1))

    assert split.cuts.until_us == until
    assert history.label_known_us[split.test].max() <= until


def test_the_gap_waits_for_the_slower_class() -> None:
    delays = np.r_[np.full(100, 2), np.full(100, 30)] * DAY_US
    is_fraud = np.r_[np.ones(100), np.zeros(100)].astype(np.int8)

    assert label_gap_us(delays, is_fraud) == 30 * DAY_US


def test_a_measured_gap_never_eats_up_the_history() -> None:
    history = make_history(np.random.default_rng(1))
    slow = replace(history, label_known_us=history.time_us + 12 * DAY_US)

    split = time_split(
        slow, SplitPlan(until_us=70 * DAY_US, longest_gap_share=0.1, fewest_frauds=1)
    )

    assert split.cuts.gap_us == pytest.approx(7 * DAY_US, rel=0.001)


def test_frauds_known_early_do_not_fill_the_end_of_training() -> None:
    rng = np.random.default_rng(3)
    history = make_history(rng, rows=8000, days=200)
    # Frauds are told of after a day, honest payments are cleared after 15.
    waits = np.where(history.is_fraud == 1, 1, 15) * DAY_US
    skewed = replace(history, label_known_us=history.time_us + waits)

    with_gap = time_split(skewed, SplitPlan())
    without = time_split(skewed, SplitPlan(gap_us=0))

    newest = [skewed.is_fraud[split.train[-200:]].mean() for split in (with_gap, without)]
    assert newest[0] == pytest.approx(0.08, abs=0.05)
    assert newest[1] > 0.2


def test_too_few_frauds_are_told_in_a_sentence(history: Dataset) -> None:
    honest = replace(history, is_fraud=np.zeros(len(history), np.int8))

    with pytest.raises(TooFewLabels, match="train slice has 0 frauds among"):
        time_split(honest, SplitPlan())


def test_a_history_without_labels_is_refused(history: Dataset) -> None:
    unknown = replace(history, label_known_us=np.full(len(history), NEVER_US))

    with pytest.raises(TooFewLabels, match="No transaction has a known label yet"):
        time_split(unknown, SplitPlan())


def test_a_history_shorter_than_the_delay_is_refused(history: Dataset) -> None:
    with pytest.raises(TooFewLabels, match="shorter than the time labels take"):
        time_split(history, SplitPlan(gap_us=400 * DAY_US))
