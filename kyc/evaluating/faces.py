"""How well faces are found and told apart, on labelled photographs and on small portraits."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from kyc.evaluating.face_cards import photographed_card
from kyc.evaluating.face_coverings_measured import CoveringsMeasured, coverings_measured
from kyc.evaluating.face_figures import (
    Compared,
    Described,
    Portraits,
    card_figures_of,
    figures_of,
    known_figures_of,
    pair_rows,
    picture_rows,
    table_of,
)
from kyc.evaluating.face_pairs import FaceMaterial, LabelledPair, read_face_material
from kyc.evaluating.report import MaterialRefused, Order, PartReport, Progress
from kyc.vision.faces.calibration import CalibrationRefused
from kyc.vision.faces.condition import examine_face
from kyc.vision.faces.detect import DetectedFace, detect_faces
from kyc.vision.faces.embed import describe_face, engine_version
from kyc.vision.faces.engines import (
    DLIB,
    EngineUnknown,
    FaceEngine,
    calibration_of,
    engine_named,
)
from kyc.vision.faces.match import MatchPolicy, policy_of
from kyc.vision.faces.refusals import refusal_of
from kyc.vision.images import ImageLimits, ImageRefused, read_image

Pixels = npt.NDArray[np.uint8]

FOLDER = "faces"
# Collections hold smaller pictures than customers may send.
LIMITS = ImageLimits(min_side_px=40)


def evaluate(order: Order, progress: Progress) -> PartReport:
    """Compare every labelled pair of ``faces/``, as photographs and as card against photograph.

    Raises
    ------
    MaterialRefused
        When the folder or its truth is not there or not of the expected form.
    WeightsUnavailable
        When a model file is missing.
    """
    engine, policy = _engine_and_policy(order.engine or DLIB.name)
    material = read_face_material(order.subfolder(FOLDER))
    portraits = _described(material, order, engine, progress)
    pairs = [_compared(pair, portraits.selfies, portraits.selfies) for pair in material.pairs]
    known = tuple(material.known_pairs())
    on_cards = [
        _compared(each, portraits.cards, portraits.selfies)
        for pair in known
        for each in (pair, LabelledPair(pair.file_y, pair.file_x, pair.is_same))
    ]
    figures = figures_of(material, portraits, pairs, policy)
    figures["known"] = known_figures_of(
        [_compared(pair, portraits.selfies, portraits.selfies) for pair in known], policy
    )
    figures["card"] = card_figures_of(portraits, on_cards, policy)
    figures |= {"engine": engine.name, "engine_version": engine_version(engine)}
    report = PartReport(
        figures=figures,
        rows=[
            *picture_rows(portraits),
            *pair_rows("pair", pairs, policy),
            *pair_rows("card", on_cards, policy),
        ],
        table=table_of(figures, portraits, pairs, on_cards, policy),
    )
    if not order.simulated:
        return report
    return _with_coverings(report, coverings_measured(material, order, progress))


def _with_coverings(report: PartReport, drawn: CoveringsMeasured) -> PartReport:
    return PartReport(
        figures={**report.figures, "coverings": drawn.figures},
        rows=[*report.rows, *drawn.rows],
        table=[*report.table, *drawn.table],
    )


def _engine_and_policy(name: str) -> tuple[FaceEngine, MatchPolicy]:
    try:
        engine = engine_named(name)
        return engine, policy_of(calibration_of(engine))
    except (EngineUnknown, CalibrationRefused) as error:
        raise MaterialRefused(str(error)) from error


def _described(
    material: FaceMaterial, order: Order, engine: FaceEngine, progress: Progress
) -> Portraits:
    selfies, cards = {}, {}
    for done, name in enumerate(material.names):
        progress(name, done, len(material.names))
        rng = np.random.default_rng([order.seed, done])
        selfies[name], cards[name] = _both(material, name, order, engine, rng)
    return Portraits(selfies, cards)


def _both(
    material: FaceMaterial,
    name: str,
    order: Order,
    engine: FaceEngine,
    rng: np.random.Generator,
) -> tuple[Described, Described]:
    """One picture as a selfie, and the person in it on a card."""
    try:
        pixels = read_image(material.path_of(name).read_bytes(), LIMITS).pixels
    except OSError:
        return (Described(None, 0.0, error="no such file"),) * 2
    except ImageRefused as refused:
        return (Described(None, 0.0, error=refused.code),) * 2
    selfie, face = _found(pixels, engine, is_card=False)
    if face is None:
        return selfie, Described(None, 0.0, error="no face to put on a card")
    card = photographed_card(pixels, face, rng, today=order.today)
    on_card, seen = _found(card.pixels, engine, is_card=True)
    if seen is not None and not card.is_portrait(seen):
        on_card = replace(on_card, embedding=None, error="found beside the portrait")
    return selfie, on_card


def _found(
    pixels: Pixels, engine: FaceEngine, *, is_card: bool
) -> tuple[Described, DetectedFace | None]:
    """The surest face described, with the time that all the product does to it takes."""
    started, cpu_started = time.perf_counter(), time.process_time()
    face = next(iter(detect_faces(pixels, is_card=is_card)), None)
    if face is None:
        return Described(None, 0.0, error="no face found"), None
    described = describe_face(pixels, face, engine=engine)
    refusal = None
    if not is_card:
        refusal = refusal_of(examine_face(pixels, face, detail=described.detail))
    cpu_ms = (time.process_time() - cpu_started) * 1000
    duration_ms = (time.perf_counter() - started) * 1000
    return Described(described.embedding, duration_ms, cpu_ms, refusal=refusal), face


def _compared(
    pair: LabelledPair, left: Mapping[str, Described], right: Mapping[str, Described]
) -> Compared:
    one, other = left[pair.file_x].embedding, right[pair.file_y].embedding
    if one is None or other is None:
        return Compared(pair, math.inf)
    return Compared(pair, float(np.linalg.norm(one - other)))
