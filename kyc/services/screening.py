"""Screening a verification: everything the customer is called, against every list in use."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from kyc.choices import Stage
from kyc.choices_screening import HitSource
from kyc.decision.declared import icao_state
from kyc.decision.screening import (
    FeatureFinding,
    MatchFinding,
    ScreeningFindings,
    SearchedList,
)
from kyc.models import ScreeningHit, Verification
from kyc.screening.scoring import ScreenedPerson
from kyc.services.customers import details_read
from kyc.services.screening_hits import hits_keep
from kyc.services.stage_results import findings_read
from kyc.services.watchlist_search import POLICY, FoundMatch, people_search
from kyc.services.watchlists import ListState, lists_in_use

ENGINE, ENGINE_VERSION = "watchlists", "2026-11.1"


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


def people_of(verification: Verification) -> list[ScreenedPerson]:
    """Return whom to search for: the person as declared, and as the document has them."""
    people = [_declared(verification), _read(verification)]
    return list(dict.fromkeys(person for person in people if person is not None))


def _declared(verification: Verification) -> ScreenedPerson | None:
    details = details_read(verification.customer)
    if details is None:
        return None
    name = f"{details.given_names} {details.surname}"
    countries = _countries(details.nationality, verification.issuing_country)
    return ScreenedPerson(name, details.birth_date, countries, "declared")


def _read(verification: Verification) -> ScreenedPerson | None:
    """Return the person of the newest document that was read; a refused reading counts too."""
    results = verification.stage_results.filter(stage=Stage.DOCUMENT).order_by("-attempt")
    result = results.select_related("verification__customer__data_key").first()
    fields = _mrz_fields(findings_read(result)) if result is not None else None
    if fields is None:
        return None
    name = f"{fields['given_names']} {fields['surname']}".strip()
    born = fields["birth_date"]
    countries = _countries(icao_state(fields["nationality"]), icao_state(fields["issuing_state"]))
    return ScreenedPerson(name, date.fromisoformat(born) if born else None, countries, "document")


def _mrz_fields(findings: dict[str, Any]) -> dict[str, Any] | None:
    mrz = findings.get("mrz")
    return dict(mrz["fields"]) if mrz else None


def _countries(*codes: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for code in codes if code))


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
