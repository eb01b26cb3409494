"""Approved customers with sealed faces and documents' fingerprints, as many as are asked for."""

from __future__ import annotations

import numpy as np
from django.core.management import call_command
from django.db import connection

from fraudsite.core.crypto.envelope import seal
from fraudsite.core.models import DataKey, Workspace
from fraudsite.core.services.data_keys import data_keys_create_many, master_key_ring, open_data_key
from kyc.choices import ConsentPurpose, VerificationStatus
from kyc.consent_text import BIOMETRICS
from kyc.models import Consent, Customer, DocumentFingerprint, FaceTemplate, Verification
from kyc.services.document_fingerprints import Shown
from kyc.services.face_gallery import Shelf
from kyc.services.face_templates import STORED, Embedding, template_context, template_keep
from kyc.vision.faces.engines import DLIB

BATCH = 10_000
VERSION = "bench"
# Of the faces that are kept: customers who were declined, who are never named.
DECLINED_SHARE = 0.1


def customers_fill(count: int) -> tuple[Verification, Shelf, Shown]:
    """Make the customers; return a further one under way, with a face and a document to search."""
    call_command("migrate", interactive=False, verbosity=0)
    workspace = Workspace.objects.live()
    rng = np.random.default_rng(11)
    for start in range(0, count, BATCH):
        _fill(min(BATCH, count - start), workspace, rng)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    newcomer = newcomer_make(workspace, rng)
    shown = Shown(rng.bytes(32), tuple(rng.bytes(32) for _ in range(4)))
    return newcomer, Shelf(workspace.pk, DLIB.label, VERSION), shown


def newcomer_make(workspace: Workspace, rng: np.random.Generator) -> Verification:
    """Have one more customer arrive, with a consent and a face, as the pipeline finds them."""
    (arrived,) = _verifications(1, workspace, VerificationStatus.PROCESSING)
    template_keep(arrived, _face(rng), engine=DLIB.label, engine_version=VERSION)
    return Verification.objects.select_related("customer__data_key").get(pk=arrived.pk)


def _fill(count: int, workspace: Workspace, rng: np.random.Generator) -> None:
    ring = master_key_ring()
    verifications = _verifications(count, workspace, VerificationStatus.APPROVED)
    templates = []
    for verification in verifications:
        customer = verification.customer
        templates.append(
            FaceTemplate(
                workspace=workspace,
                customer=customer,
                data_key=customer.data_key,
                verification=verification,
                attempt=1,
                embedding_sealed=seal(
                    open_data_key(customer.data_key, ring),
                    _face(rng).astype(STORED).tobytes(),
                    template_context(verification.pk),
                ),
                engine=DLIB.label,
                engine_version=VERSION,
            )
        )
    FaceTemplate.objects.bulk_create(templates)
    declined = verifications[: round(DECLINED_SHARE * count)]
    Verification.objects.filter(pk__in=[one.pk for one in declined]).update(
        status=VerificationStatus.DECLINED
    )
    DocumentFingerprint.objects.bulk_create(
        DocumentFingerprint(
            workspace=workspace,
            customer=verification.customer,
            verification=verification,
            attempt=1,
            number_hash=rng.bytes(32),
            picture_hash=rng.bytes(32),
        )
        for verification in verifications
    )


def _verifications(count: int, workspace: Workspace, status: str) -> list[Verification]:
    keys: list[DataKey] = data_keys_create_many(count)
    customers = Customer.objects.bulk_create(
        Customer(workspace=workspace, data_key=key) for key in keys
    )
    Consent.objects.bulk_create(
        Consent(
            customer=customer,
            purpose=ConsentPurpose.BIOMETRICS,
            text_version=BIOMETRICS.version,
            text_hash=BIOMETRICS.sha256,
            is_granted=True,
        )
        for customer in customers
    )
    return Verification.objects.bulk_create(
        Verification(customer=customer, status=status) for customer in customers
    )


def _face(rng: np.random.Generator) -> Embedding:
    return rng.normal(0, 0.05, 128).astype(np.float32)
