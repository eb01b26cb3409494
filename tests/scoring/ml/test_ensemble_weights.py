"""Weights of an ensemble: never worse than its best member, and stated where nothing is chosen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from scoring.ml.ensemble_weights import (
    WeightPlan,
    blended,
    ensemble_weights,
    fixed_weights,
    spread,
)
from scoring.ml.ranking import Floats, Labels, OneClassOnly

FEW = WeightPlan(fewest_frauds=1)


def _labels(rng: np.random.Generator, rows: int = 4000) -> Labels:
    return (rng.random(rows) < 0.06).astype(np.int8)


def _views(rng: np.random.Generator, labels: Labels) -> list[Floats]:
    """Two members that see different frauds, on scales of their own, and one that sees nothing."""
    noise = rng.standard_normal((3, labels.size))
    half = rng.random(labels.size) < 0.5
    noise[0] += 4 * labels * half
    noise[1] += 4 * labels * ~half
    noise[1] *= 0.01
    return list(noise)


@st.composite
def rankings(draw: st.DrawFn) -> tuple[list[Floats], Labels]:
    """Margins of some members, with ties, members of one value, and any scale."""
    rows = draw(st.integers(2, 60))
    labels = np.array(draw(st.lists(st.integers(0, 1), min_size=rows, max_size=rows)), np.int8)
    labels[:2] = (0, 1)
    values = st.one_of(st.integers(-3, 3).map(float), st.floats(-1e6, 1e6))
    count = draw(st.integers(1, 4))
    margins = [np.array(draw(st.lists(values, min_size=rows, max_size=rows))) for _ in range(count)]
    return margins, labels


@settings(deadline=None, max_examples=80)
@given(rankings())
def test_the_blend_is_never_worse_than_its_best_member(
    found: tuple[list[Floats], Labels],
) -> None:
    margins, labels = found

    weights = ensemble_weights(margins, [True] * len(margins), labels, FEW)

    # By an independent measure, up to its rounding of the sum.
    best = max(average_precision_score(labels, margin) for margin in margins)
    assert average_precision_score(labels, blended(margins, weights)) >= best - 1e-12
    assert min(weights) >= 0 < max(weights)


def test_members_that_see_different_frauds_are_joined() -> None:
    rng = np.random.default_rng(3)
    labels = _labels(rng)
    margins = _views(rng, labels)

    weights = ensemble_weights(margins, [True, True, False], labels, WeightPlan())

    best = max(average_precision_score(labels, margin) for margin in margins)
    assert average_precision_score(labels, blended(margins, weights)) > best + 0.15
    assert weights[2] == 0
    # The second speaks in hundredths, so it takes a weight that is as much larger.
    assert 20 < weights[1] / weights[0] < 500


def test_a_member_that_adds_too_little_is_left_out() -> None:
    rng = np.random.default_rng(4)
    labels = _labels(rng)
    sharp = rng.standard_normal(labels.size) + 5 * labels
    copy = sharp + 1e-9 * rng.standard_normal(labels.size)

    assert ensemble_weights([sharp, copy], [True, True], labels, WeightPlan()) == (1.0, 0.0)


def test_the_best_member_alone_keeps_its_log_odds() -> None:
    rng = np.random.default_rng(5)
    labels = _labels(rng)
    best = 3.7 * (rng.standard_normal(labels.size) + 3 * labels)
    blind = rng.standard_normal(labels.size)

    weights = ensemble_weights([blind, best], [False, True], labels, WeightPlan())

    assert weights == (0.0, 1.0)
    assert blended([blind, best], weights).tobytes() == best.tobytes()


def test_with_too_few_frauds_seven_tenths_go_to_members_with_labels() -> None:
    rng = np.random.default_rng(6)
    labels = np.zeros(1000, np.int8)
    labels[: WeightPlan().fewest_frauds - 1] = 1
    margins = [scale * rng.standard_normal(1000) for scale in (2.0, 1.0, 0.1)]

    weights = ensemble_weights(margins, [True, True, False], labels, WeightPlan())

    voices = [weight * spread(margin) for weight, margin in zip(weights, margins, strict=True)]
    assert np.array(voices) / sum(voices) == pytest.approx([0.35, 0.35, 0.3])
    assert weights == fixed_weights(margins, [True, True, False], WeightPlan())


def test_one_more_fraud_and_weights_are_chosen() -> None:
    labels = np.zeros(1000, np.int8)
    labels[: WeightPlan().fewest_frauds] = 1
    sharp, blind = labels * 1.0, np.random.default_rng(7).standard_normal(1000)

    assert ensemble_weights([blind, sharp], [False, True], labels, WeightPlan()) == (0.0, 1.0)


def test_fixed_weights_let_everybody_speak() -> None:
    rng = np.random.default_rng(8)
    labels = _labels(rng)
    margins = _views(rng, labels)

    weights = ensemble_weights(
        margins, [True, True, False], labels, replace(WeightPlan(), way="fixed")
    )

    assert min(weights) > 0


@pytest.mark.parametrize("is_supervised", [True, False])
def test_members_of_one_sort_share_all_of_it(is_supervised: bool) -> None:
    margins = [np.arange(101.0), np.arange(101.0) / 4]

    assert fixed_weights(margins, [is_supervised] * 2, WeightPlan()) == (0.5, 2.0)


def test_labels_of_one_class_choose_nothing() -> None:
    with pytest.raises(OneClassOnly):
        ensemble_weights([np.arange(60.0)], [True], np.ones(60, np.int8), WeightPlan())
