"""Figures, rows and lines to read from compared faces."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from kyc.decision.rules import Rules
from kyc.evaluating.face_cards import PORTRAIT_WIDTH_PX
from kyc.evaluating.face_pairs import FaceMaterial, LabelledPair
from kyc.evaluating.face_rates import Distances
from kyc.evaluating.rates import Rate
from kyc.vision.faces.embed import Embedding
from kyc.vision.faces.match import MatchPolicy
from kyc.vision.faces.refusals import FaceRefusal

# Of the line of a match: nearer than that nobody looks at the two faces.
CERTAIN_SHARE = Rules().certain_face_share


@dataclass(frozen=True, slots=True, eq=False)
class Described:
    """One picture as the engine sees it.

    Without a face, `error` says why. A `refusal` is what the product would ask the customer to
    mend; the face is compared here all the same, so that accuracy is measured on every picture.
    """

    embedding: Embedding | None
    duration_ms: float
    cpu_ms: float = 0.0
    error: str = ""
    refusal: FaceRefusal | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Portraits:
    """The same people twice: as photographed, and on a card."""

    selfies: Mapping[str, Described]
    cards: Mapping[str, Described]


@dataclass(frozen=True, slots=True)
class Compared:
    """A pair and its distance; infinite where a face was missed."""

    pair: LabelledPair
    distance: float


def _distances(compared: Sequence[Compared]) -> Distances:
    return Distances(
        genuine=[each.distance for each in compared if each.pair.is_same],
        impostor=[each.distance for each in compared if not each.pair.is_same],
    )


def figures_of(
    material: FaceMaterial, portraits: Portraits, pairs: Sequence[Compared], policy: MatchPolicy
) -> dict[str, Any]:
    """Photograph against photograph; `undetected` counts pictures."""
    return {
        "pairs": len(pairs),
        "same": sum(each.pair.is_same for each in pairs),
        "identities": material.people_count,
        "pictures": len(material.names),
        "undetected": sum(seen.embedding is None for seen in portraits.selfies.values()),
        **_rates(_distances(pairs), policy),
        "refused": _refused(portraits.selfies),
        **_times(portraits.selfies),
    }


def known_figures_of(compared: Sequence[Compared], policy: MatchPolicy) -> dict[str, Any]:
    """Every pair whose answer follows from the labels, photograph against photograph."""
    return {
        "pairs": len(compared),
        "same": sum(each.pair.is_same for each in compared),
        **_rates(_distances(compared), policy),
    }


def _refused(described: Mapping[str, Described]) -> dict[str, int]:
    return dict(Counter(str(seen.refusal) for seen in described.values() if seen.refusal))


def card_figures_of(
    portraits: Portraits, compared: Sequence[Compared], policy: MatchPolicy
) -> dict[str, Any]:
    """Card against photograph."""
    found = Rate(
        sum(seen.embedding is not None for seen in portraits.cards.values()), len(portraits.cards)
    )
    return {
        "portrait_width_px": PORTRAIT_WIDTH_PX,
        "cards": found.count,
        "detected": found.value,
        "pairs": len(compared),
        "same": sum(each.pair.is_same for each in compared),
        **_rates(_distances(compared), policy),
        **_times(portraits.cards),
    }


def _rates(distances: Distances, policy: MatchPolicy) -> dict[str, Any]:
    accepted = distances.accepted_genuine(policy.match_distance)
    mistaken = distances.accepted_impostor(policy.match_distance)
    certain = CERTAIN_SHARE * policy.match_distance
    return {
        "threshold": policy.match_distance,
        "tar": accepted.value,
        "tar_interval": accepted.interval,
        "far": mistaken.stated,
        "far_interval": mistaken.interval,
        "false_accepts": mistaken.hits,
        "strangers": mistaken.count,
        "eer": distances.equal_error_rate or _error_rate_words(distances),
        "certain": {
            "threshold": round(certain, 4),
            "tar": distances.accepted_genuine(certain).value,
            "far": distances.accepted_impostor(certain).stated,
        },
    }


def _times(described: Mapping[str, Described]) -> dict[str, float | None]:
    """Medians; the processor's time is the one to compare on a machine that others use as well."""
    seen = [each for each in described.values() if each.embedding is not None]
    return {
        "median_ms": round(median(each.duration_ms for each in seen), 1) if seen else None,
        "median_cpu_ms": round(median(each.cpu_ms for each in seen), 1) if seen else None,
    }


def picture_rows(portraits: Portraits) -> Iterator[dict[str, Any]]:
    """One row a picture and one a card: found or not, refused or not, and how long it took."""
    for kind, described in (("selfie", portraits.selfies), ("card", portraits.cards)):
        for name, seen in described.items():
            yield {
                "kind": kind,
                "file": name,
                "is_found": seen.embedding is not None,
                "ms": round(seen.duration_ms, 1),
                "cpu_ms": round(seen.cpu_ms, 1),
                **({"error": seen.error} if seen.error else {}),
                **({"refusal": str(seen.refusal)} if seen.refusal else {}),
            }


def pair_rows(
    kind: str, compared: Sequence[Compared], policy: MatchPolicy
) -> Iterator[dict[str, Any]]:
    """One row a pair; without a distance where a face was missed."""
    for each in compared:
        is_measured = math.isfinite(each.distance)
        yield {
            "kind": kind,
            "file_x": each.pair.file_x,
            "file_y": each.pair.file_y,
            "same": each.pair.is_same,
            "distance": round(each.distance, 4) if is_measured else None,
            "outcome": policy.outcome_of(each.distance) if is_measured else "undetected",
        }


def table_of(
    figures: Mapping[str, Any],
    portraits: Portraits,
    pairs: Sequence[Compared],
    on_cards: Sequence[Compared],
    policy: MatchPolicy,
) -> list[tuple[str, str]]:
    """The figures for people, in words that claim no more than the pairs hold."""
    card = figures["card"]
    return [
        ("pictures", f"{figures['pictures']} of {figures['identities']} people"),
        ("without a face", str(figures["undetected"])),
        ("refused though bare", _refusal_rate(portraits.selfies).words),
        *_rate_lines("photograph", _distances(pairs), policy),
        ("photograph: median", _milliseconds(figures)),
        (
            f"portrait of {card['portrait_width_px']} px: found",
            f"{round(card['cards'] * (card['detected'] or 0))} of {card['cards']}",
        ),
        *_rate_lines("card", _distances(on_cards), policy),
        ("card: median", _milliseconds(card)),
    ]


def _refusal_rate(described: Mapping[str, Described]) -> Rate:
    seen = [each for each in described.values() if each.embedding is not None]
    return Rate(sum(each.refusal is not None for each in seen), len(seen))


def _rate_lines(name: str, distances: Distances, policy: MatchPolicy) -> Iterator[tuple[str, str]]:
    limit = policy.match_distance
    yield f"{name}: one person accepted", distances.accepted_genuine(limit).words
    yield f"{name}: strangers accepted", distances.accepted_impostor(limit).words
    yield f"{name}: equal error rate", _error_rate_words(distances)
    certain = CERTAIN_SHARE * limit
    yield f"{name}: one person within {certain:.3f}", distances.accepted_genuine(certain).words
    yield f"{name}: strangers within {certain:.3f}", distances.accepted_impostor(certain).words


def _error_rate_words(distances: Distances) -> str:
    rate = distances.equal_error_rate
    if rate is None:
        return "not measured"
    if rate == 0:
        return f"< 3/{min(len(distances.genuine), len(distances.impostor))}"
    return f"{100 * rate:.2f} %"


def _milliseconds(figures: Mapping[str, Any]) -> str:
    if figures["median_ms"] is None:
        return "not measured"
    return f"{figures['median_ms']:.0f} ms, {figures['median_cpu_ms']:.0f} ms of the processor"
