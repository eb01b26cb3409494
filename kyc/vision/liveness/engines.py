"""The engines that the liveness check uses where their model files are there."""

from __future__ import annotations

from dataclasses import dataclass

from kyc.vision.liveness.album import Describe, face_describer
from kyc.vision.liveness.passive import SpoofModel, load_spoof_model
from kyc.vision.weights import WeightsUnavailable


@dataclass(frozen=True, slots=True)
class LivenessEngines:
    """What is there; None where model files are missing.

    Attributes
    ----------
    describe : Describe or None
        Tells whether one person is there all the while (signals `identity_changed` and
        `identity_unclear`).
    spoof : SpoofModel or None
        Tells prints and screens from faces in single frames (`LivenessReport.passive`).
    """

    describe: Describe | None = None
    spoof: SpoofModel | None = None


NO_ENGINES = LivenessEngines()


def available_engines() -> LivenessEngines:
    """Every engine whose model files are there and whole."""
    return LivenessEngines(describe=_describe_or_none(), spoof=_spoof_or_none())


def _describe_or_none() -> Describe | None:
    try:
        return face_describer()
    except WeightsUnavailable:
        return None


def _spoof_or_none() -> SpoofModel | None:
    try:
        return load_spoof_model()
    except WeightsUnavailable:
        return None
