"""Locking a verification's row: always first, before anything that belongs to it."""

from __future__ import annotations

from kyc.choices import VerificationStatus
from kyc.models import Verification
from kyc.refusals import ChangedElsewhere


def verification_lock(verification: Verification) -> Verification:
    """Return the row as it is now, locked until the transaction ends."""
    return (
        Verification.objects.select_for_update(of=("self",))
        .select_related("customer", "customer__data_key")
        .get(pk=verification.pk)
    )


def lock_collecting(verification: Verification) -> Verification:
    """Return the locked row; raises ChangedElsewhere unless it still collects."""
    current = verification_lock(verification)
    if current.status != VerificationStatus.COLLECTING:
        raise ChangedElsewhere
    return current
