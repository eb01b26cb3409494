"""What one model reaches on the unseen weeks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scoring.evaluating.contestants import ANOMALY_RATE, Contestant, Role, lowest_cut
from scoring.evaluating.histories import Weeks
from scoring.ml.metrics import at_threshold, calibration_error, log_loss
from scoring.ml.ranking import Floats, RankingCurve
from transactions.simulation import FRAUD_TYPES

STRICT_RATE = 0.01


@dataclass(frozen=True, slots=True)
class TypeRecall:
    """Parts of one true fraud type that are caught, 0…1.

    What nobody ever notices counts as well; the cuts are those of all types together.
    """

    rows: int
    at_1pct_fpr: float
    at_3_2pct_fpr: float


@dataclass(frozen=True, slots=True)
class KeptCut:
    """What the cut of the calibration slice does weeks later, in another history; 0…1.

    It was put where 3.2 % of the honest rows were flagged then.
    """

    recall: float
    false_positive_rate: float


@dataclass(frozen=True, slots=True)
class ModelMeasures:
    """How one model ranks and cuts; all parts 0…1, 1 is best.

    Attributes
    ----------
    share : float or None
        Part in the ensemble; None for what is no member of it.
    precision, recall, f1 : float
        With the cut that was best on the calibration slice.
    recall_at_1pct_fpr, recall_at_3_2pct_fpr : float
        While so many of the honest rows measured here are flagged.
    log_loss, calibration_error : float or None
        How good the probabilities are, 0 is best; None for what gives none.
    by_type : dict of str to TypeRecall
        Types without a row are left out.
    """

    name: str
    role: Role
    share: float | None
    auc: float
    average_precision: float
    precision: float
    recall: float
    f1: float
    recall_at_1pct_fpr: float
    recall_at_3_2pct_fpr: float
    kept_cut: KeptCut
    log_loss: float | None
    calibration_error: float | None
    by_type: dict[str, TypeRecall]


def measured(contestant: Contestant, weeks: Weeks) -> ModelMeasures:
    """Measure one model.

    Raises
    ------
    OneClassOnly
        The weeks have no fraud, or nothing else.
    """
    scores = contestant.scores(weeks.features)
    curve = RankingCurve.of(scores, weeks.is_fraud)
    is_probability = contestant.role is Role.ENSEMBLE
    cut = at_threshold(scores, weeks.is_fraud, contestant.fraud_from)
    return ModelMeasures(
        name=contestant.name,
        role=contestant.role,
        share=contestant.share,
        auc=curve.auc,
        average_precision=curve.average_precision,
        precision=cut.precision,
        recall=cut.recall,
        f1=cut.f1,
        recall_at_1pct_fpr=curve.recall_at(false_positive_rate=STRICT_RATE),
        recall_at_3_2pct_fpr=curve.recall_at(false_positive_rate=ANOMALY_RATE),
        kept_cut=_kept_cut(scores >= contestant.rare_from, weeks.is_fraud == 1),
        log_loss=log_loss(scores, weeks.is_fraud) if is_probability else None,
        calibration_error=calibration_error(scores, weeks.is_fraud) if is_probability else None,
        by_type=_by_type(scores, curve, weeks.fraud_type),
    )


def _kept_cut(flagged: npt.NDArray[np.bool_], is_fraud: npt.NDArray[np.bool_]) -> KeptCut:
    return KeptCut(float(flagged[is_fraud].mean()), float(flagged[~is_fraud].mean()))


def _by_type(
    scores: Floats, curve: RankingCurve, types: npt.NDArray[np.int8]
) -> dict[str, TypeRecall]:
    strict, wide = (lowest_cut(curve, rate) for rate in (STRICT_RATE, ANOMALY_RATE))
    found = {}
    for code, name in enumerate(FRAUD_TYPES, start=1):
        own = scores[types == code]
        if own.size:
            found[name] = TypeRecall(
                own.size, float((own >= strict).mean()), float((own >= wide).mean())
            )
    return found
