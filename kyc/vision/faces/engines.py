"""The networks that can describe a face: what each needs, and what its distances mean.

Which one compares faces is the operator's choice (`FACE_ENGINE`). The default's weights come with
the product; the others' are fetched with `manage.py fetch_models`. Each is used with a calibration
made with the same weights or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from kyc.vision.faces.calibration import (
    Calibration,
    CalibrationRefused,
    read_calibration,
    shipped_calibration,
)
from kyc.vision.weights import (
    WeightsUnavailable,
    model_file,
    models_dir,
    require,
    sha256_of,
    verify_file,
)

CALIBRATIONS_FOLDER = "calibrations"
LABEL_PREFIX = "deepface-"
# So many digits of the weights' sha256 tell two files apart for people and for calibrations.
DIGEST_DIGITS = 8


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


def engine_trouble(engine: FaceEngine) -> str:
    """Why the engine cannot be used on this machine, in one sentence; empty when it can.

    Hashes its files: for a set-up or a status page, not for every comparison.
    """
    lost = [name for name in engine.weights if not verify_file(model_file(name)).is_present]
    if lost:
        return (
            f"The face engine {engine.name} has no weights; "
            f"`manage.py fetch_models {' '.join(lost)}` brings them."
        )
    try:
        calibration_of(engine)
    except (CalibrationRefused, WeightsUnavailable) as error:
        return str(error)
    return ""


@lru_cache(maxsize=4)
def weights_digest(engine: FaceEngine) -> str:
    """sha256 of the file that was found whole; hashed once a process, as the engine is loaded once.

    Raises
    ------
    WeightsUnavailable
        When the engine's model file is missing or damaged.
    """
    if engine == DLIB:
        # Known without the file, so that reports can name it before anything was fetched.
        return model_file("face-descriptor").sha256
    (path,) = require(*engine.weights)
    return sha256_of(path)


def weights_label(engine: FaceEngine) -> str:
    """How versions name the weights, as `weights_digest` raises.

    Examples
    --------
    >>> weights_label(DLIB).startswith("weights ")
    True
    """
    return f"weights {weights_digest(engine)[:DIGEST_DIGITS]}"


def calibration_of(engine: FaceEngine) -> Calibration:
    """The engine's calibration: the operator's own, else the one that comes with the product.

    The operator's lies in ``calibrations/`` in the models folder, named for the engine.

    Raises
    ------
    CalibrationRefused
        When there is none, or it is of another engine or was made with other weights.
    WeightsUnavailable
        When the engine's model file is missing or damaged.
    """
    own = models_dir() / CALIBRATIONS_FOLDER / f"{engine.name}.json"
    known = read_calibration(own.read_text()) if own.is_file() else shipped_calibration(engine.name)
    if (known.engine, known.metric) != (engine.name, engine.metric):
        raise CalibrationRefused(
            f"The calibration at {own} is of the engine {known.engine} ({known.metric}), "
            f"not of {engine.name} ({engine.metric})."
        )
    if not known.engine_version.endswith(weights_label(engine)):
        raise CalibrationRefused(
            f"The calibration of the face engine {engine.name} was made with other weights; "
            f"`manage.py calibrate_faces --engine {engine.name}` makes one for these."
        )
    return known
