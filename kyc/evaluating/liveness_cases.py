"""One presentation before the camera, what the liveness check said of it, and the rates of many."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Literal

from kyc.evaluating.rates import Rate
from kyc.vision.liveness.judge import LivenessReport
from kyc.vision.liveness.passive import PassiveReport

LIVE = "live"
Kind = Literal["video", "picture"]


@dataclass(frozen=True, slots=True)
class LivenessCase:
    """One presentation.

    Attributes
    ----------
    name : str
        File and frames, or the seed of a render.
    kind : {"video", "picture"}
    species : str
        "live" for a person, else the kind of attack.
    challenge : str
        What was asked while it was taken; empty if nothing was.
    outcome : str
        The judge's, empty for a picture.
    raised : tuple of (kind, code)
        Signals raised.
    passive : PassiveReport or None
        None where no picture could be looked at.
    duration_ms, length_ms : float
        Time the check took, and length of the video.
    error : str
        Why it could not be looked at; empty otherwise.
    condition : str
        Under what a render was filmed; empty for real material.
    """

    name: str
    kind: Kind
    species: str
    challenge: str = ""
    outcome: str = ""
    raised: tuple[tuple[str, str], ...] = ()
    passive: PassiveReport | None = None
    duration_ms: float = 0.0
    length_ms: float = 0.0
    error: str = ""
    condition: str = ""

    @property
    def is_live(self) -> bool:
        """Whether a living person was there who followed the rules."""
        return self.species == LIVE

    @property
    def has_sign(self) -> bool:
        """Whether a sign of fraud, or a second face, was seen in the video."""
        return any(kind == "fraud" or code == "several_faces" for kind, code in self.raised)

    @property
    def is_refused(self) -> bool:
        """Whether the active check refused it for more than a challenge nobody had issued."""
        return self.has_sign or (bool(self.challenge) and self.outcome != LIVE)

    @property
    def lacks_challenge_only(self) -> bool:
        """Whether it would be refused because nobody asked for anything: no detected attack."""
        return self.kind == "video" and not self.challenge and not self.has_sign

    @property
    def is_passive_spoof(self) -> bool | None:
        """What the passive check says; None where it was skipped."""
        return None if self.passive is None else self.passive.is_spoof

    def row(self) -> dict[str, Any]:
        """The case as JSON."""
        score = None if self.passive is None else self.passive.score
        return {
            "name": self.name,
            "kind": self.kind,
            "species": self.species,
            "challenge": self.challenge,
            "outcome": self.outcome,
            "refused_by": sorted(code for _, code in self.raised),
            "lacks_challenge_only": self.lacks_challenge_only,
            "passive_score": None if score is None else round(score, 4),
            "duration_ms": round(self.duration_ms, 1),
            "length_ms": round(self.length_ms),
            "error": self.error,
            "condition": self.condition,
        }


def video_case(
    name: str, species: str, challenge: str, report: LivenessReport, length_ms: float
) -> LivenessCase:
    """The case of a video that was judged."""
    return LivenessCase(
        name=name,
        kind="video",
        species=species,
        challenge=challenge,
        outcome=report.outcome,
        raised=tuple((one.kind, one.code) for one in report.signals if one.is_raised),
        passive=report.passive,
        duration_ms=report.duration_ms,
        length_ms=length_ms,
    )


def picture_case(name: str, species: str, passive: PassiveReport) -> LivenessCase:
    """The case of a single picture that was judged."""
    return LivenessCase(name, "picture", species, passive=passive, duration_ms=passive.duration_ms)


def either_refuses(case: LivenessCase) -> bool | None:
    """Active or passive: None where neither could look."""
    if case.kind == "picture":
        return case.is_passive_spoof
    return case.is_refused or bool(case.is_passive_spoof)


def active_refuses(case: LivenessCase) -> bool | None:
    """The active check alone; a picture answers no challenge."""
    return case.is_refused if case.kind == "video" else None


def passive_refuses(case: LivenessCase) -> bool | None:
    """The passive check alone."""
    return case.is_passive_spoof


Refuses = Callable[[LivenessCase], bool | None]


def rates_of(cases: Sequence[LivenessCase], refuses: Refuses) -> dict[str, Any]:
    """Errors by species, as ISO/IEC 30107-3 counts them.

    Parameters
    ----------
    cases : sequence of LivenessCase
        Those with an error or without an answer do not count.
    refuses : callable
        Whether the check under measurement refuses a case; None where it did not look.

    Returns
    -------
    dict
        `bpcer`, `apcer` by species, `worst_apcer`, `n` and `errors` by species ("live" among them),
        and `median_ms` of the videos, or of the pictures where there are none. A rate is a number,
        or "< 3/n" where no error was seen; None without a case.
    """
    answered = [(one, refuses(one)) for one in cases if not one.error]
    looked = [(one, refused) for one, refused in answered if refused is not None]
    found = {
        species: Rate(
            sum(refused is one.is_live for one, refused in looked if one.species == species),
            sum(one.species == species for one, _ in looked),
        )
        for species in dict.fromkeys(one.species for one, _ in looked)
    }
    attacks = {species: rate for species, rate in found.items() if species != LIVE}
    kinds = {one.kind for one, _ in looked}
    timed = "video" if "video" in kinds else "picture"
    times = [one.duration_ms for one, _ in looked if one.kind == timed]
    return {
        "bpcer": found.get(LIVE, Rate(0, 0)).stated,
        "apcer": {species: rate.stated for species, rate in attacks.items()},
        "worst_apcer": _worst(attacks.values()).stated,
        "n": {species: rate.count for species, rate in found.items()},
        "errors": {species: rate.hits for species, rate in found.items()},
        "median_ms": round(median(times), 1) if times else None,
    }


def _worst(rates: Iterable[Rate]) -> Rate:
    """The one with the highest share; among those without an error, the least certain."""
    return max(rates, key=lambda rate: (rate.value or 0.0, -rate.count), default=Rate(0, 0))
