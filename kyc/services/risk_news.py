"""What happens to a customer that may change their risk, and what is done about it.

Imported by `kyc.consumers`.
"""

from __future__ import annotations

from uuid import UUID

from fraudsite.core.outbox import Event, consumes
from kyc.models import Verification
from kyc.selectors import customer_of_verification
from kyc.services.devices import DEVICE_SHARED
from kyc.services.rescreening import customer_rescreen, is_screened_on_lists_in_force
from kyc.services.risk import risk_assess
from kyc.services.screening_hits import SCREENING_HIT

APPROVED = "kyc.verification.approved"


@consumes(
    APPROVED,
    "kyc.verification.declined",
    "kyc.verification.in_review",
    "kyc.verification.resubmit",
    name="kyc.assess_verification",
)
def assess_verification(event: Event) -> None:
    """Assess a customer whose verification was decided."""
    customer_id = customer_of_verification(event.aggregate_id)
    if customer_id is not None:
        risk_assess(customer_id=customer_id, occasion=event.kind)


@consumes(SCREENING_HIT, "kyc.screeninghit.*", name="kyc.assess_hit")
def assess_hit(event: Event) -> None:
    """Assess a customer who may be on a list, or about whom a person said."""
    risk_assess(customer_id=UUID(event.payload["customer_id"]), occasion=event.kind)


@consumes(DEVICE_SHARED, name="kyc.assess_device")
def assess_device(event: Event) -> None:
    """Assess everybody on a device that got another customer."""
    for customer_id in event.payload["customer_ids"]:
        risk_assess(customer_id=UUID(customer_id), occasion=event.kind)


@consumes(APPROVED, name="kyc.rescreen_approved")
def rescreen_approved(event: Event) -> None:
    """Search for a customer who was approved on other lists than those in force, or on none.

    A list that changes between search and approval is compared with the approved before they are.
    """
    related = Verification.objects.select_related("customer", "customer__data_key")
    verification = related.filter(pk=event.aggregate_id).first()
    if verification is not None and not is_screened_on_lists_in_force(verification):
        customer_rescreen(verification=verification)
