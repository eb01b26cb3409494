"""Background work on transactions."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from transactions.services.devices import devices_gather

# Runs every minute; what a missed run or a long transaction left out, the next ones catch.
WINDOW = timedelta(minutes=15)


@shared_task(ignore_result=True)
def gather_devices() -> None:
    """Register the devices and addresses of recent transactions."""
    devices_gather(since=timezone.now() - WINDOW)
