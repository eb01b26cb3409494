"""Measure what the distances of a face engine mean, on labelled photographs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from kyc.evaluating.face_calibration import calibration_from
from kyc.evaluating.face_pairs import read_face_material
from kyc.evaluating.report import MaterialRefused
from kyc.vision.faces.calibrating import Lines
from kyc.vision.faces.calibration import Calibration, CalibrationRefused, read_calibration
from kyc.vision.faces.engines import (
    CALIBRATIONS_FOLDER,
    DLIB,
    ENGINES,
    EngineUnknown,
    FaceEngine,
    engine_named,
)
from kyc.vision.weights import WeightsUnavailable, models_dir

REFUSALS = (MaterialRefused, CalibrationRefused, EngineUnknown, WeightsUnavailable)


class Command(BaseCommand):
    """Needs no database; changes nothing but the file it writes."""

    help = (
        "Write the calibration of a face engine from a folder with pairs.csv and images/. Example: "
        "manage.py calibrate_faces --data /path/to/faces --engine sface"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The photographs, the engine, where the file goes, and lines chosen elsewhere."""
        parser.add_argument("--data", type=Path, required=True, metavar="DIR")
        parser.add_argument(
            "--engine", default=DLIB.name, help=", ".join(engine.name for engine in ENGINES)
        )
        parser.add_argument(
            "--out", type=Path, metavar="FILE", help="by default where the engine looks for it"
        )
        parser.add_argument("--match-distance", type=float, metavar="D", help="drawn if left out")
        parser.add_argument("--unclear-distance", type=float, metavar="D")
        parser.add_argument(
            "--fitted-on", default="", metavar="WORDS", help="what given lines were chosen on"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure, write the file, and say what was found."""
        try:
            calibration = self._calibration(options)
        except REFUSALS as error:
            raise CommandError(str(error)) from error
        text = calibration.to_json()
        # As it will be read: a file that nobody can use must not take the place of one that works.
        read_calibration(text)
        path = options["out"] or _own_path(engine_named(options["engine"]))
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        part.write_text(text)
        part.replace(path)
        self._show(calibration, path)

    def _calibration(self, options: dict[str, Any]) -> Calibration:
        engine = engine_named(options["engine"])
        folder: Path = options["data"]
        material = read_face_material(
            folder if (folder / "pairs.csv").is_file() else folder / "faces"
        )
        with tqdm(desc="faces", file=self.stderr, leave=False) as bar:

            def progress(sentence: str, done: int, total: int) -> None:
                bar.total, bar.n = total, done
                bar.set_postfix_str(sentence)

            return calibration_from(
                material,
                engine,
                measured_on=timezone.now().date().isoformat(),
                progress=progress,
                lines=_lines(options),
            )

    def _show(self, calibration: Calibration, path: Path) -> None:
        for label, value in (
            ("pictures", f"{calibration.pictures} of {calibration.people} people"),
            ("match up to", f"{calibration.match_distance:.2f}"),
            ("unclear up to", f"{calibration.unclear_distance:.2f}"),
            ("strangers matched", calibration.false_match_rate.words),
            ("one person not matched", calibration.false_non_match_rate.words),
            ("nearest strangers", f"{calibration.nearest_impostors[0]:.3f}"),
            ("farthest of one person", f"{calibration.farthest_genuine[-1]:.3f}"),
            ("written to", str(path)),
        ):
            self.stdout.write(f"  {label:22}  {value}")


def _own_path(engine: FaceEngine) -> Path:
    return models_dir() / CALIBRATIONS_FOLDER / f"{engine.name}.json"


def _lines(options: dict[str, Any]) -> Lines | None:
    match, unclear = options["match_distance"], options["unclear_distance"]
    if match is None and unclear is None:
        return None
    if match is None or unclear is None or not 0 < match <= unclear or not options["fitted_on"]:
        raise CalibrationRefused(
            "Given lines need both distances, the first not above the second, and --fitted-on."
        )
    return Lines(match, unclear, options["fitted_on"])
