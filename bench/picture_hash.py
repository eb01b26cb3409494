"""How far apart a photograph's copies are, and photographs of different documents.

    .venv/bin/python -m bench.picture_hash [--documents 32] [--seed 3]

Specimens are rendered with two portraits, flat as a scan and photographed on a table. Prints one
JSON object: differing bits of 256 for each way to copy a picture, and between documents that share
layout, portrait, both or neither. Two documents that share layout and portrait are one person's.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations

import cv2
import numpy as np
import numpy.typing as npt

from kyc.simulation.people import draw_person
from kyc.simulation.photography import photograph
from kyc.simulation.portraits import age_portrait, load_portrait
from kyc.simulation.specimens import render_specimen
from kyc.vision.picture_hash import hamming_distance, picture_hashes

Pixels = npt.NDArray[np.uint8]
TODAY = date(2026, 11, 21)


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """One picture of a specimen."""

    kind: str
    portrait: str
    pixels: Pixels
    hashes: tuple[bytes, ...]


def main() -> None:
    """Render, copy, compare, print."""
    parser = argparse.ArgumentParser(description="Measure the hash of pictures.")
    parser.add_argument("--documents", type=int, default=32)
    parser.add_argument("--seed", type=int, default=3)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    flat, shots = _pictures(options.documents, rng)
    figures = {"flat": _figures(flat, rng), "photographed": _figures(shots, rng)}
    print(json.dumps({"picture_hash": {"documents": options.documents, **figures}}, indent=1))


def _pictures(count: int, rng: np.random.Generator) -> tuple[list[Shot], list[Shot]]:
    flat, shots = [], []
    for nth in range(count):
        kind, name = ("TD3", "TD1")[nth // 2 % 2], ("astronaut", "grace_hopper")[nth % 2]
        portrait = age_portrait(load_portrait(name), rng)  # type: ignore[arg-type]  # two literals
        person = draw_person(rng, today=TODAY)
        front = render_specimen(person, kind=kind, portrait=portrait, rng=rng).front  # type: ignore[arg-type]  # two literals
        photo = photograph(front, rng)
        flat.append(Shot(kind, name, front, picture_hashes(front)))
        shots.append(Shot(kind, name, photo, picture_hashes(photo)))
    return flat, shots


def _figures(shots: list[Shot], rng: np.random.Generator) -> dict[str, dict[str, dict[str, float]]]:
    copies: dict[str, list[int]] = defaultdict(list)
    for shot in shots:
        for name, copy in _copies(shot.pixels, rng):
            copies[name].append(_bits(shot.hashes, picture_hashes(copy)))
    others: dict[str, list[int]] = defaultdict(list)
    for one, other in combinations(shots, 2):
        others[_relation(one, other)].append(_bits(one.hashes, other.hashes))
    return {
        "copies": {name: _spread(bits) for name, bits in copies.items()},
        "other_documents": {name: _spread(bits) for name, bits in others.items()},
    }


def _copies(photo: Pixels, rng: np.random.Generator) -> Iterator[tuple[str, Pixels]]:
    height, width = photo.shape[:2]
    third = cv2.resize(photo, (width // 3, height // 3), interpolation=cv2.INTER_AREA)
    yield "jpeg_40", _jpeg(photo, 40)
    yield "a_third_in_size_jpeg_60", _jpeg(np.asarray(third, np.uint8), 60)
    yield "darker", _levels(photo * 0.75 - 8)
    yield "brighter_clipped", _levels(photo * 1.15 + 12)
    yield "gamma_1.4", _levels(255 * (photo / 255) ** 1.4)
    yield "blurred", np.asarray(cv2.GaussianBlur(photo, (0, 0), 2.5), np.uint8)
    yield "noisy", _levels(photo + rng.normal(0, 10, photo.shape))
    for share in (0.005, 0.01, 0.02):
        down, right = int(height * share), int(width * share)
        yield f"cut_{share:.1%}", photo[down : height - down, right : width - right]
    for angle_deg in (0.5, 1.0):
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle_deg, 1)
        turned = cv2.warpAffine(photo, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
        yield f"turned_{angle_deg}_deg", np.asarray(turned, np.uint8)


def _relation(one: Shot, other: Shot) -> str:
    layout = "same_layout" if one.kind == other.kind else "other_layout"
    return f"{layout}_{'same' if one.portrait == other.portrait else 'other'}_portrait"


def _bits(searched: tuple[bytes, ...], stored: tuple[bytes, ...]) -> int:
    return min(hamming_distance(found, stored[0]) for found in searched)


def _spread(bits: list[int]) -> dict[str, float]:
    return {
        "n": len(bits),
        "min": min(bits),
        "median": float(np.median(bits)),
        "max": max(bits),
    }


def _levels(values: npt.NDArray[np.float64]) -> Pixels:
    return np.clip(values, 0, 255).astype(np.uint8)


def _jpeg(photo: Pixels, quality: int) -> Pixels:
    _, encoded = cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)


if __name__ == "__main__":
    main()
