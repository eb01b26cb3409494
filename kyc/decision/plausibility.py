"""What cannot be on a genuine document, whoever it belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from kyc.vision.mrz.dates import MAX_EXPIRY_YEARS_AHEAD
from kyc.vision.mrz.states import is_known_state

# The oldest person whose age was ever proven reached 122 years.
OLDEST_YEARS = 122
# ICAO Doc 9303-4 recommends ten years; some states add what was left of the passport before (up to
# nine months). Cards of the old run for decades, so of them only the day of expiry is bounded, as
# zones bound it; licences that run until their holder is 65 go to a person with the rest.
LONGEST_PASSPORT_YEARS = 11

SENTENCES: MappingProxyType[str, str] = MappingProxyType(
    {
        "birth_in_future": "The date of birth is in the future.",
        "older_than_anybody": "The date of birth makes the holder older than anybody ever was.",
        "issued_in_future": "The document is said to be issued in the future.",
        "issued_before_birth": "The document was issued before its holder was born.",
        "expires_before_birth": "The document expires before its holder was born.",
        "expires_before_issue": "The document expires before it was issued.",
        "expires_too_late": "The document expires later than documents do.",
        "valid_too_long": "The passport is valid for longer than passports are.",
        "issuing_state_unknown": "There is no state or organisation of the issuer's code.",
        "nationality_unknown": "There is no state of the nationality's code.",
    }
)


@dataclass(frozen=True, slots=True)
class DocumentDates:
    """The dates of a document; None for one that was not read."""

    birth: date | None = None
    issue: date | None = None
    expiry: date | None = None


def impossible_dates(
    dates: DocumentDates, *, today: date, is_passport: bool = False
) -> tuple[str, ...]:
    """Return the codes of what cannot be, in the order of `SENTENCES`.

    Parameters
    ----------
    dates : DocumentDates
    today : date
    is_passport : bool
        Only of passports is it known for how long they are issued.

    Examples
    --------
    >>> impossible_dates(
    ...     DocumentDates(birth=date(1990, 1, 1), issue=date(1989, 1, 1)), today=date(2026, 5, 1)
    ... )
    ('issued_before_birth',)
    """
    return tuple(_impossible(dates, today, is_passport=is_passport))


def _impossible(dates: DocumentDates, today: date, *, is_passport: bool) -> Iterator[str]:
    birth, issue, expiry = dates.birth, dates.issue, dates.expiry
    if birth and birth > today:
        yield "birth_in_future"
    if birth and _whole_years(birth, today) > OLDEST_YEARS:
        yield "older_than_anybody"
    if issue and issue > today:
        yield "issued_in_future"
    if birth and issue and issue < birth:
        yield "issued_before_birth"
    if birth and expiry and expiry < birth:
        yield "expires_before_birth"
    if issue and expiry and expiry < issue:
        yield "expires_before_issue"
    if expiry and expiry.year > today.year + MAX_EXPIRY_YEARS_AHEAD:
        yield "expires_too_late"
    if is_passport and issue and expiry and _whole_years(issue, expiry) >= LONGEST_PASSPORT_YEARS:
        yield "valid_too_long"


def _whole_years(start: date, end: date) -> int:
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def unknown_states(*, issuing_state: str, nationality: str) -> tuple[str, ...]:
    """Return the codes of states that do not exist; what was not read is not asked about.

    Examples
    --------
    >>> unknown_states(issuing_state="XYZ", nationality="D")
    ('issuing_state_unknown',)
    """
    asked = (("issuing_state_unknown", issuing_state), ("nationality_unknown", nationality))
    return tuple(code for code, state in asked if state and not is_known_state(state))
