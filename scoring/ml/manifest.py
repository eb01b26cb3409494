"""What a stored model says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scoring.ml.metrics import Measures
from scoring.ml.splits import Cuts
from scoring.ml.thresholds import Thresholds

# Raised when a reader of the old form could misunderstand the new one.
FORMAT = 1


@dataclass(frozen=True, slots=True)
class TrainedOn:
    """Which labelled history a model has learned from.

    Attributes
    ----------
    rows, frauds : int
        What the trees were grown on.
    from_us, until_us : int
        First and last transaction of it, in microseconds since 1970 UTC.
    source : str
        Where it came from, in the caller's words: "database", a file's name, a generator's seed.
    cuts : Cuts
        Where the slices begin and end.
    """

    rows: int
    frauds: int
    from_us: int
    until_us: int
    source: str
    cuts: Cuts


@dataclass(frozen=True, slots=True)
class MemberEntry:
    """One model of the ensemble: its kind, its file, and its part in the common margin."""

    kind: str
    file: str
    weight: float


@dataclass(frozen=True, slots=True)
class FileEntry:
    """What a file has to be like to be read."""

    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Identity:
    """How a model is called, given by who has it trained.

    Attributes
    ----------
    name, version : str
        Which line of models, and which of it: "payments", "2026-11-21.1".
    created_at : str
        ISO 8601 with zone.
    source : str
        Where the history came from.
    is_demo : bool
        Trained on generated data: good for looking at, not for judging anybody.
    """

    name: str
    version: str
    created_at: str
    source: str
    is_demo: bool = False


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything about a model but the model.

    Attributes
    ----------
    schema_hash : str
        Of the feature schema; a model is only ever served with features of the same hash.
    kind : str
        Of its members; "ensemble" where they are of several kinds.
    members : tuple of MemberEntry
        Those with a say. Which were tried, `plan` tells.
    plan : dict
        The training plan, as a record, with what was chosen on the way.
    metrics : dict of str to Measures
        By slice: "calibration" (its curve and the cuts were chosen on it, so a little too good)
        and "test" (the honest one). "test:lightgbm" is what that member would reach by itself,
        with a calibration and a cut of its own.
    thresholds : Thresholds
        Suggestions; the policy decides.
    files : dict of str to FileEntry
        Every other file of the folder.
    """

    format: int
    name: str
    version: str
    kind: str
    members: tuple[MemberEntry, ...]
    schema_hash: str
    feature_names: tuple[str, ...]
    created_at: str
    trained_on: TrainedOn
    plan: dict[str, Any]
    seed: int
    metrics: dict[str, Measures]
    thresholds: Thresholds
    is_demo: bool
    files: dict[str, FileEntry]
