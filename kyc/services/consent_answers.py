"""Answering the question about biometrics: with a yes or a no."""

from __future__ import annotations

from django.db import transaction

from fraudsite.core.actors import Actor
from fraudsite.core.services.audit import audit_record
from kyc.choices import ConsentPurpose
from kyc.consent_text import BIOMETRICS
from kyc.models import Consent, Verification
from kyc.services.consent_withdrawal import faces_unsent_delete
from kyc.services.face_templates import templates_forget
from kyc.services.locks import lock_collecting


def consent_answer(*, verification: Verification, is_granted: bool, actor: Actor) -> Consent:
    """Record an answer to the present text about biometrics; the newest answer counts."""
    with transaction.atomic():
        current = lock_collecting(verification)
        consent = Consent.objects.create(
            customer=current.customer,
            purpose=ConsentPurpose.BIOMETRICS,
            text_version=BIOMETRICS.version,
            text_hash=BIOMETRICS.sha256,
            is_granted=is_granted,
        )
        if not is_granted:
            # Of an earlier yes: nothing is to be compared with it any more.
            templates_forget(customer_id=current.customer_id)
            faces_unsent_delete(current, actor=actor)
        audit_record(
            actor=actor,
            action="consent.granted" if is_granted else "consent.refused",
            target=current.customer,
            details={"purpose": consent.purpose, "text_version": consent.text_version},
        )
    return consent
