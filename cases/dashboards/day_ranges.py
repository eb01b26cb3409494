"""The days that a dashboard is about. A day begins and ends at midnight UTC, for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from kyc.refusals import Refusal

# A year and a leap day: what a page still shows legibly, and a bound for what a query reads.
LONGEST_DAYS = 366
# Numbers of days that have a button of their own.
PRESETS = (1, 7, 30, 90)
USUAL_DAYS = 30


@dataclass(frozen=True, slots=True)
class DayRange:
    """Days from the first to the last, both included.

    Examples
    --------
    >>> range_ = DayRange(date(2026, 2, 27), date(2026, 3, 1))
    >>> range_.days, [day.day for day in range_]
    (3, [27, 28, 1])
    >>> range_.end.isoformat()
    '2026-03-02T00:00:00+00:00'
    """

    first: date
    last: date

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=number) for number in range(self.days))

    @property
    def days(self) -> int:
        """How many days there are."""
        return (self.last - self.first).days + 1

    @property
    def start(self) -> datetime:
        """The moment the first day begins."""
        return datetime.combine(self.first, time.min, UTC)

    @property
    def end(self) -> datetime:
        """The moment after the last day: not part of it."""
        return datetime.combine(self.last + timedelta(days=1), time.min, UTC)


def last_days(number: int, today: date) -> DayRange:
    """Return that many days, today being the last of them.

    Examples
    --------
    >>> last_days(7, date(2026, 3, 1)).first
    datetime.date(2026, 2, 23)
    """
    return DayRange(today - timedelta(days=number - 1), today)


def asked_range(days: str, first: str, last: str, today: date) -> DayRange:
    """Return the range that an address asks for: the last days, or from one day to another.

    Parameters
    ----------
    days : str
        A whole number of days, which counts if neither day is given; empty: `USUAL_DAYS`.
    first, last : str
        ISO 8601 days; one alone is refused, as is one in the future.

    Raises
    ------
    Refusal
        With the field that is wrong and what to do about it.

    Examples
    --------
    >>> asked_range("", "2026-01-30", "2026-02-01", date(2026, 3, 1)).days
    3
    """
    if not first and not last:
        return last_days(_number(days), today)
    range_ = DayRange(_day(first, "from"), _day(last, "to"))
    if range_.first > range_.last:
        raise Refusal("days_reversed", "The first day lies after the last one.", field="from")
    if range_.last > today:
        sentence = f"The last day lies in the future; today is {today}."
        raise Refusal("day_in_future", sentence, field="to")
    if range_.days > LONGEST_DAYS:
        raise _too_long("from")
    return range_


def _number(days: str) -> int:
    if not days:
        return USUAL_DAYS
    # `isdecimal` takes other scripts' digits too, and `int` reads them.
    if not (days.isdecimal() and len(days) <= 4 and int(days) > 0):
        raise Refusal("days_unknown", "`days` is a whole number from 1.", field="days")
    if int(days) > LONGEST_DAYS:
        raise _too_long("days")
    return int(days)


def _day(text: str, field: str) -> date:
    if not text:
        raise Refusal("day_missing", "Say both the first and the last day.", field=field)
    try:
        return date.fromisoformat(text)
    except ValueError:
        sentence = "Write a day as year-month-day, such as 2026-03-01."
        raise Refusal("day_unknown", sentence, field=field) from None


def _too_long(field: str) -> Refusal:
    return Refusal("range_too_long", f"At most {LONGEST_DAYS} days can be shown.", field=field)
