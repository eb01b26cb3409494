"""How many faces with something drawn over them are refused, on labelled photographs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kyc.evaluating.face_coverings import COVERINGS, covered
from kyc.evaluating.face_pairs import FaceMaterial
from kyc.evaluating.rates import Rate
from kyc.evaluating.report import Order, Progress
from kyc.vision.faces.condition import examine_face
from kyc.vision.faces.detect import detect_faces
from kyc.vision.faces.embed import align_face, detail_of
from kyc.vision.faces.refusals import refusal_of
from kyc.vision.images import ImageLimits, ImageRefused, read_image

Pixels = npt.NDArray[np.uint8]

LIMITS = ImageLimits(min_side_px=40)
NOTHING_FOUND = "no_face"
NOT_REFUSED = "none"


@dataclass(frozen=True, slots=True)
class CoveringsMeasured:
    """Figures by kind of covering, one row a drawn picture, lines to read."""

    figures: Mapping[str, Any]
    rows: Sequence[Mapping[str, Any]]
    table: Sequence[tuple[str, str]]


def coverings_measured(
    material: FaceMaterial, order: Order, progress: Progress
) -> CoveringsMeasured:
    """Draw `order.simulated` coverings of each kind over the pictures in turn; count refusals.

    A face that is no longer found counts as refused: nobody is compared through it.
    """
    rows = []
    for done, (covering, name, seed) in enumerate(_plan(material, order)):
        progress(f"{covering} on {name}", done, len(COVERINGS) * order.simulated)
        rng = np.random.default_rng([order.seed, seed])
        outcome = _outcome(material, name, covering, rng)
        if outcome is not None:
            rows.append(
                {"kind": "covering", "covering": covering, "file": name, "outcome": outcome}
            )
    counted = {covering: Counter(row["outcome"] for row in rows if row["covering"] == covering)
               for covering in COVERINGS}  # fmt: skip
    refused = {
        covering: Rate(outcomes.total() - outcomes[NOT_REFUSED], outcomes.total())
        for covering, outcomes in counted.items()
    }
    return CoveringsMeasured(
        figures={
            covering: {"n": rate.count, "refused": rate.value, "outcomes": dict(counted[covering])}
            for covering, rate in refused.items()
        },
        rows=rows,
        table=[(f"{covering} (drawn): refused", rate.words) for covering, rate in refused.items()],
    )


def _plan(material: FaceMaterial, order: Order) -> Iterator[tuple[str, str, int]]:
    names = material.names
    for place, covering in enumerate(COVERINGS):
        for index in range(order.simulated):
            yield covering, names[index % len(names)], place * order.simulated + index


def _outcome(
    material: FaceMaterial, name: str, covering: str, rng: np.random.Generator
) -> str | None:
    """What the product says of the drawn picture; None where there is no face to draw on."""
    try:
        pixels = read_image(material.path_of(name).read_bytes(), LIMITS).pixels
    except (OSError, ImageRefused):
        return None
    faces = detect_faces(pixels)
    drawn = covered(pixels, faces[0], covering, rng) if faces else None
    return None if drawn is None else _said_of(drawn)


def _said_of(drawn: Pixels) -> str:
    faces = detect_faces(drawn)
    if not faces:
        return NOTHING_FOUND
    detail = detail_of(align_face(drawn, faces[0]))
    return str(refusal_of(examine_face(drawn, faces[0], detail=detail)) or NOT_REFUSED)
