"""What the worker's heartbeat says about the verification engines."""

from __future__ import annotations

from importlib.metadata import version

import pytesseract

from fraudsite.core.engines import EngineState, register_engine
from kyc.vision.weights import WeightsUnavailable, verify_weights


def tesseract_state() -> EngineState:
    """Whether Tesseract answers."""
    try:
        return EngineState(is_ready=True, version=str(pytesseract.get_tesseract_version()))
    except pytesseract.TesseractNotFoundError:
        return EngineState(is_ready=False, detail="Tesseract is not installed.")


def models_state() -> EngineState:
    """Whether every model file is there; their bytes are checked when they are fetched."""
    try:
        missing = [report.name for report in verify_weights() if not report.is_present]
    except WeightsUnavailable as error:
        return EngineState(is_ready=False, detail=str(error))
    if missing:
        detail = f"Missing or damaged: {', '.join(missing)}. Run `manage.py fetch_models`."
        return EngineState(is_ready=False, detail=detail)
    return EngineState(is_ready=True, version=version("deepface"))


register_engine("tesseract", tesseract_state)
register_engine("models", models_state)
