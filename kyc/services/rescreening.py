"""A changed list against the approved: what is new on it, or all of it where it was brought back.

What customers are called is sealed under a key of each, so that there is nothing to search in. A
run opens the names of one customer after the other, compares them in memory with the new entries,
and forgets them; of too many entries, or a whole list, each customer is searched for instead. The
condition is that of a search (`kyc.screening.word_index`), so that a customer is found here
whenever their own search would find the entry.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from itertools import chain

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from fraudsite.core.each_alone import each_alone
from fraudsite.core.services.data_keys import DataKeyDestroyed
from kyc.choices import Stage, StageState, VerificationStatus
from kyc.choices_screening import HitSource
from kyc.decision.screening import ScreeningFindings
from kyc.models import Rescreening, Verification, WatchlistEntry
from kyc.screening.entries import ListedEntry
from kyc.screening.scoring import ScreenedPerson, match
from kyc.screening.word_index import WordIndex
from kyc.services.screened_people import people_of
from kyc.services.screening_hits import hits_keep
from kyc.services.stage_results import findings_read
from kyc.services.watchlist_search import POLICY, Candidate, FoundMatch, people_search
from kyc.services.watchlists import lists_in_use

# Customers after whom the place is kept at the latest: until then whoever decides one of their hits
# or erases one of them waits. At 41 ms a search of a million names (docs/screening.md) 2 s.
BATCH = 50
# A run ends after that long and the next one goes on, so that nothing else waits for it, and far
# from the task's time limit, at which the place would be lost: asked after every customer.
RUN_S = 20.0
# With more new entries than this, each customer is searched for in the database instead: a first
# import is all new, and would not fit into memory beside everything else.
IN_MEMORY = 20_000
KEPT = ("customers_count", "hits_count", "next_after", "unsearched", "finished_at")

Comparison = Callable[[Verification], int]


def rescreenings_run(*, run_s: float = RUN_S) -> int:
    """Go on with what is unfinished, the oldest first, for some seconds; return the hits raised.

    At least one customer is looked at.
    """
    until = time.monotonic() + run_s
    hits = 0
    while (found := _step(until)) is not None:
        hits += found
        if time.monotonic() > until:
            break
    return hits


def unsearched_retry(*, run_s: float = RUN_S) -> int:
    """Search for those who could not be compared, for some seconds; return how many are left.

    Each once, on all lists, which finds what those that changed would have. At least one is tried.
    """
    until = time.monotonic() + run_s
    for customer_id in _unsearched():
        _retry(customer_id)
        if time.monotonic() > until:
            break
    return len(_unsearched())


def customer_rescreen(*, verification: Verification) -> int:
    """Search all lists for one customer; return how many hits it raised.

    For who was approved while a list changed, or without having been searched for.
    """
    if not lists_in_use():
        return 0
    try:
        return _search(verification)
    except DataKeyDestroyed:
        return 0


def is_screened_on_lists_in_force(verification: Verification) -> bool:
    """Whether the present attempt was searched for on the lists as they are now."""
    results = verification.stage_results.filter(
        attempt=verification.attempt, stage=Stage.SCREENING, state=StageState.DONE
    )
    result = results.select_related("verification__customer__data_key").first()
    try:
        found = ScreeningFindings.from_json(findings_read(result)) if result else None
    except DataKeyDestroyed:
        return True
    searched = {(one.name, one.version) for one in found.lists} if found else set()
    return all((state.name, state.number) in searched for state in lists_in_use())


def _step(until: float) -> int | None:
    """Look at the next customers of the oldest unfinished rescreening; None if there is nothing."""
    with transaction.atomic():
        waiting = Rescreening.objects.select_for_update(of=("self",), skip_locked=True)
        unfinished = waiting.filter(finished_at=None).select_related("version__watchlist")
        rescreening = unfinished.order_by("pk").first()
        if rescreening is None:
            return None
        before = rescreening.hits_count
        is_retired = rescreening.version.watchlist.retired_at is not None
        # Nobody is to be found on such a list; brought back, it is compared whole.
        if is_retired or _look_at_next(rescreening, until):
            rescreening.finished_at = timezone.now()
        rescreening.save(update_fields=KEPT)
        return rescreening.hits_count - before


def _look_at_next(rescreening: Rescreening, until: float) -> bool:
    """Look at customers until the batch or the time is over; return whether they were the last."""
    compare = _comparing(rescreening)
    batch = _approved_after(rescreening.next_after)
    for verification in batch:
        hits = _alone(compare, verification)
        if hits is None:
            rescreening.unsearched.append(verification.customer_id)
        rescreening.hits_count += hits or 0
        rescreening.customers_count += 1
        rescreening.next_after = verification.customer_id
        if time.monotonic() > until:
            return False
    return len(batch) < BATCH


def _unsearched() -> list[uuid.UUID]:
    """Return whom rescreenings left out, each once, those of no rescreening always first."""
    left_out = Rescreening.objects.exclude(unsearched=[]).order_by("?")
    return list(dict.fromkeys(chain(*left_out.values_list("unsearched", flat=True))))


def _retry(customer_id: uuid.UUID) -> None:
    """Search for one whom rescreenings left out; who fails again is tried last the next time."""
    with transaction.atomic():
        # Held while the search goes on: what changes meanwhile brings a rescreening of its own.
        free = Rescreening.objects.select_for_update(skip_locked=True)
        left_out = list(free.filter(unsearched__contains=[customer_id]).order_by("pk"))
        if not left_out:
            return
        hits = _alone(_search, _approved().filter(customer_id=customer_id).first())
        left_out[0].hits_count += hits or 0
        for rescreening in left_out:
            rescreening.unsearched.remove(customer_id)
            if hits is None:
                rescreening.unsearched.append(customer_id)
            rescreening.save(update_fields=KEPT)


def _alone(compare: Comparison, verification: Verification | None) -> int | None:
    """Return the hits that a comparison raises; None if something is wrong with this customer."""
    if verification is None:
        # No longer approved, or erased.
        return 0
    with each_alone("rescreening_failed", customer_id=str(verification.customer_id)):
        try:
            with transaction.atomic():
                return compare(verification)
        except DataKeyDestroyed:
            # Erased in between: there is nobody left to find anything about.
            return 0
    return None


def _approved() -> QuerySet[Verification]:
    """Return the newest verification of each customer who is there, where it is approved."""
    newer = Verification.objects.filter(
        customer=OuterRef("customer"), created_at__gt=OuterRef("created_at")
    )
    approved = Verification.objects.filter(
        ~Exists(newer),
        status=VerificationStatus.APPROVED,
        customer__data_key__destroyed_at__isnull=True,
    )
    return approved.select_related("customer", "customer__data_key")


def _approved_after(customer_id: uuid.UUID | None) -> list[Verification]:
    approved = _approved()
    if customer_id is not None:
        approved = approved.filter(customer_id__gt=customer_id)
    return list(approved.order_by("customer_id")[:BATCH])


def _comparing(rescreening: Rescreening) -> Comparison:
    """Return what compares a customer with what the rescreening is about."""
    version = rescreening.version
    in_force = version.watchlist.active_version_id
    index = None if rescreening.is_whole_list else _new_entries(version.pk, in_force)
    return _search if index is None else partial(_compare, index)


def _search(verification: Verification) -> int:
    return _keep(verification, people_search(people_of(verification)))


def _compare(index: WordIndex[Candidate], verification: Verification) -> int:
    return _keep(verification, list(_found(people_of(verification), index)))


def _keep(verification: Verification, found: list[FoundMatch]) -> int:
    kept = hits_keep(verification=verification, found=found, source=HitSource.RESCREENING)
    return sum(one.is_raised for one in kept)


def _found(people: list[ScreenedPerson], index: WordIndex[Candidate]) -> Iterator[FoundMatch]:
    best: dict[int, FoundMatch] = {}
    for person in people:
        for candidate in index.candidates(person.name):
            compared = match(person, candidate.entry, POLICY)
            known = best.get(candidate.entry_id)
            if compared.is_hit and (known is None or compared.score > known.match.score):
                best[candidate.entry_id] = FoundMatch(candidate, person, compared)
    yield from best.values()


@lru_cache(maxsize=1)
def _new_entries(version_id: int, _in_force: int | None) -> WordIndex[Candidate] | None:
    """Return what the version brought, to be searched in memory; None if that is too much.

    Without what ended since, which is why the version in force says what is kept here.
    """
    begun = WatchlistEntry.objects.filter(begun_in_id=version_id, ended_in=None)
    if begun.count() > IN_MEMORY:
        return None
    index: WordIndex[Candidate] = WordIndex()
    for entry in begun.iterator():
        listed = ListedEntry.from_json(entry.external_id, entry.content)
        index.add(listed.names, Candidate(entry.pk, entry.watchlist_id, listed))
    return index
