"""What the operator lays down for each check, and a short way to write a check down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from kyc.decision.checks import Check, CheckKind, CheckState, EngineRun
from kyc.decision.evidence import StageRun


class Effect(StrEnum):
    """What a raised check leads to."""

    NONE = "none"
    RESUBMIT = "resubmit"
    REVIEW = "review"
    DECLINE = "decline"


# Only what the customer can mend themselves is sent back to them, and only what the law fixes is
# declined by machine; everything else is for a person.
DEFAULT_EFFECTS: Mapping[str, Effect] = {
    "document.picture_quality": Effect.RESUBMIT,
    "document.readable": Effect.RESUBMIT,
    "document.check_digits": Effect.REVIEW,
    "document.kind": Effect.RESUBMIT,
    "document.issuing_state": Effect.REVIEW,
    "document.plausible": Effect.REVIEW,
    "document.print": Effect.REVIEW,
    "document.barcode": Effect.REVIEW,
    "document.expired": Effect.RESUBMIT,
    "document.minimum_age": Effect.DECLINE,
    "declared.surname": Effect.REVIEW,
    "declared.given_names": Effect.REVIEW,
    "declared.birth_date": Effect.REVIEW,
    "declared.nationality": Effect.REVIEW,
    "consent.biometrics": Effect.REVIEW,
    "liveness.active": Effect.RESUBMIT,
    "liveness.integrity": Effect.REVIEW,
    "liveness.passive": Effect.REVIEW,
    "face.match": Effect.REVIEW,
    "duplicate.face": Effect.REVIEW,
    "duplicate.document_number": Effect.REVIEW,
    "duplicate.document_picture": Effect.REVIEW,
    "duplicate.device": Effect.REVIEW,
    "screening.watchlists": Effect.REVIEW,
}


@dataclass(frozen=True, slots=True)
class Rules:
    """Thresholds and effects of one policy version.

    Attributes
    ----------
    minimum_age_years : int
        Below it the customer is declined.
    needs_screening : bool
        Whether a customer may be approved without a watchlist check.
    needs_passive_liveness : bool
        Whether a customer may be approved without a passive anti-spoofing check.
    certain_face_share : float
        Part of the distance of a match up to which nobody has to look, 0…1. At nine tenths the
        shipped engine took 1 of 14,432 pairs of strangers for one person, at the whole 11; NIST
        SP 800-63A-4 allows 1 in 10,000.
    effects : mapping of str to Effect
        By check code; a code that is missing here goes to review.
    """

    minimum_age_years: int = 18
    needs_screening: bool = False
    needs_passive_liveness: bool = False
    certain_face_share: float = 0.9
    effects: Mapping[str, Effect] = field(default_factory=lambda: dict(DEFAULT_EFFECTS))

    def effect_of(self, code: str) -> Effect:
        """Return what a raised check leads to; unknown codes fail closed."""
        return self.effects.get(code, Effect.REVIEW)

    def is_on(self, code: str) -> bool:
        """Whether the operator wants the check in the tree at all."""
        return self.effect_of(code) is not Effect.NONE

    def check(self, code: str, label: str, kind: CheckKind, *, is_required: bool = True) -> Draft:
        """Begin a check; its result is added by one of the draft's methods."""
        return Draft(code, label, kind, is_required)


@dataclass(frozen=True, slots=True)
class Draft:
    """A check whose result is still open."""

    code: str
    label: str
    kind: CheckKind
    is_required: bool

    def of_kind(self, kind: CheckKind) -> Draft:
        """Return the same draft with another audience."""
        return replace(self, kind=kind)

    def clear(
        self,
        sentence: str,
        run: StageRun | None = None,
        *,
        score: float | None = None,
        limit: float | None = None,
    ) -> Check:
        """Nothing was found."""
        return self._check(CheckState.CLEAR, sentence, run, score=score, limit=limit)

    def skipped(self, sentence: str, run: StageRun | None = None) -> Check:
        """Nobody looked, on purpose or because there was nothing to look at."""
        return self._check(CheckState.SKIPPED, sentence, run)

    def not_looked(self, run: StageRun, *, redo: tuple[str, ...] = ()) -> Check:
        """Record that the stage failed or never reported, so that nothing is known."""
        reason = run.failure_code or run.outcome.value
        return self._check(CheckState.SKIPPED, f"Not checked: {reason}.", run, redo=redo)

    def raised(
        self,
        state: CheckState,
        sentence: str,
        run: StageRun,
        *,
        hint: str = "",
        redo: tuple[str, ...] = (),
        score: float | None = None,
        limit: float | None = None,
    ) -> Check:
        """Something was found, or could not be processed."""
        return self._check(state, sentence, run, hint=hint, redo=redo, score=score, limit=limit)

    def _check(
        self,
        state: CheckState,
        sentence: str,
        run: StageRun | None,
        *,
        hint: str = "",
        redo: tuple[str, ...] = (),
        score: float | None = None,
        limit: float | None = None,
    ) -> Check:
        return Check(
            code=self.code,
            label=self.label,
            state=state,
            kind=self.kind,
            sentence=sentence,
            hint=hint if self.kind is CheckKind.BEHAVIOUR else "",
            is_required=self.is_required,
            score=score,
            limit=limit,
            engine=run.engine if run else EngineRun(),
            redo=redo,
        )
