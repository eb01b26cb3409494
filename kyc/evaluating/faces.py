"""How well faces are found and told apart, on labelled photographs and on small portraits."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt

from kyc.evaluating.face_cards import PORTRAIT_WIDTH_PX, photographed_card
from kyc.evaluating.face_pairs import FaceMaterial, LabelledPair, read_face_material
from kyc.evaluating.face_rates import Distances
from kyc.evaluating.rates import Rate
from kyc.evaluating.report import Order, PartReport, Progress
from kyc.vision.faces.detect import DetectedFace, detect_faces
from kyc.vision.faces.embed import Embedding, describe_face
from kyc.vision.faces.match import DEFAULT_POLICY, MatchPolicy
from kyc.vision.images import ImageLimits, ImageRefused, read_image

Pixels = npt.NDArray[np.uint8]

FOLDER = "faces"
# Collections hold smaller pictures than customers may send.
LIMITS = ImageLimits(min_side_px=40)


@dataclass(frozen=True, slots=True, eq=False)
class Described:
    """One picture as the engine sees it; without a face, `error` says why."""

    embedding: Embedding | None
    duration_ms: float
    error: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Portraits:
    """The same people twice: as photographed, and on a card."""

    selfies: Mapping[str, Described]
    cards: Mapping[str, Described]


def evaluate(order: Order, progress: Progress) -> PartReport:
    """Compare every labelled pair of ``faces/``, as photographs and as card against photograph.

    Raises
    ------
    MaterialRefused
        When the folder or its truth is not there or not of the expected form.
    WeightsUnavailable
        When a model file is missing.
    """
    material = read_face_material(order.subfolder(FOLDER))
    portraits = _described(material, order, progress)
    policy = DEFAULT_POLICY
    pairs = [_compared(pair, portraits.selfies, portraits.selfies) for pair in material.pairs]
    known = tuple(material.known_pairs())
    on_cards = [
        _compared(each, portraits.cards, portraits.selfies)
        for pair in known
        for each in (pair, LabelledPair(pair.file_y, pair.file_x, pair.is_same))
    ]
    measured = _figures(material, portraits, pairs, policy)
    measured["card"] = _card_figures(portraits, on_cards, policy)
    rows = [*_picture_rows(portraits), *_pair_rows("pair", pairs, policy)]
    rows += _pair_rows("card", on_cards, policy)
    return PartReport(figures=measured, rows=rows, table=_table(measured, pairs, on_cards, policy))


@dataclass(frozen=True, slots=True)
class Compared:
    """A pair and its distance; infinite where a face was missed."""

    pair: LabelledPair
    distance: float


def _described(material: FaceMaterial, order: Order, progress: Progress) -> Portraits:
    selfies, cards = {}, {}
    for done, name in enumerate(material.names):
        progress(name, done, len(material.names))
        rng = np.random.default_rng([order.seed, done])
        selfies[name], cards[name] = _both(material, name, order, rng)
    return Portraits(selfies, cards)


def _both(
    material: FaceMaterial, name: str, order: Order, rng: np.random.Generator
) -> tuple[Described, Described]:
    """One picture as a selfie, and the person in it on a card."""
    try:
        pixels = read_image(material.path_of(name).read_bytes(), LIMITS).pixels
    except OSError:
        return (Described(None, 0.0, "no such file"),) * 2
    except ImageRefused as refused:
        return (Described(None, 0.0, refused.code),) * 2
    selfie, face = _found(pixels, is_card=False)
    if face is None:
        return selfie, Described(None, 0.0, "no face to put on a card")
    card = photographed_card(pixels, face, rng, today=order.today)
    on_card, seen = _found(card.pixels, is_card=True)
    if seen is not None and not card.is_portrait(seen):
        on_card = Described(None, on_card.duration_ms, "found beside the portrait")
    return selfie, on_card


def _found(pixels: Pixels, *, is_card: bool) -> tuple[Described, DetectedFace | None]:
    """The surest face described, with the time that finding and describing it takes."""
    started = time.perf_counter()
    face = next(iter(detect_faces(pixels, is_card=is_card)), None)
    embedding = None if face is None else describe_face(pixels, face).embedding
    duration_ms = (time.perf_counter() - started) * 1000
    return Described(embedding, duration_ms, "" if face else "no face found"), face


def _compared(
    pair: LabelledPair, left: Mapping[str, Described], right: Mapping[str, Described]
) -> Compared:
    one, other = left[pair.file_x].embedding, right[pair.file_y].embedding
    if one is None or other is None:
        return Compared(pair, math.inf)
    return Compared(pair, float(np.linalg.norm(one - other)))


def _distances(compared: Sequence[Compared]) -> Distances:
    return Distances(
        genuine=[each.distance for each in compared if each.pair.is_same],
        impostor=[each.distance for each in compared if not each.pair.is_same],
    )


def _figures(
    material: FaceMaterial, portraits: Portraits, pairs: Sequence[Compared], policy: MatchPolicy
) -> dict[str, Any]:
    return {
        "pairs": len(pairs),
        "same": sum(each.pair.is_same for each in pairs),
        "identities": material.people_count,
        "pictures": len(material.names),
        "undetected": sum(seen.embedding is None for seen in portraits.selfies.values()),
        **_rates(_distances(pairs), policy),
        "median_ms": _median_ms(portraits.selfies),
    }


def _card_figures(
    portraits: Portraits, compared: Sequence[Compared], policy: MatchPolicy
) -> dict[str, Any]:
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
        "median_ms": _median_ms(portraits.cards),
    }


def _rates(distances: Distances, policy: MatchPolicy) -> dict[str, Any]:
    accepted = distances.accepted_genuine(policy.match_distance)
    mistaken = distances.accepted_impostor(policy.match_distance)
    return {
        "threshold": policy.match_distance,
        "tar": accepted.value,
        "far": mistaken.value,
        "far_words": mistaken.words,
        "eer": distances.equal_error_rate,
    }


def _median_ms(described: Mapping[str, Described]) -> float | None:
    times = [seen.duration_ms for seen in described.values() if seen.embedding is not None]
    return round(median(times), 1) if times else None


def _picture_rows(portraits: Portraits) -> Iterator[dict[str, Any]]:
    for kind, described in (("selfie", portraits.selfies), ("card", portraits.cards)):
        for name, seen in described.items():
            yield {
                "kind": kind,
                "file": name,
                "is_found": seen.embedding is not None,
                "ms": round(seen.duration_ms, 1),
                **({"error": seen.error} if seen.error else {}),
            }


def _pair_rows(
    kind: str, compared: Sequence[Compared], policy: MatchPolicy
) -> Iterator[dict[str, Any]]:
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


def _table(
    figures: Mapping[str, Any],
    pairs: Sequence[Compared],
    on_cards: Sequence[Compared],
    policy: MatchPolicy,
) -> list[tuple[str, str]]:
    card = figures["card"]
    return [
        ("pictures", f"{figures['pictures']} of {figures['identities']} people"),
        ("without a face", str(figures["undetected"])),
        *_rate_lines("photograph", _distances(pairs), policy),
        ("photograph: median", _milliseconds(figures["median_ms"])),
        (
            f"portrait of {card['portrait_width_px']} px: found",
            f"{round(card['cards'] * (card['detected'] or 0))} of {card['cards']}",
        ),
        *_rate_lines("card", _distances(on_cards), policy),
        ("card: median", _milliseconds(card["median_ms"])),
    ]


def _rate_lines(name: str, distances: Distances, policy: MatchPolicy) -> Iterator[tuple[str, str]]:
    limit = policy.match_distance
    yield f"{name}: one person accepted", distances.accepted_genuine(limit).words
    yield f"{name}: strangers accepted", distances.accepted_impostor(limit).words
    yield f"{name}: equal error rate", _error_rate_words(distances)


def _error_rate_words(distances: Distances) -> str:
    rate = distances.equal_error_rate
    if rate is None:
        return "not measured"
    if rate == 0:
        return f"< 3/{min(len(distances.genuine), len(distances.impostor))}"
    return f"{100 * rate:.2f} %"


def _milliseconds(duration_ms: float | None) -> str:
    return "not measured" if duration_ms is None else f"{duration_ms:.0f} ms"
