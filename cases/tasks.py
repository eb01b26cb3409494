"""Background work on cases."""

from __future__ import annotations

from celery import shared_task

from cases.services.applying import decisions_apply_due
from cases.services.sweeping import cases_sweep


@shared_task(ignore_result=True)
def apply_decisions() -> int:
    """Carry out decisions whose ten seconds are over."""
    return decisions_apply_due()


@shared_task(ignore_result=True)
def sweep_cases() -> dict[str, int]:
    """Warn, raise priorities, release what lies idle, resume what was put off."""
    return cases_sweep()
