"""Background work of screening and risk; registered through `kyc.consumers`."""

from __future__ import annotations

from smtplib import SMTPException
from uuid import UUID

from celery import shared_task

from fraudsite.core.base_task import enqueue_on_commit

# Every process knows its tasks; what compares names, a third of a second to load, only the worker
# that runs them needs: hence the imports inside.


@shared_task(ignore_result=True)
def rescreen() -> int:
    """Go on comparing the approved with what changed on a list; return the hits found."""
    from kyc.services.rescreening import rescreenings_run  # noqa: PLC0415 - see above

    return rescreenings_run()


@shared_task(ignore_result=True)
def watch_watchlists() -> int:
    """Tell of lists in trouble, return how many; try again whom no list could be compared with."""
    from kyc.services.rescreening import unsearched_retry  # noqa: PLC0415 - see above
    from kyc.services.watchlists import watchlists_watch  # noqa: PLC0415 - see above

    # First of all: whoever takes all of the task's time is among those to tell of.
    told = watchlists_watch()
    unsearched_retry()
    return told


@shared_task(
    autoretry_for=(OSError, SMTPException),
    retry_backoff=30,
    retry_backoff_max=3600,
    max_retries=8,
    ignore_result=True,
)
def send_watchlist_alarm(name: str) -> int:
    """Write to the people in charge of a list that cannot be relied on; return how many."""
    from kyc.services.watchlist_alarms import alarm_send  # noqa: PLC0415 - see above

    return alarm_send(name)


@shared_task(ignore_result=True)
def assess_everybody(after: str = "") -> int:
    """Assess customers for some seconds, and leave the rest to the next task."""
    from kyc.services.risk import everybody_assess  # noqa: PLC0415 - see above

    done = everybody_assess(after=UUID(after) if after else None, occasion="daily")
    if done.last is not None:
        enqueue_on_commit(assess_everybody, str(done.last))
    return done.changed
