"""Compare the face on a document with the faces on selfies, as the workers do."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kyc.vision.faces.calibration import CalibrationRefused
from kyc.vision.faces.condition import FaceCondition
from kyc.vision.faces.detect import DetectedFace
from kyc.vision.faces.engines import DLIB, ENGINES, EngineUnknown, FaceEngine, engine_named
from kyc.vision.faces.match import FaceComparison, Outcome, compare_faces
from kyc.vision.images import ImageRefused, read_image
from kyc.vision.weights import WeightsUnavailable

SENTENCES = {
    Outcome.MATCH: "the same person",
    Outcome.NO_MATCH: "two different people",
    Outcome.UNCLEAR: "cannot be told; a person should look",
    Outcome.NO_FACE_DOCUMENT: "no face was found on the document",
    Outcome.NO_FACE_SELFIE: "no face was found on the selfie",
    Outcome.SEVERAL_FACES_SELFIE: "more than one face is on the selfie",
    Outcome.TINY_FACE_SELFIE: "the face on the selfie is too small",
    Outcome.BLURRED_FACE_SELFIE: "the face on the selfie is blurred",
    Outcome.TURNED_FACE_SELFIE: "the face on the selfie is turned away",
    Outcome.COVERED_EYES_SELFIE: "the eyes on the selfie are covered or closed",
    Outcome.COVERED_MOUTH_SELFIE: "the mouth on the selfie is covered",
}


class Command(BaseCommand):
    """Needs no database. Exit code 0: every selfie matches, 1: one does not, 2: no answer."""

    help = (
        "Compare the face on a document (or portrait) with one selfie or more. "
        "Exit code 0 when all match, 1 when one does not, 2 when a file cannot be used. "
        "Example: manage.py compare_faces passport.jpg selfie.jpg --json"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The document, the selfies, and the form of the answer."""
        parser.add_argument("document", type=Path, metavar="DOCUMENT")
        parser.add_argument("selfies", type=Path, nargs="+", metavar="SELFIE")
        parser.add_argument(
            "--engine", default=DLIB.name, help=", ".join(engine.name for engine in ENGINES)
        )
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare each selfie, and let the exit code say whether all of them match."""
        engine = _engine(options["engine"])
        document = _pixels(options["document"])
        outcomes = set()
        for path in options["selfies"]:
            try:
                comparison = compare_faces(document, _pixels(path), engine=engine)
            except (WeightsUnavailable, CalibrationRefused) as error:
                raise CommandError(str(error), returncode=2) from error
            outcomes.add(comparison.outcome)
            write = _as_json if options["json"] else _as_sentence
            self.stdout.write(write(options["document"], path, comparison))
        if outcomes != {Outcome.MATCH}:
            sys.exit(1)


def _engine(name: str) -> FaceEngine:
    try:
        return engine_named(name)
    except EngineUnknown as error:
        raise CommandError(str(error), returncode=2) from error


def _pixels(path: Path) -> npt.NDArray[np.uint8]:
    try:
        return read_image(path.read_bytes()).pixels
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}.", returncode=2) from error
    except ImageRefused as error:
        raise CommandError(f"{path}: {error.sentence}", returncode=2) from error


def _as_sentence(document: Path, selfie: Path, comparison: FaceComparison) -> str:
    verdict = f"{document} and {selfie}: {SENTENCES[comparison.outcome]}"
    if comparison.distance is None:
        return f"{verdict} ({comparison.duration_ms:.0f} ms)"
    return (
        f"{verdict} (distance {comparison.distance:.3f}, a match up to {comparison.threshold:.2f}, "
        f"false-match rate {comparison.false_match_rate}, {comparison.duration_ms:.0f} ms)"
    )


def _as_json(document: Path, selfie: Path, comparison: FaceComparison) -> str:
    distance = comparison.distance
    return json.dumps(
        {
            "document": str(document),
            "selfie": str(selfie),
            "outcome": comparison.outcome,
            "distance": None if distance is None else round(distance, 4),
            "threshold": comparison.threshold,
            "false_match_rate": comparison.false_match_rate,
            "meaning": comparison.meaning,
            "document_face": _face_json(comparison.document_face, comparison.document_detail),
            "selfie_face": _face_json(comparison.selfie_face, comparison.selfie_detail),
            "selfie_face_count": comparison.selfie_face_count,
            "selfie_condition": _condition_json(comparison.selfie_condition),
            "engine": comparison.engine,
            "engine_version": comparison.engine_version,
            "duration_ms": round(comparison.duration_ms),
        }
    )


def _face_json(face: DetectedFace | None, detail: float | None) -> dict[str, object] | None:
    if face is None:
        return None
    return {
        "box": face.box,
        "score": round(face.score, 3),
        "rotation_deg": round(face.rotation_deg),
        "detail": None if detail is None else round(detail, 4),
    }


def _condition_json(condition: FaceCondition | None) -> dict[str, object] | None:
    if condition is None:
        return None
    return {name: round(value, 4) for name, value in asdict(condition).items()}
