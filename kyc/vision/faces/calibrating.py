"""From distances of labelled pairs to the calibration of an engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kyc.vision.faces.calibration import KEPT_DISTANCES, Calibration, CalibrationRefused
from kyc.vision.faces.impostor_tail import fit_tail

# Estimated false-match rates at the two lines, when they are not given. NIST SP 800-63A-4 asks for
# at most 1:10,000; a tail from few people is too thin (docs of `ImpostorTail`), so a tenth of that
# is aimed at and the whole of it ends the doubt.
MATCH_RATE = 1e-5
UNCLEAR_RATE = 1e-4


@dataclass(frozen=True, slots=True)
class PairDistances:
    """Distances of pairs with a known answer, and what they are made of."""

    genuine: Sequence[float]
    impostor: Sequence[float]
    people: int
    pictures: int


@dataclass(frozen=True, slots=True)
class EngineName:
    """Which engine measured the distances, and how they are taken."""

    name: str
    version: str
    metric: str


@dataclass(frozen=True, slots=True)
class Lines:
    """The two distances between match, unclear and no match, and what they were chosen on."""

    match_distance: float
    unclear_distance: float
    fitted_on: str


def calibrate(
    engine: EngineName, measured: PairDistances, *, measured_on: str, lines: Lines | None = None
) -> Calibration:
    """The calibration that labelled pairs give.

    Parameters
    ----------
    engine : EngineName
    measured : PairDistances
    measured_on : str
        Date, ISO 8601.
    lines : Lines, optional
        Where the lines are, when something better than these pairs has decided that. Without it
        they are drawn where the tail of strangers estimates 1e-5 and 1e-4 false matches, and in no
        case beyond the nearest stranger.

    Raises
    ------
    CalibrationRefused
        When the pairs are too few to say anything.
    """
    # As they are kept, so that the counts and the kept distances never disagree.
    impostor = np.sort(np.asarray(measured.impostor, np.float64).round(4))
    genuine = np.sort(np.asarray(measured.genuine, np.float64).round(4))
    if not len(genuine):
        raise CalibrationRefused("There is no pair of one person among the labelled pairs.")
    try:
        tail = fit_tail(impostor, people=measured.people)
    except ValueError as error:
        raise CalibrationRefused(f"These pairs cannot calibrate an engine: {error}.") from error
    chosen = lines or Lines(
        _below(tail.distance_at(MATCH_RATE), impostor[0]),
        _below(tail.distance_at(UNCLEAR_RATE), impostor[0]),
        f"the tail of these pairs, at {MATCH_RATE:g} and {UNCLEAR_RATE:g} (extrapolated)",
    )
    return Calibration(
        engine=engine.name,
        engine_version=engine.version,
        metric=engine.metric,
        match_distance=chosen.match_distance,
        unclear_distance=chosen.unclear_distance,
        false_matches=int((impostor <= chosen.match_distance).sum()),
        impostor_pairs=len(impostor),
        false_non_matches=int((genuine > chosen.match_distance).sum()),
        genuine_pairs=len(genuine),
        people=measured.people,
        pictures=measured.pictures,
        nearest_impostors=tuple(impostor[:KEPT_DISTANCES].tolist()),
        farthest_genuine=tuple(genuine[-KEPT_DISTANCES:].tolist()),
        tail=tail,
        measured_on=measured_on,
        fitted_on=chosen.fitted_on,
    )


def _below(wanted: float, nearest_stranger: float) -> float:
    """Two digits, rounded to the careful side, and short of the nearest stranger."""
    return float(np.floor(min(wanted, nearest_stranger - 0.01) * 100) / 100)
