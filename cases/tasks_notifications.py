"""Background work of notifications; registered through `cases.notifications.consumers`."""

from __future__ import annotations

import threading

from celery import shared_task

from fraudsite.core.base_task import note_expected

# Servers out there may take their time. The worker of small tasks has few threads, and the outbox
# must not wait behind a slow mail server, so at most one of them sends. What another would have
# sent is found by the one that does, or by the next run.
SENDING = threading.Lock()


@shared_task(ignore_result=True)
def send_notifications() -> int:
    """Send what is due; return how many messages were tried."""
    # Every process knows its tasks; what reaches out, half a second to load, only who sends needs.
    from cases.services.notification_sending import deliveries_send_due  # noqa: PLC0415

    if not SENDING.acquire(blocking=False):
        note_expected("already_sending")
        return 0
    try:
        return deliveries_send_due()
    finally:
        SENDING.release()


@shared_task(ignore_result=True)
def purge_notifications() -> int:
    """Delete what the delivery log has kept for long enough; return how many rows."""
    from cases.services.notification_sending import deliveries_purge  # noqa: PLC0415 - as above

    return deliveries_purge()
