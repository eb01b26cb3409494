"""One face against those of the other customers, with what else they have in common."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from kyc.decision.duplicates import FaceHit, FaceSearch, FaceSearchOutcome
from kyc.models import FaceTemplate, Verification
from kyc.services.consents import has_biometric_consent
from kyc.services.duplicate_signs import signs_shared
from kyc.services.face_gallery import Nearest, Shelf, faces_nearest
from kyc.services.face_standing import UNDECIDED, searchable
from kyc.services.face_templates import template_embedding
from kyc.vision.faces.engines import calibration_of, engine_named
from kyc.vision.faces.gallery import DuplicatePolicy, duplicate_policy

MAX_HITS = 10


def face_search(verification: Verification) -> FaceSearch:
    """Search the face that the present attempt has shown; without consent nothing is searched."""
    if not has_biometric_consent(verification.customer):
        return FaceSearch(FaceSearchOutcome.NO_CONSENT)
    own = (
        FaceTemplate.objects.select_related("data_key")
        .filter(verification=verification, attempt=verification.attempt)
        .first()
    )
    if own is None:
        return FaceSearch(FaceSearchOutcome.NO_FACE)
    nearest = faces_nearest(
        Shelf(own.workspace_id, own.engine, own.engine_version),
        template_embedding(own),
        passed_over=_passed_over(own),
        limit=MAX_HITS,
    )
    policy = _policy(own.engine, nearest.searched)
    return FaceSearch(
        FaceSearchOutcome.SEARCHED,
        searched=nearest.searched,
        unsearched=nearest.unsearched,
        hit_distance=policy.hit_distance,
        strict_distance=policy.strict_distance,
        meaning=policy.words if nearest.searched else "",
        hits=_hits(verification, nearest, policy),
    )


def _passed_over(own: FaceTemplate) -> set[int]:
    """Return the customer's own faces, and those that came later and are not through either.

    Of two who come at once only the second finds the other: the first is not held up by whoever
    imitates them.
    """
    own_faces = FaceTemplate.objects.filter(customer_id=own.customer_id)
    later = FaceTemplate.objects.filter(
        pk__gt=own.pk,
        workspace_id=own.workspace_id,
        verification__status__in=UNDECIDED,
    )
    # Two statements: joined by OR they would read every row.
    return {*own_faces.values_list("pk", flat=True), *later.values_list("pk", flat=True)}


def _policy(engine: str, gallery_size: int) -> DuplicatePolicy:
    return duplicate_policy(gallery_size, calibration=calibration_of(engine_named(engine)))


def _hits(
    verification: Verification, nearest: Nearest, policy: DuplicatePolicy
) -> tuple[FaceHit, ...]:
    """Return one hit a customer, the nearest first."""
    near = {n.id: n.distance for n in nearest.neighbours if n.distance <= policy.hit_distance}
    if not near:
        return ()
    # Looked up again: nothing of whoever went while the gallery was searched is shown.
    rows = searchable(verification.customer.workspace_id).filter(pk__in=list(near))
    found: dict[uuid.UUID, FaceTemplate] = {}
    for row in sorted(_with_owners(rows), key=lambda row: near[row.pk]):
        found.setdefault(row.customer_id, row)
    signs = signs_shared(verification, [row.verification for row in found.values()])
    return tuple(
        FaceHit(
            customer_id=str(customer_id),
            verification_id=str(row.verification_id),
            distance=near[row.pk],
            is_strict=near[row.pk] <= policy.strict_distance,
            signs=signs[customer_id],
        )
        for customer_id, row in found.items()
    )


def _with_owners(rows: QuerySet[FaceTemplate]) -> QuerySet[FaceTemplate]:
    return rows.select_related("verification__customer__data_key")
