"""What the evidence page shows of other customers: who is alike, in what, and where to look."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db.models import OuterRef, Subquery
from django.urls import reverse

from kyc.admin.pictures_beside import Compared, pictures_beside
from kyc.choices import Stage, StageState
from kyc.decision.duplicates import DocumentHit, DuplicateFindings, FaceSearchOutcome, Sign
from kyc.models import Customer, Verification
from kyc.services.stage_results import findings_read

SIGN_LABELS = {
    Sign.NAME: "name",
    Sign.BIRTH_DATE: "date of birth",
    Sign.DOCUMENT: "document",
    Sign.DEVICE: "device",
}
NOT_SEARCHED = {
    FaceSearchOutcome.NO_CONSENT: "The face was not searched: there is no consent.",
    FaceSearchOutcome.NO_FACE: "The face was not searched: this attempt has none.",
}
PICTURE_BITS = 256


def duplicates_context(verification: Verification) -> dict[str, Any] | None:
    """Return what the present attempt has in common with others; None where nobody searched.

    Customers who were erased since are left out.
    """
    found = _findings(verification)
    if found is None:
        return None
    others = _others(found)
    return {
        "faces": _faces(found, others),
        "documents": _documents(found, others),
        "pairs": pictures_beside(verification, _to_compare(found, others)),
        "devices": [others[key] for key in found.device.customer_ids if key in others],
        "devices_more": max(found.device.customers - len(found.device.customer_ids), 0),
        "devices_alike": found.device.customers_alike,
        "meaning": found.face.meaning,
        "notes": list(_notes(found)),
    }


def _to_compare(
    found: DuplicateFindings, others: Mapping[str, Mapping[str, str]]
) -> Iterator[Compared]:
    for face in found.face.hits:
        if face.customer_id in others:
            yield Compared("Faces", others[face.customer_id]["reference"], face.verification_id)
    for document in (*found.document.same_number, *found.document.same_picture):
        if document.customer_id in others:
            yield Compared(
                "Documents", others[document.customer_id]["reference"], document.verification_id
            )


def _findings(verification: Verification) -> DuplicateFindings | None:
    result = verification.stage_results.filter(
        attempt=verification.attempt, stage=Stage.DUPLICATES, state=StageState.DONE
    ).first()
    return None if result is None else DuplicateFindings.from_json(findings_read(result))


def _others(found: DuplicateFindings) -> dict[str, dict[str, str]]:
    """Return handle and address of everybody who was found, by customer id."""
    named = {
        *(hit.customer_id for hit in found.face.hits),
        *(hit.customer_id for hit in found.document.same_number),
        *(hit.customer_id for hit in found.document.same_picture),
        *found.device.customer_ids,
    }
    newest = Verification.objects.filter(customer=OuterRef("pk")).order_by("-created_at")
    customers = Customer.objects.filter(
        pk__in=[uuid.UUID(key) for key in named], data_key__destroyed_at__isnull=True
    ).annotate(newest=Subquery(newest.values("pk")[:1]))
    return {
        str(customer.pk): {"reference": customer.reference, "url": _address(customer.newest)}
        for customer in customers
    }


def _notes(found: DuplicateFindings) -> Iterator[str]:
    """Yield what could not be searched, so that nobody takes it for searched and not found."""
    if found.face.outcome in NOT_SEARCHED:
        yield NOT_SEARCHED[found.face.outcome]
    if found.face.unsearched:
        yield f"Faces that another engine described, not searched: {found.face.unsearched}."
    if not found.document.has_number:
        yield "The document number was not searched: none was read for certain."
    if not found.document.has_picture:
        yield "The photograph was not searched: it shows too little."


def _faces(
    found: DuplicateFindings, others: Mapping[str, Mapping[str, str]]
) -> list[dict[str, Any]]:
    return [
        {
            "reference": others[hit.customer_id]["reference"],
            "url": _address(hit.verification_id),
            "distance": hit.distance,
            "limit": found.face.hit_distance,
            "signs": [SIGN_LABELS[sign] for sign in hit.signs],
            "is_strict": hit.is_strict,
            "is_serious": hit.is_serious,
        }
        for hit in found.face.hits
        if hit.customer_id in others
    ]


def _documents(
    found: DuplicateFindings, others: Mapping[str, Mapping[str, str]]
) -> list[dict[str, Any]]:
    return [
        *_document_rows("Document number", found.document.same_number, others),
        *_document_rows("Photograph", found.document.same_picture, others),
    ]


def _document_rows(
    what: str, hits: Iterable[DocumentHit], others: Mapping[str, Mapping[str, str]]
) -> list[dict[str, Any]]:
    return [
        {
            "reference": others[hit.customer_id]["reference"],
            "url": _address(hit.verification_id),
            "what": what,
            "detail": "" if hit.bits is None else f"{hit.bits} of {PICTURE_BITS} bits differ",
        }
        for hit in hits
        if hit.customer_id in others
    ]


def _address(verification_id: uuid.UUID | str | None) -> str:
    if verification_id is None:
        return ""
    return reverse("admin:kyc_verification_change", args=[verification_id])
