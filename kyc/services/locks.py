"""Locking a verification: its row always first, before anything that belongs to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

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


@contextmanager
def alone_at_work(verification: Verification, work: str) -> Iterator[bool]:
    """Hold what takes seconds and no transaction; yields False where somebody else is at it.

    A lock of the database connection, so that it goes with a process that dies.
    """
    key = [f"kyc:{work}:{verification.pk}"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", key)
        (is_alone,) = cursor.fetchone()
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", key)
