"""Pictures that the server made itself out of a capture, kept as evidence beside it."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
import numpy.typing as npt
from django.db import transaction

from fraudsite.core.actors import Actor
from kyc.choices import CaptureKind, CaptureSource
from kyc.models import Verification
from kyc.services.captures import Upload, capture_store, captures_supersede
from kyc.services.consents import consent_held
from kyc.services.locks import verification_lock

Pixels = npt.NDArray[np.uint8]

PIPELINE = Actor.system("pipeline")
JPEG_QUALITY = 95
OF_THE_FACE = frozenset(CaptureKind.LIVENESS_VIDEO.derived)


def derived_keep(verification: Verification, pictures: Mapping[CaptureKind, Pixels | None]) -> None:
    """Keep pictures made from the present attempt, each in place of the one before.

    Where there is none (no portrait was found this time), the one before counts no longer.
    """
    encoded = {kind: _jpeg(pixels) for kind, pixels in pictures.items() if pixels is not None}
    with transaction.atomic():
        current = verification_lock(verification)
        if (current.status, current.attempt) != (verification.status, verification.attempt):
            # Somebody decided in the meantime; the next attempt has pictures of its own.
            return
        if not OF_THE_FACE.isdisjoint(pictures) and not consent_held(current.customer):
            # It was taken back while the engine looked.
            return
        captures_supersede(current, pictures)
        for kind, data in encoded.items():
            _store(current, kind, data)


def _store(verification: Verification, kind: CaptureKind, data: bytes) -> None:
    upload = Upload(data, CaptureSource.DERIVED, camera_label="", capture_key="")
    capture_store(
        verification=verification,
        kind=kind,
        data=data,
        media_type="image/jpeg",
        upload=upload,
        issues=[],
        actor=PIPELINE,
    )


def _jpeg(pixels: Pixels) -> bytes:
    is_written, encoded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not is_written:
        message = "the picture cannot be written as a JPEG"
        raise ValueError(message)
    return bytes(encoded.tobytes())
