"""Answers to the consent texts."""

from __future__ import annotations

from django.db import transaction

from fraudsite.core.actors import Actor
from fraudsite.core.services.audit import audit_record
from kyc.choices import ConsentPurpose
from kyc.consent_text import BIOMETRICS
from kyc.models import Consent, Customer, FaceTemplate, Verification
from kyc.services.locks import lock_collecting


def consent_answer(*, verification: Verification, is_granted: bool, actor: Actor) -> Consent:
    """Record an answer to the present text about biometrics; the newest answer counts."""
    with transaction.atomic():
        customer = lock_collecting(verification).customer
        consent = Consent.objects.create(
            customer=customer,
            purpose=ConsentPurpose.BIOMETRICS,
            text_version=BIOMETRICS.version,
            text_hash=BIOMETRICS.sha256,
            is_granted=is_granted,
        )
        if not is_granted:
            # Of an earlier yes: nothing is to be compared with it any more.
            FaceTemplate.objects.filter(customer=customer).delete()
        audit_record(
            actor=actor,
            action="consent.granted" if is_granted else "consent.refused",
            target=customer,
            details={"purpose": consent.purpose, "text_version": consent.text_version},
        )
    return consent


def consent_current(customer: Customer) -> Consent | None:
    """Return the answer that counts, None when the present text was not answered yet."""
    return (
        Consent.objects.filter(
            customer=customer,
            purpose=ConsentPurpose.BIOMETRICS,
            text_hash=BIOMETRICS.sha256,
            withdrawn_at=None,
        )
        .order_by("-answered_at", "-id")
        .first()
    )


def has_biometric_consent(customer: Customer) -> bool:
    """Whether biometrics may be processed for this customer now."""
    consent = consent_current(customer)
    return consent is not None and consent.is_granted
