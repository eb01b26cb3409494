"""The search for the same person among the other customers of the workspace."""

from __future__ import annotations

from django.db import transaction

from fraudsite.core.services.data_keys import data_key_hold
from kyc.choices import CaptureKind
from kyc.decision.duplicates import DocumentSearch, DuplicateFindings
from kyc.models import Verification
from kyc.services.captures import capture_bytes, current_capture
from kyc.services.device_sharing import devices_shared
from kyc.services.document_fingerprints import (
    Shown,
    fingerprint_record,
    number_hash,
)
from kyc.services.duplicate_signs import document_fields_read
from kyc.services.face_search import face_search
from kyc.vision.images import read_image
from kyc.vision.picture_hash import picture_hashes


def find_duplicates(verification: Verification) -> DuplicateFindings:
    """Search face, document and devices of the present attempt; the customer's own never count.

    It runs after the stages that read the document and keep the face. Running again finds the same,
    and whoever came in between.
    """
    document = _document(verification)
    # After the document, which is one of the signs that two customers are one.
    face = face_search(verification)
    return DuplicateFindings(face, document, devices_shared(verification.customer))


def _document(verification: Verification) -> DocumentSearch:
    shown = _shown(verification)
    with transaction.atomic():
        # A fingerprint is not sealed: of a customer who was erased meanwhile none is kept.
        data_key_hold(verification.customer.data_key_id)
        before = fingerprint_record(verification, shown)
    return DocumentSearch(
        has_number=shown.number_hash is not None,
        has_picture=bool(shown.picture_hashes),
        same_number=before.same_number,
        same_picture=before.same_picture,
    )


def _shown(verification: Verification) -> Shown:
    fields = document_fields_read(verification)
    front = current_capture(verification, CaptureKind.DOCUMENT_FRONT)
    return Shown(
        number_hash=number_hash(
            issuing_state=fields.get("issuing_state", ""),
            number=fields.get("document_number") or "",
        ),
        picture_hashes=picture_hashes(read_image(capture_bytes(front)).pixels) if front else (),
    )
