"""Screening a verification: everything the customer is called, against every list in use."""

from __future__ import annotations

from dataclasses import asdict

from kyc.choices_screening import HitSource
from kyc.decision.screening import (
    FeatureFinding,
    MatchFinding,
    ScreeningFindings,
    SearchedList,
)
from kyc.models import ScreeningHit, Verification
from kyc.services.screened_people import people_of
from kyc.services.screening_hits import hits_keep
from kyc.services.watchlist_search import POLICY, FoundMatch, people_search
from kyc.services.watchlists import ListState, lists_in_use

ENGINE, ENGINE_VERSION = "watchlists", "2026-11.2"


def screen(verification: Verification) -> ScreeningFindings | None:
    """Search the lists for a verification's customer; None when there is no list.

    Hits are kept (`ScreeningHit`), and those that a person told apart before come back as such.
    Runs twice without harm.
    """
    lists = lists_in_use()
    if not lists:
        return None
    found = people_search(people_of(verification))
    kept = hits_keep(verification=verification, found=found, source=HitSource.VERIFICATION)
    return ScreeningFindings(
        lists=tuple(map(_searched, lists)),
        matches=tuple(_finding(one.hit, match) for one, match in zip(kept, found, strict=True)),
        limit=POLICY.hit_from,
    )


def _searched(state: ListState) -> SearchedList:
    return SearchedList(
        state.name, state.number, state.entries_count, str(state.trouble), state.sentence
    )


def _finding(hit: ScreeningHit, found: FoundMatch) -> MatchFinding:
    return MatchFinding(
        hit_id=str(hit.pk),
        status=str(hit.status),
        list_name=found.candidate.list_name,
        external_id=found.candidate.entry.external_id,
        score=found.match.score,
        source=found.person.source,
        programmes=found.candidate.entry.programmes,
        features=tuple(
            FeatureFinding(**{**asdict(feature), "state": str(feature.state)})
            for feature in found.match.features
        ),
    )
