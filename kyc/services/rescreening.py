"""A changed list against the approved: only what is new on it, only those who are customers.

What customers are called is sealed under a key of each, so that there is nothing to search in. A
run opens the names of some hundred customers at a time, compares them in memory with the new
entries, and forgets them. The condition is that of a search (`kyc.screening.word_index`), so that
a customer is found here whenever their own search would find the entry.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from functools import lru_cache

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

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

# Customers whose names are in memory at a time, and after whom the place is kept.
BATCH = 200
# A run ends after that long and the next one goes on, so that nothing else waits for it.
RUN_S = 20.0
# With more new entries than this, each customer is searched for in the database instead: a first
# import is all new, and would not fit into memory beside everything else.
IN_MEMORY = 20_000


def rescreenings_run(*, run_s: float = RUN_S) -> int:
    """Go on with what is unfinished, the oldest first, for some seconds; return the hits found."""
    until = time.monotonic() + run_s
    hits = 0
    while time.monotonic() < until:
        found = _step()
        if found is None:
            break
        hits += found
    return hits


def customer_rescreen(*, verification: Verification) -> int:
    """Search all lists for one customer; return how many hits it raised.

    For who was approved while a list changed, or without having been searched for.
    """
    if not lists_in_use():
        return 0
    try:
        return _keep(verification, people_search(people_of(verification)))
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


def _step() -> int | None:
    """Look at the next customers of the oldest unfinished rescreening; None if there is nothing."""
    with transaction.atomic():
        waiting = Rescreening.objects.select_for_update(skip_locked=True).filter(finished_at=None)
        rescreening = waiting.order_by("pk").first()
        if rescreening is None:
            return None
        batch = _approved_after(rescreening.next_after)
        hits = sum(_compare(verification, rescreening.version_id) for verification in batch)
        rescreening.customers_count += len(batch)
        rescreening.hits_count += hits
        if batch:
            rescreening.next_after = batch[-1].customer_id
        if len(batch) < BATCH:
            rescreening.finished_at = timezone.now()
        rescreening.save(
            update_fields=["customers_count", "hits_count", "next_after", "finished_at"]
        )
        return hits


def _approved_after(customer_id: uuid.UUID | None) -> list[Verification]:
    """Return the newest verification of the next customers, where it is approved."""
    newer = Verification.objects.filter(
        customer=OuterRef("customer"), created_at__gt=OuterRef("created_at")
    )
    approved = Verification.objects.filter(
        ~Exists(newer),
        status=VerificationStatus.APPROVED,
        customer__data_key__destroyed_at__isnull=True,
    )
    if customer_id is not None:
        approved = approved.filter(customer_id__gt=customer_id)
    related = approved.select_related("customer", "customer__data_key")
    return list(related.order_by("customer_id")[:BATCH])


def _compare(verification: Verification, version_id: int) -> int:
    index = _new_entries(version_id)
    try:
        people = people_of(verification)
        found = people_search(people) if index is None else list(_found(people, index))
        return _keep(verification, found)
    except DataKeyDestroyed:
        # Erased in between: there is nobody left to find anything about.
        return 0


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
def _new_entries(version_id: int) -> WordIndex[Candidate] | None:
    """Return what the version brought, to be searched in memory; None if that is too much."""
    begun = WatchlistEntry.objects.filter(begun_in_id=version_id, ended_in=None)
    if begun.count() > IN_MEMORY:
        return None
    index: WordIndex[Candidate] = WordIndex()
    for entry in begun.iterator():
        listed = ListedEntry.from_json(entry.external_id, entry.content)
        index.add(listed.names, Candidate(entry.pk, entry.watchlist_id, listed))
    return index
