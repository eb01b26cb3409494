"""Measures of ranking and of probabilities, against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as oracle

from scoring.ml.metrics import at_threshold, brier, calibration_error, log_loss, measure
from scoring.ml.ranking import Floats, Labels, OneClassOnly, RankingCurve

# Few distinct values, so that ties are the rule.
scored = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0]), st.integers(0, 1)),
    min_size=2,
    max_size=60,
).filter(lambda pairs: {label for _, label in pairs} == {0, 1})


def _columns(pairs: list[tuple[float, int]]) -> tuple[Floats, Labels]:
    scores, labels = zip(*pairs, strict=True)
    return np.array(scores), np.array(labels, np.int8)


@settings(deadline=None)
@given(scored)
def test_ranking_agrees_with_scikit_learn_also_on_ties(pairs: list[tuple[float, int]]) -> None:
    scores, labels = _columns(pairs)

    curve = RankingCurve.of(scores, labels)

    assert curve.auc == pytest.approx(oracle.roc_auc_score(labels, scores), abs=1e-12)
    assert curve.average_precision == pytest.approx(
        oracle.average_precision_score(labels, scores), abs=1e-12
    )


@settings(deadline=None)
@given(scored)
def test_probability_measures_agree_with_scikit_learn(pairs: list[tuple[float, int]]) -> None:
    scores, labels = _columns(pairs)

    assert log_loss(scores, labels) == pytest.approx(oracle.log_loss(labels, scores), rel=1e-9)
    assert brier(scores, labels) == pytest.approx(oracle.brier_score_loss(labels, scores))


@settings(deadline=None)
@given(scored, st.sampled_from([0.0, 0.1, 0.3, 0.75, 1.0, 1.1]))
def test_a_cut_agrees_with_scikit_learn(pairs: list[tuple[float, int]], threshold: float) -> None:
    scores, labels = _columns(pairs)
    flagged = (scores >= threshold).astype(int)

    cut = at_threshold(scores, labels, threshold)

    assert cut.precision == oracle.precision_score(labels, flagged, zero_division=0)
    assert cut.recall == oracle.recall_score(labels, flagged)
    assert cut.f1 == pytest.approx(oracle.f1_score(labels, flagged, zero_division=0))


@settings(deadline=None)
@given(scored)
def test_no_cut_has_a_higher_f1_than_the_best(pairs: list[tuple[float, int]]) -> None:
    scores, labels = _columns(pairs)

    best = RankingCurve.of(scores, labels).best_f1_threshold()

    reached = at_threshold(scores, labels, best).f1
    assert all(reached >= at_threshold(scores, labels, cut).f1 for cut in np.unique(scores))


@settings(deadline=None)
@given(scored, st.sampled_from([0.0, 0.05, 0.2, 0.5, 1.0]))
def test_recall_at_a_false_positive_rate_is_the_best_of_all_cuts(
    pairs: list[tuple[float, int]], allowed: float
) -> None:
    scores, labels = _columns(pairs)
    cuts = [np.inf, *np.unique(scores)]
    within = [cut for cut in cuts if np.mean(scores[labels == 0] >= cut) <= allowed]

    found = RankingCurve.of(scores, labels).recall_at(false_positive_rate=allowed)

    assert found == max(np.mean(scores[labels == 1] >= cut) for cut in within)


@settings(max_examples=30, deadline=None)
@given(scored, st.randoms(use_true_random=False))
def test_measures_do_not_depend_on_the_order_of_rows(
    pairs: list[tuple[float, int]], random: object
) -> None:
    shuffled = list(pairs)
    random.shuffle(shuffled)

    one, other = (RankingCurve.of(*_columns(rows)) for rows in (pairs, shuffled))

    assert (one.auc, one.average_precision) == (other.auc, other.average_precision)


@pytest.mark.parametrize("label", [0, 1])
def test_one_class_alone_is_refused(label: int) -> None:
    with pytest.raises(OneClassOnly, match="All 3 transactions have the same label"):
        RankingCurve.of(np.array([0.1, 0.2, 0.3]), np.full(3, label, np.int8))


def test_nothing_at_all_is_refused() -> None:
    with pytest.raises(OneClassOnly, match="All 0"):
        RankingCurve.of(np.zeros(0), np.zeros(0, np.int8))


def test_calibration_error_counts_every_bin_by_its_size() -> None:
    scores = np.array([0.0, 0.0, 0.0, 0.4, 0.4])
    labels = np.array([0, 0, 1, 0, 1], np.int8)

    # Two bins of 3 and 2: |0 - 1/3| * 3/5 + |.4 - .5| * 2/5.
    assert calibration_error(scores, labels, bins=2) == pytest.approx(0.24)


def test_true_probabilities_have_next_to_no_calibration_error() -> None:
    rng = np.random.default_rng(1)
    truth = rng.beta(0.5, 4, 200_000)
    labels = (rng.random(truth.size) < truth).astype(np.int8)

    assert calibration_error(truth, labels) < 0.004
    assert calibration_error(truth**0.5, labels) > 0.1


def test_measure_puts_it_all_together() -> None:
    scores, labels = np.array([0.1, 0.4, 0.35, 0.8]), np.array([0, 0, 1, 1], np.int8)

    found = measure(scores, labels, threshold=0.4, card_precision_100=0.02)

    assert (found.rows, found.frauds, found.auc, found.threshold) == (4, 2, 0.75, 0.4)
    assert (found.precision, found.recall, found.f1) == (0.5, 0.5, 0.5)
    assert found.recall_at_1pct_fpr == 0.5
    assert found.card_precision_100 == 0.02
