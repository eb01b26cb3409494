"""From a fitted model's margins on the held-out slices to its calibration, cuts and measures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from scoring.ml.calibration import BetaCalibration
from scoring.ml.calibration_fit import fit_calibration
from scoring.ml.card_precision import card_precision_at_k, is_known_compromised
from scoring.ml.dataset import Dataset, Rows
from scoring.ml.forest import Features, Floats
from scoring.ml.metrics import Measures, measure
from scoring.ml.splits import Split
from scoring.ml.thresholds import ThresholdPlan, Thresholds, suggest_thresholds


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """What the held-out slices say about a model.

    Attributes
    ----------
    measures : mapping of str to Measures
        "calibration" and "test"; only the second is of rows that nothing was chosen on.
    calibration_scores : ndarray of shape (n,), dtype=float64
        Scores of the calibration slice.
    """

    calibration: BetaCalibration
    thresholds: Thresholds
    measures: Mapping[str, Measures]
    calibration_scores: Floats


@dataclass(frozen=True, slots=True, eq=False)
class HeldOutMargins:
    """Margins of the slices that no member was fitted on, each of shape (n,)."""

    calibration: Floats
    test: Floats

    @classmethod
    def of(
        cls, margins_of: Callable[[Features], Floats], dataset: Dataset, split: Split
    ) -> HeldOutMargins:
        """Ask a member or a model."""
        return cls(
            margins_of(dataset.features[split.calibration]),
            margins_of(dataset.features[split.test]),
        )


def evaluate(
    margins: HeldOutMargins, dataset: Dataset, split: Split, plan: ThresholdPlan
) -> Evaluation:
    """Calibrate and choose cuts on the calibration slice, measure on it and on the test slice."""
    by_slice = {
        "calibration": (split.calibration, margins.calibration),
        "test": (split.test, margins.test),
    }
    is_fraud = dataset.is_fraud[split.calibration]
    calibration = fit_calibration(margins.calibration, is_fraud)
    scores = {name: calibration.probabilities(found) for name, (_, found) in by_slice.items()}
    thresholds = suggest_thresholds(scores["calibration"], is_fraud, plan)
    measures = {
        name: _measured(dataset, rows, scores[name], thresholds.fraud)
        for name, (rows, _) in by_slice.items()
    }
    return Evaluation(calibration, thresholds, measures, scores["calibration"])


def _measured(dataset: Dataset, rows: Rows, scores: Floats, threshold: float) -> Measures:
    return measure(
        scores,
        dataset.is_fraud[rows],
        threshold=threshold,
        card_precision_100=_card_precision(dataset, rows, scores),
    )


def _card_precision(dataset: Dataset, rows: Rows, scores: Floats) -> float:
    """Return card precision@100 without those who were known as defrauded already."""
    known = is_known_compromised(
        dataset.customer_key, dataset.time_us, dataset.is_fraud, dataset.label_known_us
    )
    fresh = ~known[rows]
    return card_precision_at_k(
        scores[fresh],
        dataset.is_fraud[rows][fresh],
        dataset.customer_key[rows][fresh],
        dataset.time_us[rows][fresh],
    )
