"""What a list says of one person, whatever form the list comes in."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

MAX_NAMES, MAX_NAME_LENGTH = 200, 300
# Of the words of a date that could not be read, as many letters are kept for the reviewer.
MAX_UNREAD_LENGTH = 60
MONTHS = {name: number for number, name in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
)}  # fmt: skip
ISO_DATE = re.compile(r"(~?)(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$")
# "1955 to 1970", "between 1971 and 1973", "1979-1982".
SPAN = re.compile(r"(?:between )?(.+?)(?: to | and | ?[-–/] ?(?=\d{4}$))(.+)$", re.IGNORECASE)
WORDED_DATE = re.compile(r"(?:(\d{1,2}) )?(?:([A-Za-z]{3})[a-z]* )?(\d{4})$")


class ListRefused(Exception):
    """A file is no list of the form that was named; `str()` says why in a sentence."""


@dataclass(frozen=True, slots=True)
class RowRefused:
    """A row that says of nobody anything: where it stands and what is wrong."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date of birth as lists know it: a year at least, or a span of years.

    Attributes
    ----------
    last_year : int, optional
        Of a span; `year` is its first one then, and no month is kept.

    Examples
    --------
    >>> str(PartialDate.parse("1954-10")), str(PartialDate.parse("circa 1960"))
    ('1954-10', '~1960')
    >>> str(PartialDate.parse("07 Oct 1954")), PartialDate.parse("unknown")
    ('1954-10-07', None)
    >>> str(PartialDate.parse("circa 1979-1982"))
    '~1979 to 1982'
    """

    year: int
    month: int | None = None
    day: int | None = None
    is_circa: bool = False
    last_year: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Return the date in ISO 8601 or in words, or a span of two; None for anything else."""
        plain, circa = _without_circa(" ".join(text.split()))
        span = SPAN.match(plain)
        if span is None:
            return cls._point(plain, circa)
        first, last = (cls._point(*_without_circa(end)) for end in span.groups())
        if first is None or last is None or last.year < first.year:
            return None
        circa = circa or first.is_circa or last.is_circa
        last_year = last.year if last.year > first.year else None
        return cls(first.year, is_circa=circa, last_year=last_year)

    @classmethod
    def _point(cls, plain: str, circa: bool) -> Self | None:  # noqa: FBT001
        if (iso := ISO_DATE.match(plain)) is not None:
            mark, year, month, day = iso.groups()
            return cls._checked(year, int(month or 0), int(day or 0), circa or mark == "~")
        if (worded := WORDED_DATE.match(plain)) is not None:
            day, month_name, year = worded.groups()
            month = MONTHS.get((month_name or "").lower(), 0)
            return cls._checked(year, month, int(day or 0), circa)
        return None

    @classmethod
    def _checked(cls, year: str, month: int, day: int, circa: bool) -> Self | None:  # noqa: FBT001
        # A month that there is not is another thing: "1979-82" is a span.
        if not 1850 <= int(year) <= 2100 or month > 12:
            return None
        has_month = month >= 1
        has_day = has_month and 1 <= day <= 31
        return cls(int(year), month if has_month else None, day if has_day else None, circa)

    @property
    def years(self) -> range:
        """The years that are meant; of an uncertain date those that are written."""
        return range(self.year, (self.last_year or self.year) + 1)

    def __str__(self) -> str:
        parts = [f"{self.year:04}"]
        parts += [f"{part:02}" for part in (self.month, self.day) if part is not None]
        until = f" to {self.last_year:04}" if self.last_year else ""
        return ("~" if self.is_circa else "") + "-".join(parts) + until


def _without_circa(words: str) -> tuple[str, bool]:
    plain = re.sub(r"^(circa|c\.|approximately) ", "", words, flags=re.IGNORECASE)
    return plain, plain != words


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """One entry of a list.

    Attributes
    ----------
    external_id : str
        The list's own, the same in its next version.
    names : tuple of str
        The first is the chief one; at least one.
    birth_dates : tuple of PartialDate
        Any of them may be true.
    countries : tuple of str
        ISO 3166-1 alpha-3: citizenship, residence or birth, lists do not always say which.
    programmes : tuple of str
        Why the person is listed, in the list's words.
    is_person : bool
        False: a company, ship or other thing, which no customer can be.
    unread_births : tuple of str
        Further dates of birth, in words that could not be read: any year may be meant.
    """

    external_id: str
    names: tuple[str, ...]
    birth_dates: tuple[PartialDate, ...] = ()
    countries: tuple[str, ...] = ()
    programmes: tuple[str, ...] = ()
    note: str = ""
    is_person: bool = True
    unread_births: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return what is stored of the entry."""
        return {
            "names": list(self.names),
            "birth_dates": [*map(str, self.birth_dates), *self.unread_births],
            "countries": list(self.countries),
            "programmes": list(self.programmes),
            "note": self.note,
        }

    @classmethod
    def from_json(cls, external_id: str, value: Mapping[str, Any]) -> Self:
        """Return the entry that `to_json` wrote."""
        dates, unread = clean_dates(value["birth_dates"])
        return cls(
            external_id,
            tuple(value["names"]),
            dates,
            tuple(value["countries"]),
            tuple(value["programmes"]),
            value["note"],
            unread_births=unread,
        )

    @property
    def birth_years(self) -> tuple[int, ...] | None:
        """The years in which the person may be born; None when the list leaves that open.

        Examples
        --------
        >>> dates = (PartialDate(1960, 5), PartialDate(1954, last_year=1956))
        >>> ListedEntry("1", ("Ann",), dates).birth_years
        (1954, 1955, 1956, 1960)
        >>> ListedEntry("1", ("Ann",), (PartialDate(1960, is_circa=True),)).birth_years is None
        True
        """
        is_open = self.unread_births or any(date.is_circa for date in self.birth_dates)
        if is_open or not self.birth_dates:
            return None
        return tuple(sorted({year for date in self.birth_dates for year in date.years}))

    @property
    def digest(self) -> str:
        """SHA-256 of the content; another one means that the entry was changed."""
        text = json.dumps(self.to_json(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def in_order(name: str) -> str:
    """Turn "SURNAME, Given" round, so that the given names stand beside each other.

    Examples
    --------
    >>> in_order("DOE, John Henry")
    'John Henry DOE'
    """
    surname, comma, given = name.partition(", ")
    return f"{given} {surname}" if comma else name


def clean_names(names: Iterable[str]) -> tuple[str, ...]:
    """Return names without blanks, repetitions and what is too long to be one."""
    tidy = (" ".join(name.split()) for name in names)
    kept = dict.fromkeys(name for name in tidy if name and len(name) <= MAX_NAME_LENGTH)
    return tuple(kept)[:MAX_NAMES]


def clean_dates(texts: Iterable[str]) -> tuple[tuple[PartialDate, ...], tuple[str, ...]]:
    """Return the dates that could be read, and the words of the others, each once."""
    read = {text: PartialDate.parse(text) for text in texts}
    dates = dict.fromkeys(date for date in read.values() if date is not None)
    unread = (" ".join(text.split()) for text, date in read.items() if date is None)
    return tuple(dates), tuple(
        dict.fromkeys(text[:MAX_UNREAD_LENGTH].strip() for text in unread if text)
    )
