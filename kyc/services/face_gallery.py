"""The faces of customers, held in the memory of each process that searches them.

Held are the faces of approved verifications, and of those that the pipeline is at work on: of two
customers with one face who come at the same moment, the second must find the first.

The database stays the only truth. Every search first asks it, in one statement, how many faces
there are and how many of them may not be searched, with a checksum of which; when that differs from
what is in memory, the difference is fetched. So a customer whose data key is destroyed, who
withdraws consent or whose approval is taken back is out of a process's memory before its next
answer.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import numpy as np
import structlog
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from fraudsite.core.crypto.envelope import SealBroken
from fraudsite.core.services.data_keys import DataKeyDestroyed
from kyc.choices import ConsentPurpose, VerificationStatus
from kyc.models import Consent, FaceTemplate
from kyc.services.face_templates import Embedding, template_embedding
from kyc.vision.faces.gallery import Gallery, Neighbour

logger = structlog.get_logger(__name__)

# Rows a statement: 5,000 are some 4 MB, and loading 100,000 is not quicker with more.
LOAD_BATCH = 5000
SEARCHED = (VerificationStatus.APPROVED, VerificationStatus.PROCESSING)
NOT_SEARCHED = [status.value for status in VerificationStatus if status not in SEARCHED]

# Counts what is there and what of it may not be searched, and not what may: the exceptions are few
# and found by indexes. With 100,000 faces that takes a sixteenth of the time that joining all of
# them to keys, verifications and consents does, a third where 15 % are not approved.
# Uses index: kyc_face_template_listed.
STANDING = """
WITH barred AS (
    SELECT face.id FROM kyc_facetemplate AS face
    JOIN kyc_verification AS verification ON verification.id = face.verification_id
    WHERE verification.status = ANY(%(not_searched)s) AND face.workspace_id = %(workspace_id)s
    UNION
    SELECT face.id FROM kyc_facetemplate AS face
    JOIN core_datakey AS data_key ON data_key.id = face.data_key_id
    WHERE data_key.destroyed_at IS NOT NULL AND face.workspace_id = %(workspace_id)s
    UNION
    SELECT face.id FROM kyc_facetemplate AS face
    JOIN kyc_consent AS consent ON consent.customer_id = face.customer_id
    WHERE consent.purpose = %(purpose)s AND face.workspace_id = %(workspace_id)s
      AND (NOT consent.is_granted OR consent.withdrawn_at IS NOT NULL)
      AND (NOT consent.is_granted AND consent.answered_at >= face.created_at
           OR consent.withdrawn_at >= face.created_at)
)
SELECT kept.count, kept.checksum, away.count, away.checksum
FROM (SELECT count(*), sum(hashint8(id)) AS checksum FROM kyc_facetemplate
      WHERE workspace_id = %(workspace_id)s) AS kept,
     (SELECT count(*), sum(hashint8(id)) AS checksum FROM barred) AS away
"""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Which faces may be compared with one another: of one workspace, described by one engine."""

    workspace_id: uuid.UUID
    engine: str
    engine_version: str


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest faces, and how many there were.

    Attributes
    ----------
    neighbours : tuple of Neighbour
        By the number of their `FaceTemplate`.
    searched : int
        Faces that were compared.
    unsearched : int
        Faces that should have been and could not: of another engine, or damaged.
    """

    neighbours: tuple[Neighbour, ...]
    searched: int
    unsearched: int


@dataclass(frozen=True, slots=True)
class _Standing:
    """How many faces there are in a workspace and how many may not be searched; and which."""

    kept: int
    kept_checksum: int | None
    barred: int
    barred_checksum: int | None

    @property
    def searchable(self) -> int:
        return self.kept - self.barred


@dataclass(slots=True)
class _Held:
    gallery: Gallery
    standing: _Standing | None = None


_held: dict[Shelf, _Held] = {}
_refreshing = threading.Lock()


def faces_nearest(
    shelf: Shelf, embedding: Embedding, *, passed_over: Iterable[int], limit: int
) -> Nearest:
    """Return the faces nearest to a face, but for those passed over.

    The first call of a process loads them all; measured in docs/duplicates.md.
    """
    with _refreshing:
        gallery, standing = _refreshed(shelf, dimensions=len(embedding))
    excluded: set[Hashable] = {pk for pk in passed_over if pk in gallery}
    neighbours = gallery.nearest(embedding, limit, exclude=excluded) if len(gallery) else ()
    return Nearest(neighbours, len(gallery) - len(excluded), standing.searchable - len(gallery))


def searchable(workspace_id: uuid.UUID) -> QuerySet[FaceTemplate]:
    """Return the faces that may be searched now: of existing, consenting customers."""
    against = Consent.objects.filter(
        Q(is_granted=False, answered_at__gte=OuterRef("created_at"))
        | Q(withdrawn_at__gte=OuterRef("created_at")),
        customer_id=OuterRef("customer_id"),
        purpose=ConsentPurpose.BIOMETRICS,
    )
    return FaceTemplate.objects.filter(
        ~Exists(against),
        workspace_id=workspace_id,
        verification__status__in=SEARCHED,
        data_key__destroyed_at__isnull=True,
    )


def galleries_drop() -> None:
    """Let go of every face in this process's memory; the next search loads them again."""
    with _refreshing:
        _held.clear()


def _refreshed(shelf: Shelf, *, dimensions: int) -> tuple[Gallery, _Standing]:
    held = _held.setdefault(shelf, _Held(Gallery(dimensions)))
    # Asked before the rows: what changes in between is a difference that the next search sees.
    standing = _standing(shelf.workspace_id)
    if standing != held.standing:
        _take_over_changes(shelf, held.gallery)
        held.standing = standing
    return held.gallery, standing


def _standing(workspace_id: uuid.UUID) -> _Standing:
    with connection.cursor() as cursor:
        cursor.execute(
            STANDING,
            {
                "workspace_id": workspace_id,
                "not_searched": NOT_SEARCHED,
                "purpose": ConsentPurpose.BIOMETRICS,
            },
        )
        return _Standing(*cursor.fetchone())


def _take_over_changes(shelf: Shelf, gallery: Gallery) -> None:
    wanted = _on(shelf)
    ids = set(wanted.values_list("pk", flat=True))
    gone = gallery.ids - ids
    for pk in gone:
        gallery.remove(pk)
    new = sorted(ids - gallery.ids)
    for start in range(0, len(new), LOAD_BATCH):
        _load(wanted.filter(pk__in=new[start : start + LOAD_BATCH]), gallery)
    logger.info("face_gallery_refreshed", added=len(new), removed=len(gone), size=len(gallery))


def _on(shelf: Shelf) -> QuerySet[FaceTemplate]:
    return searchable(shelf.workspace_id).filter(
        engine=shelf.engine, engine_version=shelf.engine_version
    )


def _load(templates: QuerySet[FaceTemplate], gallery: Gallery) -> None:
    keys: list[int] = []
    faces: list[Embedding] = []
    for template in templates.select_related("data_key"):
        face = _opened(template)
        if face is not None:
            keys.append(template.pk)
            faces.append(face)
    if keys:
        gallery.add_many(keys, np.stack(faces))


def _opened(template: FaceTemplate) -> Embedding | None:
    """Return a face; None when its key went in this moment or its bytes were altered."""
    try:
        return template_embedding(template)
    except (DataKeyDestroyed, SealBroken) as trouble:
        logger.error(
            "face_template_unreadable", template_id=template.pk, error_type=type(trouble).__name__
        )
        return None
