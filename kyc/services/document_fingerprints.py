"""Which documents and photographs were shown before, kept so that they cannot be read back."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from fraudsite.core.blind_index import blind_index
from kyc.decision.declared import icao_state
from kyc.decision.duplicates import DocumentHit
from kyc.models import Customer, DocumentFingerprint, Verification
from kyc.models.document_fingerprint import bits_of
from kyc.vision.picture_hash import SAME_PICTURE_BITS

MAX_HITS = 20

# Materialised: else the planner walks all rows in the order of their customers. The rows of a
# customer whose data key is destroyed stay until they are forgotten, and match nobody.
SAME_PICTURE = """
WITH near AS MATERIALIZED (
    SELECT * FROM (
        SELECT id, customer_id, verification_id, least(
            bit_count(picture_hash # %(turned_0)s::bit(256)),
            bit_count(picture_hash # %(turned_1)s::bit(256)),
            bit_count(picture_hash # %(turned_2)s::bit(256)),
            bit_count(picture_hash # %(turned_3)s::bit(256))) AS bits
        FROM kyc_documentfingerprint
        WHERE workspace_id = %(workspace_id)s AND customer_id <> %(own_id)s
    ) AS compared WHERE bits <= %(bits)s
)
SELECT DISTINCT ON (near.customer_id) near.customer_id, near.verification_id, near.bits FROM near
JOIN kyc_customer AS customer ON customer.id = near.customer_id
JOIN core_datakey AS data_key ON data_key.id = customer.data_key_id
WHERE data_key.destroyed_at IS NULL
ORDER BY near.customer_id, near.bits, near.id LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """What of a document can be known again.

    Attributes
    ----------
    number_hash : bytes or None
        From `number_hash`; None when no number was read for certain.
    picture_hashes : tuple of bytes
        Of the photograph in its four rotations (`kyc.vision.picture_hash`), or none.
    """

    number_hash: bytes | None
    picture_hashes: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class ShownBefore:
    """Other customers with the same number, and with the same photograph."""

    same_number: tuple[DocumentHit, ...]
    same_picture: tuple[DocumentHit, ...]


def number_hash(*, issuing_state: str, number: str) -> bytes | None:
    """Return the keyed hash of a document's number; None for no number."""
    plain = re.sub(r"[^A-Z0-9]", "", number.upper())
    if not plain:
        return None
    return blind_index(f"{icao_state(issuing_state)}:{plain}", purpose="document_number")


def fingerprint_record(verification: Verification, shown: Shown) -> ShownBefore:
    """Remember what an attempt showed, and return who else showed it.

    One at a time in a workspace: of two customers who show one document at the same moment, the
    second to come finds the first.
    """
    with transaction.atomic():
        _one_at_a_time(verification.customer.workspace_id)
        covered = tuple(_covered(found) for found in shown.picture_hashes)
        DocumentFingerprint.objects.update_or_create(
            verification=verification,
            attempt=verification.attempt,
            defaults={
                "workspace_id": verification.customer.workspace_id,
                "customer_id": verification.customer_id,
                "number_hash": shown.number_hash,
                "picture_hash": covered[0] if covered else None,
            },
        )
        return ShownBefore(
            _same_number(verification, shown.number_hash), _same_picture(verification, covered)
        )


def customers_with_document(
    customer: Customer, *, among: Iterable[uuid.UUID]
) -> frozenset[uuid.UUID]:
    """Return which of these customers ever showed a document that this customer showed as well."""
    own = DocumentFingerprint.objects.filter(customer=customer, number_hash__isnull=False)
    same = DocumentFingerprint.objects.filter(
        customer_id__in=list(among), number_hash__in=own.values("number_hash")
    )
    return frozenset(same.values_list("customer_id", flat=True))


def fingerprints_forget(*, customer_id: uuid.UUID) -> int:
    """Delete what a customer showed; return how many rows there were."""
    deleted, _ = DocumentFingerprint.objects.filter(customer_id=customer_id).delete()
    return deleted


def _one_at_a_time(workspace_id: uuid.UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext(%s))", [f"kyc:documents:{workspace_id}"]
        )


def _covered(picture_hash: bytes) -> bytes:
    """Lay the installation's pad over a hash: distances stay, what the picture looked like goes."""
    pad = blind_index("pad", purpose="document_picture")
    return bytes(one ^ other for one, other in zip(picture_hash, pad, strict=True))


def _of_others(verification: Verification) -> QuerySet[DocumentFingerprint]:
    return DocumentFingerprint.objects.filter(
        workspace_id=verification.customer.workspace_id,
        customer__data_key__destroyed_at__isnull=True,
    ).exclude(customer_id=verification.customer_id)


def _same_number(verification: Verification, hashed: bytes | None) -> tuple[DocumentHit, ...]:
    if hashed is None:
        return ()
    # Uses index: kyc_document_number.
    found = _of_others(verification).filter(number_hash=hashed)
    newest = found.order_by("customer_id", "-id").distinct("customer_id")[:MAX_HITS]
    return tuple(DocumentHit(str(row.customer_id), str(row.verification_id)) for row in newest)


def _same_picture(
    verification: Verification, covered: tuple[bytes, ...]
) -> tuple[DocumentHit, ...]:
    if not covered:
        return ()
    wanted: dict[str, Any] = {
        f"turned_{turns}": bits_of(found) for turns, found in enumerate(covered)
    }
    wanted |= {
        "workspace_id": verification.customer.workspace_id,
        "own_id": verification.customer_id,
        "bits": SAME_PICTURE_BITS,
        "limit": MAX_HITS,
    }
    with connection.cursor() as cursor:
        cursor.execute(SAME_PICTURE, wanted)
        found = sorted(cursor.fetchall(), key=lambda row: int(row[2]))
    return tuple(
        DocumentHit(str(customer), str(shown_in), bits) for customer, shown_in, bits in found
    )
