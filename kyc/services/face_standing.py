"""Which faces may be searched now, asked of the database and never copied into a column."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from kyc.choices import ConsentPurpose, VerificationStatus
from kyc.models import Consent, FaceTemplate

Numbers = npt.NDArray[np.int64]

# Not the approved alone: who is approved later is not searched for again, so that two with one face
# would both get through.
UNDECIDED = (VerificationStatus.PROCESSING, VerificationStatus.IN_REVIEW)
SEARCHED = (VerificationStatus.APPROVED, *UNDECIDED)

# Each of the four is read in an index alone. Joined to the faces, as it was, the same took 43 ms
# with 100,000 of them and not 9, and more with every customer who is declined.
# Uses indexes: kyc_face_template_listed, core_datakey_destroyed, kyc_consent_against.
STANDING = """
SELECT kept.count, kept.highest, erased.count, against.count
FROM (SELECT count(*), coalesce(max(id), 0) AS highest FROM kyc_facetemplate
      WHERE workspace_id = %(workspace_id)s) AS kept,
     (SELECT count(*) FROM core_datakey WHERE destroyed_at IS NOT NULL) AS erased,
     (SELECT count(*) FROM kyc_consent
      WHERE NOT is_granted OR withdrawn_at IS NOT NULL) AS against
"""
# Faces that may never be searched again: a key does not come back, and a later consent is one to
# later faces.
BARRED = """
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
"""
# As one value, eight bytes a number: as rows, 100,000 take five times as long.
NUMBERS = """
SELECT coalesce(string_agg(int8send(id), ''), '') FROM kyc_facetemplate
WHERE workspace_id = %(workspace_id)s
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """What tells whether the faces that may be in memory are still the same ones.

    Attributes
    ----------
    kept, highest : int
        How many faces of a workspace there are, and up to which number. Numbers become visible in
        their order, so the two tell every change of the rows.
    erased, against : int
        Data keys that were destroyed, consents that were refused or withdrawn. Neither is ever
        taken back, so the counts tell every change.
    """

    kept: int = 0
    highest: int = 0
    erased: int = 0
    against: int = 0


def standing_read(workspace_id: uuid.UUID) -> Standing:
    """Return how the faces of a workspace stand now."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING, {"workspace_id": workspace_id})
        return Standing(*cursor.fetchone())


def barred_read(workspace_id: uuid.UUID) -> frozenset[int]:
    """Return the numbers of the faces whose customer is erased or takes them back."""
    asked: dict[str, Any] = {"workspace_id": workspace_id, "purpose": ConsentPurpose.BIOMETRICS}
    with connection.cursor() as cursor:
        cursor.execute(BARRED, asked)
        return frozenset(pk for (pk,) in cursor.fetchall())


def numbers_read(workspace_id: uuid.UUID) -> Numbers:
    """Return the numbers of all faces of a workspace."""
    with connection.cursor() as cursor:
        cursor.execute(NUMBERS, {"workspace_id": workspace_id})
        (packed,) = cursor.fetchone()
        return np.frombuffer(packed, ">i8").astype(np.int64)


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


def searchable_among(workspace_id: uuid.UUID, numbers: Collection[int]) -> frozenset[int]:
    """Return those of a few faces that may be searched now."""
    if not numbers:
        return frozenset()
    rows = searchable(workspace_id).filter(pk__in=numbers)
    return frozenset(rows.values_list("pk", flat=True))
