"""Describing faces anew from kept selfies: for another engine, or for customers of before."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from enum import StrEnum

from django.db.models import Exists, OuterRef, QuerySet

from fraudsite.core.services.data_keys import DataKeyDestroyed
from fraudsite.core.services.files import FileGone
from kyc.choices import CaptureKind, VerificationStatus
from kyc.models import FaceTemplate, Verification
from kyc.services.captures import capture_bytes, current_capture
from kyc.services.face_engine import face_engine
from kyc.services.face_templates import template_keep
from kyc.vision.faces.detect import detect_faces
from kyc.vision.faces.embed import describe_face, engine_version
from kyc.vision.faces.match import people_among
from kyc.vision.images import read_image

SELFIES = (CaptureKind.SELFIE_FRAME, CaptureKind.SELFIE_STILL)
# All who are searched for, but for those whose face the pipeline is describing just now.
REBUILT = (VerificationStatus.APPROVED, VerificationStatus.IN_REVIEW)


class Rebuilt(StrEnum):
    """What became of one customer's face."""

    KEPT = "kept"
    NO_CONSENT = "no_consent"
    NO_SELFIE = "no_selfie"
    NO_FACE = "no_face"


def faces_missing() -> QuerySet[Verification]:
    """Return those approved or in review that the engine in use has described no face of."""
    engine = face_engine()
    described = FaceTemplate.objects.filter(
        verification=OuterRef("pk"),
        attempt=OuterRef("attempt"),
        engine=engine.label,
        engine_version=engine_version(engine),
    )
    return Verification.objects.filter(
        ~Exists(described),
        status__in=REBUILT,
        customer__data_key__destroyed_at__isnull=True,
    ).order_by("decided_at", "pk")


def faces_rebuild() -> Iterator[tuple[uuid.UUID, Rebuilt]]:
    """Describe the missing faces one after the other, and yield what became of each."""
    for key in list(faces_missing().values_list("pk", flat=True)):
        verification = Verification.objects.select_related("customer__data_key").get(pk=key)
        yield key, _rebuild_alone(verification)


def _rebuild_alone(verification: Verification) -> Rebuilt:
    """Describe one; whoever is erased in this moment keeps none of the others waiting."""
    try:
        return _rebuild(verification)
    except (DataKeyDestroyed, FileGone):
        return Rebuilt.NO_SELFIE


def _rebuild(verification: Verification) -> Rebuilt:
    selfies = (current_capture(verification, kind) for kind in SELFIES)
    selfie = next((found for found in selfies if found is not None), None)
    if selfie is None:
        return Rebuilt.NO_SELFIE
    pixels = read_image(capture_bytes(selfie)).pixels
    people = people_among(detect_faces(pixels))
    if len(people) != 1:
        return Rebuilt.NO_FACE
    engine = face_engine()
    described = describe_face(pixels, people[0], engine=engine)
    is_kept = template_keep(
        verification,
        described.embedding,
        engine=engine.label,
        engine_version=engine_version(engine),
    )
    return Rebuilt.KEPT if is_kept else Rebuilt.NO_CONSENT
