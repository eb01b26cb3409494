"""Faces in numbers: kept sealed under the customer's data key, deleted with the consent to them."""

from __future__ import annotations

import uuid

import numpy as np
import numpy.typing as npt
from django.db import connection, transaction

from fraudsite.core.services.data_keys import open_bytes, seal_bytes
from kyc.models import Customer, FaceTemplate, Verification
from kyc.services.consents import has_biometric_consent

Embedding = npt.NDArray[np.float32]

# Little-endian four-byte floats, whatever machine wrote them.
STORED = np.dtype("<f4")


def template_keep(
    verification: Verification, embedding: Embedding, *, engine: str, engine_version: str
) -> bool:
    """Keep the face of a verification, in place of an earlier one; False without consent.

    It is compared with others only while the verification is approved or may yet be: while the
    pipeline is at work on it, and while it waits for a person.
    """
    value = np.ascontiguousarray(embedding, STORED).tobytes()
    with transaction.atomic():
        # Whoever withdraws the consent holds this row too: no face is kept after it went.
        customer = (
            Customer.objects.select_for_update(of=("self",))
            .select_related("data_key")
            .get(pk=verification.customer_id)
        )
        if not has_biometric_consent(customer):
            return False
        _one_at_a_time(customer.workspace_id)
        # A new row and not a changed one: galleries in memory know a face by its row's number.
        FaceTemplate.objects.filter(verification=verification).delete()
        FaceTemplate.objects.create(
            workspace_id=customer.workspace_id,
            customer=customer,
            data_key=customer.data_key,
            verification=verification,
            attempt=verification.attempt,
            embedding_sealed=seal_bytes(
                data_key=customer.data_key, value=value, context=template_context(verification.pk)
            ),
            engine=engine,
            engine_version=engine_version,
        )
    return True


def _one_at_a_time(workspace_id: uuid.UUID) -> None:
    """Have rows become visible in the order of their numbers: a search relies on it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"kyc:faces:{workspace_id}"])


def template_embedding(template: FaceTemplate) -> Embedding:
    """Return the face, decrypted."""
    opened = open_bytes(
        data_key=template.data_key,
        sealed=template.embedding_sealed,
        context=template_context(template.verification_id),
    )
    return embedding_of(opened)


def embedding_of(opened: bytes) -> Embedding:
    """Return the numbers that a decrypted template holds."""
    return np.frombuffer(opened, STORED).astype(np.float32)


def template_context(verification_id: uuid.UUID) -> str:
    """Return what binds the sealed face to its verification."""
    return f"verification:{verification_id}:face-template"


def templates_forget(*, customer_id: uuid.UUID) -> int:
    """Delete the faces of a customer; running galleries drop them at their next search."""
    deleted, _ = FaceTemplate.objects.filter(customer_id=customer_id).delete()
    return deleted
