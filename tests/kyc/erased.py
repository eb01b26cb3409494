"""A customer of whom everything is known that can be, and their erasure."""

from __future__ import annotations

from pathlib import Path

from kyc.choices import VerificationStatus
from kyc.models import Customer, Device, DeviceSighting, Verification
from kyc.services.duplicates import find_duplicates
from kyc.services.erasure import ErasureReport, customer_erase
from kyc.services.risk import risk_assess
from kyc.services.screening import screen
from tests.kyc.conftest import Traveller
from tests.kyc.duplicates import TESTS, document_show, face, face_show, put
from tests.kyc.watchlist_files import CARLA, OTHERS, take_in


def known_customer(traveller: Traveller, folder: Path) -> Verification:
    """Return the verification of Carla, approved: pictures, face, document, device, hit, risk."""
    traveller.reaches_submit()
    verification = traveller.verification
    put(verification, VerificationStatus.PROCESSING)
    face_show(verification, face(1))
    document_show(verification, "L898902C3", nationality="UTO")
    find_duplicates(verification)
    DeviceSighting.objects.create(
        device=Device.objects.create(), customer=verification.customer, ip_address="192.0.2.1"
    )
    take_in(folder, [CARLA, *OTHERS])
    screen(verification)
    risk_assess(customer_id=verification.customer_id, occasion="tests")
    put(verification, VerificationStatus.APPROVED)
    return verification


def erase(verification: Verification, *, is_dry_run: bool = False) -> ErasureReport:
    """Erase whose verification it is."""
    return customer_erase(
        customer=Customer.objects.get(pk=verification.customer_id),
        actor=TESTS,
        reason="customer_request",
        is_dry_run=is_dry_run,
    )
