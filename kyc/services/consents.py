"""The answer to the consent text that counts."""

from __future__ import annotations

from kyc.choices import ConsentPurpose
from kyc.consent_text import BIOMETRICS
from kyc.models import Consent, Customer


def consent_current(customer: Customer) -> Consent | None:
    """Return the answer that counts, also one taken back; None when nobody asked yet.

    An answer to an earlier text does not count.
    """
    return (
        Consent.objects.filter(
            customer=customer, purpose=ConsentPurpose.BIOMETRICS, text_hash=BIOMETRICS.sha256
        )
        .order_by("-answered_at", "-id")
        .first()
    )


def has_biometric_consent(customer: Customer) -> bool:
    """Whether biometrics may be processed for this customer now."""
    consent = consent_current(customer)
    return consent is not None and consent.is_granted and consent.withdrawn_at is None


def consent_held(customer: Customer) -> bool:
    """Whether biometrics may be processed, which stays so until the transaction ends.

    Whoever takes the consent back waits for the customer's row.
    """
    Customer.objects.select_for_update(no_key=True, of=("self",)).get(pk=customer.pk)
    return has_biometric_consent(customer)
