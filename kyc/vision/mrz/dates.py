"""Six-digit dates of a machine-readable zone, with their century."""

from __future__ import annotations

from datetime import date

# Documents run for at most ten to fifteen years, residence cards of some states for thirty. What
# could be 1999 or 2099 is taken for the past, so that it is refused rather than trusted.
LATEST_EXPIRY_YEARS_AHEAD = 50
# Residence permits and identity cards of the old run for 10 to 30 years.
MAX_EXPIRY_YEARS_AHEAD = 30


def birth_date_of(text: str, *, today: date) -> date | None:
    """The latest day with these two-digit figures that is not in the future.

    Parameters
    ----------
    text : str
        ``YYMMDD``; fillers stand for unknown figures.
    today : date

    Returns
    -------
    date or None
        None when a figure is unknown or there is no such day.

    Examples
    --------
    >>> birth_date_of("740812", today=date(2026, 5, 1))
    datetime.date(1974, 8, 12)
    >>> birth_date_of("260812", today=date(2026, 5, 1))
    datetime.date(1926, 8, 12)
    """
    return _latest(text, not_after=today)


def expiry_date_of(text: str, *, today: date) -> date | None:
    """The latest day with these two-digit figures less than fifty years ahead.

    Examples
    --------
    >>> expiry_date_of("120415", today=date(2026, 5, 1))
    datetime.date(2012, 4, 15)
    >>> expiry_date_of("350101", today=date(2026, 5, 1))
    datetime.date(2035, 1, 1)
    """
    return _latest(text, not_after=date(today.year + LATEST_EXPIRY_YEARS_AHEAD, 12, 31))


def _latest(text: str, *, not_after: date) -> date | None:
    if len(text) != 6 or not (text.isascii() and text.isdigit()):
        return None
    year, month, day = int(text[:2]), int(text[2:4]), int(text[4:])
    century = not_after.year // 100 * 100
    for start in (century, century - 100):
        found = _day(start + year, month, day)
        if found and found <= not_after:
            return found
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
