"""The network that describes the faces of this site."""

from __future__ import annotations

from django.conf import settings

from kyc.vision.faces.engines import FaceEngine, engine_named


def face_engine() -> FaceEngine:
    """Return the engine that the operator has chosen; the system checks know its name."""
    return engine_named(settings.FACE_ENGINE)
