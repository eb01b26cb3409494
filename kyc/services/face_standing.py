"""Which faces may be searched now, asked of the database and never copied into a column."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from kyc.choices import ConsentPurpose, VerificationStatus
from kyc.models import Consent, FaceTemplate

SEARCHED = (VerificationStatus.APPROVED, VerificationStatus.PROCESSING)
NOT_SEARCHED = [status.value for status in VerificationStatus if status not in SEARCHED]

# The faces that may not be searched now. They are few and found by indexes: with 100,000 faces,
# counting them beside what is there takes a sixteenth of the time that joining all faces to their
# keys, verifications and consents does, and a third where 15 % are not approved.
BARRED = """
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
"""
# Uses index: kyc_face_template_listed.
STANDING = """
WITH barred AS ({barred})
SELECT kept.count, kept.highest, away.count, away.checksum
FROM (SELECT count(*), coalesce(max(id), 0) AS highest FROM kyc_facetemplate
      WHERE workspace_id = %(workspace_id)s) AS kept,
     (SELECT count(*), coalesce(sum(hashint8(id)), 0) AS checksum FROM barred) AS away
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """How many faces of a workspace there are, up to which number, and which may not be searched.

    Numbers become visible in their order, so `kept` and `highest` tell every change of the rows.
    """

    kept: int = 0
    highest: int = 0
    barred: int = 0
    barred_checksum: int = 0

    @property
    def searchable(self) -> int:
        """How many faces may be searched, whichever engine described them."""
        return self.kept - self.barred


def standing_read(workspace_id: uuid.UUID) -> Standing:
    """Return how the faces of a workspace stand now."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING.format(barred=BARRED), _asked(workspace_id))
        return Standing(*map(int, cursor.fetchone()))


def barred_read(workspace_id: uuid.UUID) -> frozenset[int]:
    """Return the numbers of the faces that may not be searched now."""
    with connection.cursor() as cursor:
        cursor.execute(BARRED, _asked(workspace_id))
        return frozenset(pk for (pk,) in cursor.fetchall())


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


def _asked(workspace_id: uuid.UUID) -> dict[str, Any]:
    return {
        "workspace_id": workspace_id,
        "not_searched": NOT_SEARCHED,
        "purpose": ConsentPurpose.BIOMETRICS,
    }
