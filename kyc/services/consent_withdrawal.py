"""Taking consent back: what was made from the face goes in the same moment."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from fraudsite.core.actors import Actor
from fraudsite.core.services.audit import audit_record
from kyc.choices import ConsentPurpose
from kyc.models import Consent, Customer
from kyc.services.face_templates import templates_forget


def consent_withdraw(*, customer: Customer, actor: Actor) -> bool:
    """Withdraw consent to biometrics and delete the customer's faces; False if there was none."""
    with transaction.atomic():
        # Whoever keeps a face holds this row too: none is kept after the consent to it went.
        Customer.objects.select_for_update().get(pk=customer.pk)
        granted = Consent.objects.filter(
            customer=customer,
            purpose=ConsentPurpose.BIOMETRICS,
            is_granted=True,
            withdrawn_at=None,
        )
        if not granted.update(withdrawn_at=timezone.now()):
            return False
        audit_record(
            actor=actor,
            action="consent.withdrawn",
            target=customer,
            details={
                "purpose": ConsentPurpose.BIOMETRICS.value,
                "faces_deleted": templates_forget(customer_id=customer.pk),
            },
        )
    return True
