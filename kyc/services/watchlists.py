"""Watchlists: which there are, whether they may be relied on, and who is told if not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from fraudsite.core.actors import Actor
from fraudsite.core.models import User
from fraudsite.core.outbox import publish
from fraudsite.core.services.audit import audit_record
from kyc.models import Rescreening, Watchlist, WatchlistVersion
from kyc.refusals import Refusal

WATCHLIST_UNUSABLE = "kyc.watchlist.unusable"
# A changed list that the approved are not through with by then is for somebody to look at.
RESCREENING_DUE = timedelta(hours=1)


class ListTrouble(StrEnum):
    """Why a list cannot be relied on."""

    NONE = ""
    EMPTY = "empty"
    STALE = "stale"
    FAILED = "failed"
    # By the approved alone: whoever is verified is searched for as ever.
    UNSEARCHED = "unsearched"


@dataclass(frozen=True, slots=True)
class ListState:
    """A list in use as it is now. `number` is that of the version in force, 0 for none."""

    name: str
    version_id: int | None
    number: int
    entries_count: int
    imported_at: datetime | None
    trouble: ListTrouble
    sentence: str


def lists_in_use() -> list[ListState]:
    """Return the state of every list that is not retired, by name; none: not configured."""
    lists = Watchlist.objects.filter(retired_at=None).select_related("active_version")
    return [list_state(watchlist) for watchlist in lists.order_by("name")]


def screening_is_configured() -> bool:
    """Whether customers are to be searched for on any list."""
    return Watchlist.objects.filter(retired_at=None).exists()


def list_state(watchlist: Watchlist) -> ListState:
    """Return whether a list may be relied on, and if not why."""
    active = watchlist.active_version
    trouble, sentence = _trouble(watchlist, active)
    return ListState(
        name=watchlist.name,
        version_id=active.pk if active else None,
        number=active.number if active else 0,
        entries_count=active.entries_count if active else 0,
        imported_at=active.created_at if active else None,
        trouble=trouble,
        sentence=sentence,
    )


def trouble_to_tell(watchlist: Watchlist) -> tuple[ListTrouble, str]:
    """Return what the people in charge should know of a list, and a sentence about it.

    Why it cannot be relied on; or else that the approved have not been compared with it.
    """
    state = list_state(watchlist)
    return (state.trouble, state.sentence) if state.trouble else _unsearched(watchlist)


def watchlists_watch() -> int:
    """Tell of each list that cannot be relied on, once a day; return how many."""
    lists = Watchlist.objects.filter(retired_at=None).order_by("name")
    return sum(_tell(name) for name in lists.values_list("name", flat=True))


def watchlist_retire(*, name: str, analyst: User) -> None:
    """Take a list out of use; what was found on it stays."""
    in_use = Watchlist.objects.filter(pk=name, retired_at=None)
    with transaction.atomic():
        if not in_use.exists():
            raise Refusal("not_in_use", "This list is not in use.")
        # An import holds the row for minutes: nobody waits that long for a page.
        watchlist = in_use.select_for_update(skip_locked=True).first()
        if watchlist is None:
            raise Refusal("being_imported", "This list is being imported. Retire it afterwards.")
        watchlist.retired_at = timezone.now()
        watchlist.save(update_fields=["retired_at"])
        audit_record(actor=Actor.of_user(analyst), action="watchlist.retired", target=watchlist)


def _trouble(watchlist: Watchlist, active: WatchlistVersion | None) -> tuple[ListTrouble, str]:
    newest = watchlist.versions.order_by("-number").first()
    if newest is not None and newest.refusal:
        return ListTrouble.FAILED, f"The last import was refused: {newest.refusal}"
    if active is None or not active.entries_count:
        return ListTrouble.EMPTY, "The list names nobody."
    age = timezone.now() - active.created_at
    if age > timedelta(days=watchlist.max_age_days):
        limit = watchlist.max_age_days
        return ListTrouble.STALE, f"Imported {age.days} days ago; {limit} are allowed."
    return ListTrouble.NONE, ""


def _unsearched(watchlist: Watchlist) -> tuple[ListTrouble, str]:
    rescreenings = Rescreening.objects.filter(version__watchlist=watchlist)
    due = timezone.now() - RESCREENING_DUE
    late = rescreenings.filter(finished_at=None, begun_at__lt=due).order_by("pk").first()
    if late is not None:
        sentence = (
            f"The approved are being compared with it since {late.begun_at:%Y-%m-%d %H:%M} UTC; "
            f"{late.customers_count} were."
        )
        return ListTrouble.UNSEARCHED, sentence
    left = rescreenings.exclude(unsearched=[]).values_list("unsearched", flat=True)
    count = len({customer_id for customer_ids in left for customer_id in customer_ids})
    if not count:
        return ListTrouble.NONE, ""
    sentence = (
        f"Of the approved, {count} could not be compared with it; the worker's log says at "
        "rescreening_failed who they are, by id, and why."
    )
    return ListTrouble.UNSEARCHED, sentence


def _tell(name: str) -> bool:
    """Publish a list's trouble unless it was told already today."""
    with transaction.atomic():
        # Passed over while it is imported: the import watches when it is done.
        free = Watchlist.objects.select_for_update(of=("self",), skip_locked=True)
        watchlist = free.filter(pk=name).first()
        if watchlist is None:
            return False
        trouble, _ = trouble_to_tell(watchlist)
        newest = watchlist.versions.order_by("-number").values_list("number", flat=True).first()
        about = f"{trouble}:{newest or 0}:{timezone.now():%Y-%m-%d}" if trouble else ""
        if about == watchlist.alerted_about:
            return False
        watchlist.alerted_about = about
        watchlist.save(update_fields=["alerted_about"])
        if about:
            publish(
                kind=WATCHLIST_UNUSABLE,
                aggregate=watchlist,
                payload={"trouble": str(trouble), "version": newest or 0},
            )
        return bool(about)
