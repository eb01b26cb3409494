"""What is learned and what is measured know nothing of each other, nor of their future."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from scoring.evaluating import histories
from scoring.evaluating.histories import Weeks, learned_history, unseen_weeks
from scoring.features import events_from_frames
from scoring.history_dataset import history_dataset
from scoring.ml.dataset import NEVER_US, Dataset
from tests.scoring.evaluating.conftest import SMALL, without_progress
from transactions.simulation import FRAUD_TYPES, History, generate

CUT = pl.lit(SMALL.cut_us).cast(pl.Datetime("us", "UTC"))


@pytest.fixture(scope="module")
def learned() -> Dataset:
    return learned_history(SMALL, without_progress)


@pytest.fixture(scope="module")
def weeks() -> Weeks:
    return unseen_weeks(SMALL, without_progress)


def whole(history: History) -> Dataset:
    """Return a history in which nothing was cut off."""
    return history_dataset(
        events_from_frames(
            history.transactions,
            labels=history.labels,
            kyc_profiles=history.kyc_profiles,
            accounts=history.accounts,
        )
    )


def test_nothing_is_learned_from_the_cut_on(learned: Dataset) -> None:
    known = learned.label_known_us[learned.label_known_us < NEVER_US]

    assert learned.time_us.max() < SMALL.cut_us
    assert known.max() < SMALL.cut_us
    # What happened in the last days is there, most of it without a label.
    assert 0.05 < (learned.label_known_us == NEVER_US).mean() < 0.2


def test_cutting_a_history_off_changes_nothing_before_the_cut(learned: Dataset) -> None:
    everything = whole(generate(SMALL.learned))
    rows = len(learned)

    assert np.array_equal(learned.time_us, everything.time_us[:rows])
    assert np.array_equal(learned.features, everything.features[:rows], equal_nan=True)


def test_labels_of_the_future_teach_nothing(
    learned: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_lies(plan: object, progress: object) -> History:
        history = generate(plan, progress)  # type: ignore[arg-type]
        lies = pl.when(pl.col("known_at") < CUT).then("is_fraud").otherwise(~pl.col("is_fraud"))
        return replace(history, labels=history.labels.with_columns(is_fraud=lies))

    monkeypatch.setattr(histories, "generate", with_lies)
    lied_to = learned_history(SMALL, without_progress)

    assert np.array_equal(lied_to.is_fraud, learned.is_fraud)
    assert np.array_equal(lied_to.label_known_us, learned.label_known_us)
    assert np.array_equal(lied_to.features, learned.features, equal_nan=True)


def test_the_measured_rows_are_those_of_the_last_weeks(weeks: Weeks) -> None:
    history = generate(SMALL.measured)
    everything = whole(history)
    late = everything.time_us >= SMALL.cut_us

    assert 0.2 < late.mean() < 0.3
    assert np.array_equal(weeks.features, everything.features[late], equal_nan=True)
    assert np.array_equal(weeks.is_fraud, everything.is_fraud[late])


def test_the_measured_rows_have_their_true_types(weeks: Weeks) -> None:
    history = generate(SMALL.measured)
    types = (
        history.transactions.filter(pl.col("occurred_at") >= CUT)
        .join(history.labels, on="transaction_id", maintain_order="left")["fraud_type"]
        .to_list()
    )

    names = (None, *FRAUD_TYPES)
    assert [names[code] for code in weeks.fraud_type] == types
    # A few frauds are never noticed, and a few honest payments disputed.
    assert 0 < ((weeks.fraud_type > 0) != (weeks.is_fraud == 1)).mean() < 0.005


def test_the_two_histories_share_nobody_and_nothing() -> None:
    one, other = generate(SMALL.learned), generate(SMALL.measured)

    for column in ("customer_id", "account_id", "merchant_id", "device_id", "card_token"):
        shared = set(one.transactions[column].drop_nulls()) & set(other.transactions[column])
        assert shared == set(), column


def test_no_measured_row_was_learned(learned: Dataset, weeks: Weeks) -> None:
    seen = {row.tobytes() for row in learned.features}

    assert sum(row.tobytes() in seen for row in weeks.features) == 0
