"""Background work on cases."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from cases.services.applying import decisions_apply_due
from cases.services.links import links_gather
from cases.services.sweeping import cases_sweep

# Runs every minute; what a missed run or a long transaction left out, the next ones catch.
LINK_WINDOW = timedelta(minutes=15)


@shared_task(ignore_result=True)
def apply_decisions() -> int:
    """Carry out decisions whose ten seconds are over."""
    return decisions_apply_due()


@shared_task(ignore_result=True)
def sweep_cases() -> dict[str, int]:
    """Warn, raise priorities, release what lies idle, resume what was put off."""
    return cases_sweep()


@shared_task(ignore_result=True)
def gather_links() -> None:
    """Note which devices, addresses and payees recent payments and visits had."""
    links_gather(since=timezone.now() - LINK_WINDOW)
