"""The networks that can describe a face: what each needs, and what its distances mean.

Which one runs is the operator's choice. The default's weights come with the product; the others'
are fetched with `manage.py fetch_models`. Each is used with its own calibration or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kyc.vision.faces.calibration import (
    Calibration,
    CalibrationRefused,
    read_calibration,
    shipped_calibration,
)
from kyc.vision.weights import model_file, models_dir, verify_file

CALIBRATIONS_FOLDER = "calibrations"
LABEL_PREFIX = "deepface-"


class Cut(StrEnum):
    """How a face is cut out for a network."""

    DLIB_CHIP = "dlib-chip"
    """Along dlib's five points, 150 px, a quarter of the face added on each side."""

    ARCFACE_TEMPLATE = "arcface-template"
    """Eyes, nose and mouth laid on ArcFace's template, 112 px."""


@dataclass(frozen=True, slots=True)
class FaceEngine:
    """One network.

    Attributes
    ----------
    name : str
        What an operator types.
    model : str
        deepface's name for it.
    weights : tuple of str
        Model files it needs, by their names in the registry.
    dimensions : int
        Length of an embedding.
    is_unit : bool
        Whether embeddings are brought to length 1, so that Euclidean distance orders as the cosine.
    cut : Cut
    """

    name: str
    model: str
    weights: tuple[str, ...]
    dimensions: int
    is_unit: bool
    cut: Cut

    @property
    def metric(self) -> str:
        """How distances are taken, as calibrations name it."""
        return "euclidean-unit" if self.is_unit else "euclidean"

    @property
    def label(self) -> str:
        """How stored results name the engine."""
        return LABEL_PREFIX + self.name


DLIB = FaceEngine("dlib", "Dlib", ("face-descriptor",), 128, is_unit=False, cut=Cut.DLIB_CHIP)
SFACE = FaceEngine("sface", "SFace", ("sface",), 128, is_unit=True, cut=Cut.ARCFACE_TEMPLATE)
FACENET512 = FaceEngine(
    "facenet512", "Facenet512", ("facenet512",), 512, is_unit=True, cut=Cut.DLIB_CHIP
)
ARCFACE = FaceEngine(
    "arcface", "ArcFace", ("arcface",), 512, is_unit=True, cut=Cut.ARCFACE_TEMPLATE
)
ENGINES: tuple[FaceEngine, ...] = (DLIB, SFACE, FACENET512, ARCFACE)


class EngineUnknown(Exception):
    """No engine has that name; `str()` is one sentence with those that exist."""


def engine_named(name: str) -> FaceEngine:
    """The engine of that name, or of the label under which results are stored.

    Raises
    ------
    EngineUnknown

    Examples
    --------
    >>> engine_named("sface") is engine_named("deepface-sface")
    True
    """
    for engine in ENGINES:
        if name in {engine.name, engine.label}:
            return engine
    known = ", ".join(engine.name for engine in ENGINES)
    raise EngineUnknown(f"There is no face engine {name!r}; known are: {known}.")


def available_engines() -> tuple[FaceEngine, ...]:
    """The engines whose weights are whole and that are calibrated on this machine.

    Hashes their files: for a set-up or a status page, not for every comparison.
    """
    return tuple(engine for engine in ENGINES if _has_weights(engine) and _is_calibrated(engine))


def calibration_of(engine: FaceEngine) -> Calibration:
    """The engine's calibration: the operator's own, else the one that comes with the product.

    The operator's lies in ``calibrations/`` in the models folder, named for the engine.

    Raises
    ------
    CalibrationRefused
        When there is none, or it is of another engine.
    """
    own = models_dir() / CALIBRATIONS_FOLDER / f"{engine.name}.json"
    known = read_calibration(own.read_text()) if own.is_file() else shipped_calibration(engine.name)
    if (known.engine, known.metric) != (engine.name, engine.metric):
        raise CalibrationRefused(
            f"The calibration at {own} is of the engine {known.engine} ({known.metric}), "
            f"not of {engine.name} ({engine.metric})."
        )
    return known


def _has_weights(engine: FaceEngine) -> bool:
    return all(verify_file(model_file(name)).is_present for name in engine.weights)


def _is_calibrated(engine: FaceEngine) -> bool:
    try:
        calibration_of(engine)
    except CalibrationRefused:
        return False
    return True
