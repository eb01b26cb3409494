"""One call from labelled history to a measured model."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from scoring.ml.dataset import NEVER_US, Dataset, DatasetRefused
from scoring.ml.metrics import measure
from scoring.ml.reference import Distribution
from scoring.ml.splits import SplitPlan, time_split
from scoring.ml.thresholds import OUT_OF_REACH, ThresholdPlan, suggest_thresholds
from scoring.ml.training import TrainedModel, train
from tests.scoring.ml.conftest import (
    DAY_US,
    IDENTITY,
    NAMES,
    QUICK,
    SCHEMA_HASH,
    make_history,
    train_quickly,
)


def test_it_learns_what_there_is_to_learn(trained: TrainedModel) -> None:
    test = trained.manifest.metrics["test"]

    assert test.auc > 0.9
    assert test.average_precision > 0.55
    # Perfect probabilities would show about .015 by chance alone: 85 frauds in 15 bins.
    assert test.calibration_error < 0.03


def test_the_same_seed_gives_the_same_bytes(trained: TrainedModel, history: Dataset) -> None:
    again = train_quickly(history)

    assert again.files == trained.files
    assert again.model.calibration == trained.model.calibration
    assert again.manifest == trained.manifest


def test_another_seed_gives_another_model(trained: TrainedModel, history: Dataset) -> None:
    other = train_quickly(history, replace(QUICK, seed=2))

    assert other.files != trained.files


def test_labels_that_became_known_later_change_nothing(history: Dataset) -> None:
    plan = replace(QUICK, split=SplitPlan(gap_us=5 * DAY_US))
    unknown = history.label_known_us > time_split(history, plan.split).cuts.test_from_us
    lies = np.where(unknown, 1 - history.is_fraud, history.is_fraud).astype(np.int8)

    one, other = train_quickly(history, plan), train_quickly(replace(history, is_fraud=lies), plan)

    # Only the test slice holds labels of that age.
    assert other.files == one.files
    assert other.model.calibration == one.model.calibration
    assert other.manifest.metrics["test"].auc < 0.5 < one.manifest.metrics["test"].auc


def test_the_manifest_tells_the_measures_of_each_slice(
    trained: TrainedModel, history: Dataset
) -> None:
    split = time_split(history, QUICK.split)
    scores = trained.model.scores(history.features[split.test])
    told = trained.manifest.metrics["test"]

    measured = measure(
        scores,
        history.is_fraud[split.test],
        threshold=trained.manifest.thresholds.fraud,
        card_precision_100=told.card_precision_100,
    )

    assert told == measured
    assert set(trained.manifest.metrics) == {"calibration", "test", "test:xgboost"}
    assert 0 < told.card_precision_100 <= 0.1


def test_the_manifest_tells_what_was_learned_from(trained: TrainedModel, history: Dataset) -> None:
    split = time_split(history, QUICK.split)
    told = trained.manifest.trained_on

    assert (told.rows, told.source) == (split.fitting.size, "synthetic")
    assert told.frauds == history.is_fraud[split.fitting].sum()
    assert told.from_us == history.time_us[split.fitting].min()
    assert told.until_us == history.time_us[split.fitting].max()
    assert told.cuts == split.cuts
    assert trained.manifest.feature_names == NAMES
    assert trained.manifest.is_demo


def test_only_trees_up_to_the_best_are_kept(trained: TrainedModel) -> None:
    trees = trained.model.members[0][0].forest.roots.size

    assert 1 <= trees <= QUICK.members[0].rounds


def test_progress_is_told_and_ends(history: Dataset) -> None:
    told: list[tuple[str, float]] = []

    train(
        history,
        QUICK,
        IDENTITY,
        names=NAMES,
        schema_hash=SCHEMA_HASH,
        progress=lambda what, part: told.append((what, part)),
    )

    assert told[0] == ("split", 0.0)
    assert told[-1] == ("done", 1.0)
    for stage in ("try xgboost", "fit xgboost"):
        parts = [part for what, part in told if what == stage]
        assert parts == sorted(parts)
        assert 0 < parts[0] <= parts[-1] <= 1


def test_the_order_of_rows_changes_nothing(trained: TrainedModel, history: Dataset) -> None:
    order = np.random.default_rng(0).permutation(len(history))

    assert train_quickly(history.take(order)).files == trained.files


def test_an_infinite_feature_is_refused_by_name(history: Dataset) -> None:
    features = history.features.copy()
    features[7, 3] = np.inf

    with pytest.raises(DatasetRefused, match="feature_3 has infinite values"):
        train_quickly(replace(history, features=features))


def test_columns_of_another_length_are_refused(history: Dataset) -> None:
    with pytest.raises(DatasetRefused, match="amount has 5 rows where features have 6000"):
        replace(history, amount=history.amount[:5])


def test_features_that_are_no_table_are_refused(history: Dataset) -> None:
    with pytest.raises(DatasetRefused, match="not 1-d"):
        replace(history, features=history.features[:, 0])


def test_rows_without_a_label_teach_nothing(history: Dataset) -> None:
    rng = np.random.default_rng(8)
    unlabelled = make_history(rng, rows=500)
    joined = Dataset(
        *(
            np.concatenate([getattr(history, name), getattr(unlabelled, name)])
            for name in Dataset.__slots__
        )
    )
    known = np.r_[history.label_known_us, np.full(500, NEVER_US)]

    one = train_quickly(replace(joined, label_known_us=known))
    other = train_quickly(history)

    assert one.files == other.files


def test_scores_are_the_same_alone_and_in_a_batch(trained: TrainedModel, history: Dataset) -> None:
    features = history.features[:300]

    alone = [trained.model.scores(features[place : place + 1])[0] for place in range(300)]

    assert trained.model.scores(features).tobytes() == np.array(alone).tobytes()


def test_threads_may_share_a_model(trained: TrainedModel, history: Dataset) -> None:
    parts = np.array_split(history.features, 16)
    alone = [trained.model.scores(part).tobytes() for part in parts]

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda part: trained.model.scores(part).tobytes(), parts))

    assert together == alone


def test_contributions_explain_the_margin(trained: TrainedModel, history: Dataset) -> None:
    features = history.features[:100]

    parts = trained.model.contributions(features)

    assert parts.sum(axis=1) == pytest.approx(trained.model.margins(features), abs=1e-5)
    # Frauds show in columns 0 to 3; the other four are noise.
    weight = np.abs(parts).mean(axis=0)
    assert weight[[1, 2, 3]].min() > 3 * weight[[4, 5, 6, 7]].max()


def test_cuts_keep_what_the_plan_asks() -> None:
    rng = np.random.default_rng(1)
    scores = rng.beta(0.3, 3, 20_000)
    labels = (rng.random(scores.size) < scores).astype(np.int8)
    plan = ThresholdPlan(0.10, 0.3, 0.6, 0.8)

    cuts = suggest_thresholds(scores, labels, plan)

    assert cuts.review_from < cuts.block_from < cuts.decline_from < OUT_OF_REACH
    assert np.mean(scores >= cuts.review_from) <= 0.10
    for cut, precision in (
        (cuts.review_from, 0.3),
        (cuts.block_from, 0.6),
        (cuts.decline_from, 0.8),
    ):
        assert cut >= precision
        assert labels[scores >= cut].mean() >= precision


def test_a_promise_that_no_cut_keeps_never_acts() -> None:
    scores, labels = np.array([0.1, 0.2, 0.3, 0.9]), np.array([1, 0, 1, 0], np.int8)

    cuts = suggest_thresholds(scores, labels, ThresholdPlan(review_share=1.0))

    # At .9 half is promised, and nothing of what is there is fraud.
    assert (cuts.block_from, cuts.decline_from) == (OUT_OF_REACH, OUT_OF_REACH)
    assert cuts.review_from == 0.1


def test_sure_frauds_do_not_carry_likely_honest_ones_along() -> None:
    scores = np.r_[np.full(100, 0.99), np.full(10, 0.3), np.full(890, 0.01)]
    labels = np.r_[np.ones(99), 0, np.ones(3), np.zeros(897)].astype(np.int8)

    cuts = suggest_thresholds(scores, labels, ThresholdPlan(review_share=1.0))

    # 102 of the 110 at or above .3 are frauds, yet one at .3 is most likely honest.
    assert (cuts.review_from, cuts.block_from, cuts.decline_from) == (0.3, 0.99, 0.99)


def test_a_distribution_has_the_same_shares_on_its_own_values() -> None:
    values = np.random.default_rng(1).lognormal(3, 1, 5000).astype(np.float32)

    spread = Distribution.of(values)

    assert len(spread.edges) == 19
    assert spread.shares == pytest.approx([0.05] * 20, abs=0.001)
    assert spread.shares_of(values) == spread.shares
    assert spread.shares_of(values * 1000)[-1] == 1.0


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([np.nan, np.nan], Distribution((), (0.0,), 1.0)),
        ([2.0, 2.0], Distribution((), (1.0,), 0.0)),
        ([0.0, 1.0, 1.0, np.nan], Distribution((1.0,), (1 / 3, 2 / 3), 0.25)),
    ],
)
def test_a_distribution_of_few_values_has_few_bins(
    values: list[float], expected: Distribution
) -> None:
    assert Distribution.of(np.array(values)) == expected
