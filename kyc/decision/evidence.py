"""What the policy decides on: plain summaries of the stages, without images."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kyc.decision.checks import EngineRun
from kyc.decision.duplicates import DuplicateFindings
from kyc.decision.screening import ScreeningFindings


class StageOutcome(StrEnum):
    """How a stage ended; MISSING is what a stage that never reported gets."""

    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"
    MISSING = "missing"


class FieldMatch(StrEnum):
    """What was read against what was declared."""

    MATCH = "match"
    CONFLICT = "conflict"
    NOT_READ = "not_read"


@dataclass(frozen=True, slots=True)
class StageRun:
    """How one stage ended and by which engine."""

    outcome: StageOutcome = StageOutcome.MISSING
    failure_code: str = ""
    engine: EngineRun = EngineRun()


@dataclass(frozen=True, slots=True)
class QualityEvidence:
    """Issue codes of each picture, by capture kind."""

    run: StageRun = StageRun()
    issues: Mapping[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class DocumentEvidence:
    """What the machine-readable zone gave.

    Attributes
    ----------
    outcome : str
        ``read``, ``unreadable`` or ``no_mrz``.
    is_accepted : bool
        All check digits hold within the repair budget; of a licence, which has none, every element
        that its version asks for is said, and the version is not long over.
    confidence : float
        0–1, of the reading.
    fields : mapping of str to FieldMatch
        Declared against read, by field name.
    is_licence : bool
        Read from a licence's bar code, which has no check digits and names no nationality.
    printed, barcode : mapping of str to FieldMatch, or None
        What was read by machine against the print for people, and against the bar code or a further
        one; None where there is no such thing to compare with.
    has_unseen_print : bool
        The engine that reads the print for people failed.
    """

    run: StageRun = StageRun()
    outcome: str = ""
    is_accepted: bool = False
    refusal_reason: str = ""
    confidence: float | None = None
    format: str = ""
    document_code: str = ""
    issuing_state: str = ""
    birth_date: date | None = None
    expiry_date: date | None = None
    issue_date: date | None = None
    nationality: str = ""
    invalid_check_digits: tuple[str, ...] = ()
    repaired_characters: int = 0
    fields: Mapping[str, FieldMatch] | None = None
    is_licence: bool = False
    printed: Mapping[str, FieldMatch] | None = None
    barcode: Mapping[str, FieldMatch] | None = None
    has_unseen_print: bool = False


@dataclass(frozen=True, slots=True)
class Signal:
    """One sign for or against life; see `kyc.vision.liveness`."""

    code: str
    kind: str
    value: float
    limit: float
    is_raised: bool


@dataclass(frozen=True, slots=True)
class PassiveEvidence:
    """What a trained model says of single frames.

    Attributes
    ----------
    is_spoof : bool or None
        None when it did not judge; `reason` says why.
    score, limit : float or None
        Probability of a living face, and below which it is called a spoof.
    """

    is_spoof: bool | None = None
    reason: str = ""
    score: float | None = None
    limit: float | None = None
    engine: EngineRun = EngineRun()


@dataclass(frozen=True, slots=True)
class LivenessEvidence:
    """What the challenge video gave. `is_still_only`: a single photo stands in for it."""

    run: StageRun = StageRun()
    outcome: str = ""
    is_still_only: bool = False
    actions_seen: int = 0
    actions_asked: int = 0
    signals: tuple[Signal, ...] = ()
    passive: PassiveEvidence | None = None


@dataclass(frozen=True, slots=True)
class FaceEvidence:
    """The comparison of the document's portrait with the selfie.

    Attributes
    ----------
    distance, threshold : float or None
        Euclidean distance of the descriptors and the limit of a match; smaller is more alike.
    false_match_rate : str
        What the threshold means, with the size of the data behind it: ``< 3/759``.
    """

    run: StageRun = StageRun()
    outcome: str = ""
    distance: float | None = None
    threshold: float | None = None
    false_match_rate: str = ""


@dataclass(frozen=True, slots=True)
class DuplicateEvidence:
    """What the search among the other customers gave; no findings when it did not end well."""

    run: StageRun = StageRun()
    findings: DuplicateFindings | None = None


@dataclass(frozen=True, slots=True)
class ScreeningEvidence:
    """What the policy knows of the search.

    Attributes
    ----------
    is_configured : bool
        Whether there is a list on the day of the decision.
    findings : ScreeningFindings or None
        None when the search found nothing out.
    earlier_hits : int
        Hits of earlier searches that stand, confirmed or not decided, though this one did not find
        them: the customer may have changed their name since, and lists may have been retired.
    """

    run: StageRun = StageRun()
    is_configured: bool = False
    findings: ScreeningFindings | None = None
    earlier_hits: int = 0


@dataclass(frozen=True, slots=True)
class Declared:
    """What the customer chose before the pictures were taken."""

    document_type: str
    issuing_country: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything known about one attempt on the day of the decision."""

    today: date
    declared: Declared
    has_biometric_consent: bool
    attempts_left: int
    quality: QualityEvidence = QualityEvidence()
    document: DocumentEvidence = DocumentEvidence()
    liveness: LivenessEvidence = LivenessEvidence()
    face: FaceEvidence = FaceEvidence()
    duplicates: DuplicateEvidence = DuplicateEvidence()
    screening: ScreeningEvidence = ScreeningEvidence()
