"""What the worker's heartbeat says about the verification engines."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from importlib.metadata import version

from fraudsite.core.engines import EngineState, engine_outcome_read, register_engine
from kyc.vision.weights import WeightsUnavailable, verify_weights
from kyc.worker import FACE_ENGINES

# Either call takes 20 ms; what takes longer than this hangs, and must not hold up a heartbeat.
TESSERACT_TIMEOUT_S = 5


def tesseract_state() -> EngineState:
    """Whether Tesseract and its English model are there.

    Asked of the program: its Python wrapper takes 2 s to import.
    """
    path = shutil.which("tesseract")
    if path is None:
        return EngineState(is_ready=False, detail="Tesseract is not installed.")
    # Not remembered as the version is: the model may be installed while the worker runs.
    if "eng" not in _tesseract_lines(path, "--list-langs"):
        detail = "Tesseract's English model is missing; install tesseract-ocr-eng."
        return EngineState(is_ready=False, detail=detail)
    return EngineState(is_ready=True, version=_tesseract_version(path))


@cache
def _tesseract_version(path: str) -> str:
    return _tesseract_lines(path, "--version")[0].removeprefix("tesseract ")


def _tesseract_lines(path: str, option: str) -> list[str]:
    printed = subprocess.run(
        [path, option], capture_output=True, text=True, check=True, timeout=TESSERACT_TIMEOUT_S
    )
    return printed.stdout.splitlines()


def models_state() -> EngineState:
    """Whether every model file is there, and the chosen face engine with its calibration."""
    # Numpy with them: the web process asks for none of it before somebody looks at /readyz.
    from kyc.services.face_engine import face_engine  # noqa: PLC0415
    from kyc.vision.faces.engines import engine_trouble  # noqa: PLC0415

    try:
        missing = [report.name for report in verify_weights() if not report.is_present]
    except WeightsUnavailable as error:
        return EngineState(is_ready=False, detail=str(error))
    if missing:
        detail = f"Missing or damaged: {', '.join(missing)}. Run `manage.py fetch_models`."
        return EngineState(is_ready=False, detail=detail)
    if trouble := engine_trouble(face_engine()):
        return EngineState(is_ready=False, detail=trouble)
    return EngineState(is_ready=True, version=version("deepface"))


def letters_state() -> EngineState:
    """Whether the reader of single letters can be loaded: without it fewer zones are read."""
    # As above.
    from kyc.vision.mrz.letters import required_letter_reader  # noqa: PLC0415

    try:
        required_letter_reader()
    except WeightsUnavailable as error:
        return EngineState(is_ready=False, detail=str(error))
    return EngineState(is_ready=True)


def faces_state() -> EngineState:
    """Whether the face engines really loaded, as the worker's processes found at their start."""
    outcome = engine_outcome_read(FACE_ENGINES)
    if outcome is None:
        return EngineState(is_ready=False, detail="No worker has loaded them yet.")
    return EngineState(is_ready=outcome.is_ready, detail=outcome.detail)


register_engine("tesseract", tesseract_state)
register_engine("faces", faces_state)
register_engine("models", models_state)
register_engine("letters", letters_state)
