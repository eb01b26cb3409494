"""Margins become probabilities, and nothing changes places."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from scoring.ml.calibration import BetaCalibration
from scoring.ml.calibration_fit import FLATTEST, fit_calibration
from scoring.ml.metrics import calibration_error, log_loss
from scoring.ml.ranking import Floats, Labels

curves = st.builds(
    BetaCalibration,
    fraud_slope=st.floats(0.05, 5),
    honest_slope=st.floats(0.05, 5),
    intercept=st.floats(-8, 8),
)
# Beyond ±30 the probabilities of the steepest curves meet at 1.
margins = st.lists(st.floats(-30, 30), min_size=1, max_size=30)


def _drawn(margins: Floats, truth: Floats, seed: int) -> Labels:
    return (np.random.default_rng(seed).random(margins.size) < truth).astype(np.int8)


@settings(deadline=None)
@given(curves, margins)
def test_a_higher_margin_never_gets_a_lower_probability(
    curve: BetaCalibration, values: list[float]
) -> None:
    ordered = np.sort(np.array(values))

    probabilities = curve.probabilities(ordered)

    assert (np.diff(probabilities) >= 0).all()
    assert ((probabilities >= 0) & (probabilities <= 1)).all()


@settings(deadline=None)
@given(curves, st.floats(-6, 6))
def test_margins_that_differ_keep_different_probabilities(
    curve: BetaCalibration, margin: float
) -> None:
    lower, higher = curve.probabilities(np.array([margin, margin + 0.01]))

    assert lower < higher or higher == 1.0


@settings(deadline=None)
@given(curves, margins)
def test_a_margin_alone_gets_what_it_gets_in_a_batch(
    curve: BetaCalibration, values: list[float]
) -> None:
    together = curve.probabilities(np.array(values))

    alone = [curve.probabilities(np.array([value]))[0] for value in values]

    assert together.tobytes() == np.array(alone).tobytes()


@settings(deadline=None)
@given(curves, margins)
def test_it_is_the_curve_of_the_paper(curve: BetaCalibration, values: list[float]) -> None:
    sigma = expit(np.array(values))
    log_odds = curve.fraud_slope * np.log(sigma) - curve.honest_slope * np.log1p(-sigma)

    expected = expit(log_odds + curve.intercept)

    assert curve.probabilities(np.array(values)) == pytest.approx(expected, rel=1e-3, abs=1e-9)


@settings(max_examples=10, deadline=None)
@given(
    slopes=st.tuples(st.floats(0.3, 3), st.floats(0.3, 3)),
    intercept=st.floats(-2, 1),
    seed=st.integers(0, 99),
)
def test_the_fit_finds_the_curve_that_labels_were_drawn_from(
    slopes: tuple[float, float], intercept: float, seed: int
) -> None:
    values = np.random.default_rng(seed).normal(0, 2, 20_000)
    truth = BetaCalibration(*slopes, intercept).probabilities(values)

    fitted = fit_calibration(values, _drawn(values, truth, seed))

    assert np.abs(fitted.probabilities(values) - truth).mean() < 0.015


def test_the_fit_is_a_logistic_regression_on_the_two_terms() -> None:
    values = np.random.default_rng(1).normal(0, 2, 5000)
    labels = _drawn(values, BetaCalibration(0.6, 1.4, -1.0).probabilities(values), 1)
    terms = np.column_stack([-np.logaddexp(0, -values), np.logaddexp(0, values)])
    oracle = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(terms, labels)

    fitted = fit_calibration(values, labels)

    # One row's worth of prior moves a slope by less than this.
    found = [fitted.fraud_slope, fitted.honest_slope, fitted.intercept]
    assert found == pytest.approx([*oracle.coef_[0], oracle.intercept_[0]], abs=0.01)


def test_weights_in_training_are_undone() -> None:
    # Frauds that weighed five times as much shift every margin by log 5.
    rng = np.random.default_rng(2)
    log_odds = rng.normal(-3, 2, 50_000)
    labels = _drawn(log_odds, expit(log_odds), 2)
    shifted = log_odds + np.log(5)

    scores = fit_calibration(shifted, labels).probabilities(shifted)

    assert calibration_error(scores, labels) < 0.004
    assert calibration_error(expit(shifted), labels) > 0.05
    assert log_loss(scores, labels) < log_loss(expit(shifted), labels)


def test_margins_that_mean_nothing_still_keep_their_order() -> None:
    values = np.linspace(-3, 3, 2000)
    backwards = (values < 0).astype(np.int8)

    fitted = fit_calibration(values, backwards)

    assert min(fitted.fraud_slope, fitted.honest_slope) == FLATTEST
    assert (np.diff(fitted.probabilities(values)) > 0).all()


def test_labels_that_are_told_apart_exactly_lead_to_no_certainty() -> None:
    values = np.linspace(-5, 5, 200)

    fitted = fit_calibration(values, (values > 0).astype(np.int8))

    scores = fitted.probabilities(values)
    assert scores.min() > 0
    assert scores.max() < 1


@pytest.mark.parametrize(
    "values", [(0.0, 1.0, 0.0), (1.0, -1.0, 0.0), (1.0, 1.0, np.nan), (np.inf, 1.0, 0.0)]
)
def test_a_curve_that_does_not_rise_is_refused(values: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="two slopes above 0"):
        BetaCalibration(*values)
