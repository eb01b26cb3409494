"""Dates as documents print them, in figures or with the month's name in many languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

# First letters of the months as documents abbreviate them, without diacritics: English, French,
# German, Spanish, Portuguese, Italian, Dutch, Scandinavian, Polish, Czech, Croatian, Romanian,
# Turkish. What means different months in two of them is left out.
_MONTHS: tuple[str, ...] = (
    "JAN JANV JANUARY JANVIER JANUAR ENE ENERO GEN GENNAIO STY LED SIJ IAN OCA",
    "FEB FEV FEVR FEVRIER FEBRUARY FEBRUAR FEBRERO FEBBRAIO LUT UNO VELJ SUB",
    "MAR MARS MARCH MARZ MAERZ MRZ MARZO MARCO MRT MAART BRE OZU",
    "APR AVR AVRIL APRIL ABR ABRIL APRILE KWI DUB TRA NIS",
    "MAY MAI MAJ MAYO MAIO MAG MAGGIO MEI KVE SVI",
    "JUN JUNE JUIN JUNI JUNIO JUNHO GIU GIUGNO CZE IUN HAZ",
    "JUL JULY JUIL JUILLET JULI JULIO JULHO LUG LUGLIO CVC IUL TEM",
    "AUG AUGUST AOU AOUT AGO AGOSTO AUGUSTUS SIE KOL",
    "SEP SEPT SEPTEMBER SEPTEMBRE SET SETT SEPTIEMBRE SETEMBRO WRZ ZAR RUJ EYL",
    "OCT OCTOBER OCTOBRE OKT OKTOBER OUT OUTUBRO OTT OTTOBRE PAZ RIJ EKI",
    "NOV NOVEMBER NOVEMBRE NOVIEMBRE NOVEMBRO STU KAS",
    "DEC DECEMBER DECEMBRE DEZ DEZEMBER DIC DICIEMBRE DEZEMBRO DICEMBRE DES GRU PRO ARA",
)
MONTHS = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}

# Documents run for fifteen years at most; residence permits of the old longer.
YEARS_AHEAD = 20

_BETWEEN = r"\s{0,2}[./,\-\s]\s{0,2}"
# Letters that a reader takes for figures' neighbours; only inside a run that is a date otherwise.
_FIGURE = "[0-9OIL]"
_DAY_FIRST = re.compile(
    rf"(?<!\w)({_FIGURE}{{1,2}}){_BETWEEN}({_FIGURE}{{1,2}}){_BETWEEN}({_FIGURE}{{4}}|{_FIGURE}{{2}})(?!\w)"
)
_YEAR_FIRST = re.compile(
    rf"(?<!\w)({_FIGURE}{{4}}){_BETWEEN}({_FIGURE}{{1,2}}){_BETWEEN}({_FIGURE}{{1,2}})(?!\w)"
)
_NAME = r"([A-Z]{3,10})\.?(?:\s?/\s?[A-Z]{3,10}\.?)?"
_NAMED = re.compile(
    rf"(?<![0-9])({_FIGURE}{{1,2}})[\s./\-]{{0,2}}{_NAME}[\s./\-]{{0,3}}([0-9]{{4}}|[0-9]{{2}})(?!\w)"
)
_NAME_FIRST = re.compile(rf"(?<!\w){_NAME}\s{{0,2}}([0-9]{{1,2}}),?\s{{1,2}}([0-9]{{4}})(?!\w)")


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A date as it stands there, and the days that it may mean.

    ``days`` has two entries where day and month could be either way round, and where the century
    is open; the first is the more usual: the day before the month, the later year
    that a document may run to.
    """

    text: str
    days: tuple[date, ...]


def find_dates(text: str, *, today: date) -> tuple[PrintedDate, ...]:
    """Find every date in a line of print.

    Parameters
    ----------
    text : str
        A line, in any case and with any diacritics.
    today : date
        Orders the centuries of two-digit years: at most twenty years ahead comes first.

    Returns
    -------
    tuple of PrintedDate
        In the order in which they stand.

    Examples
    --------
    >>> today = date(2026, 5, 1)
    >>> [found.days[0].isoformat() for found in find_dates("12 AUG/AOÛT 1974", today=today)]
    ['1974-08-12']
    >>> [found.days[0].isoformat() for found in find_dates("06.04.2032 1974-08-12", today=today)]
    ['2032-04-06', '1974-08-12']
    >>> find_dates("12/31/1990", today=today)[0].days
    (datetime.date(1990, 12, 31),)
    >>> find_dates("99.99.2000", today=today)
    ()
    """
    plain = _plain(text)
    found = sorted(_all(plain, today), key=lambda one: (one[0], -len(one[1].text)))
    kept: list[tuple[int, PrintedDate]] = []
    for start, printed in found:
        if not kept or start >= kept[-1][0] + len(kept[-1][1].text):
            kept.append((start, printed))
    return tuple(printed for _, printed in kept)


def _plain(text: str) -> str:
    """Capitals without diacritics."""
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).upper()


def _all(plain: str, today: date) -> Iterator[tuple[int, PrintedDate]]:
    for match in _YEAR_FIRST.finditer(plain):
        yield from _printed(match, [(match[1], match[2], match[3])], today)
    for match in _DAY_FIRST.finditer(plain):
        both = [(match[3], match[2], match[1]), (match[3], match[1], match[2])]
        yield from _printed(match, both, today)
    for match in _NAMED.finditer(plain):
        yield from _printed(match, [(match[3], _month(match[2]), match[1])], today)
    for match in _NAME_FIRST.finditer(plain):
        yield from _printed(match, [(match[3], _month(match[1]), match[2])], today)


def _month(name: str) -> str:
    number = MONTHS.get(name) or MONTHS.get(name[:4]) or MONTHS.get(name[:3]) or 0
    return str(number)


def _printed(
    match: re.Match[str], parts: list[tuple[str, str, str]], today: date
) -> Iterator[tuple[int, PrintedDate]]:
    days = [day for year, month, number in parts for day in _days(year, month, number, today)]
    if days:
        yield match.start(), PrintedDate(match[0], tuple(dict.fromkeys(days)))


def _days(year: str, month: str, day: str, today: date) -> list[date]:
    figures = [_figures(part) for part in (year, month, day)]
    years = [figures[0]] if len(year) == 4 else _centuries(figures[0], today)
    found = []
    for full_year in years:
        try:
            found.append(date(full_year, figures[1], figures[2]))
        except ValueError:
            continue
    return [one for one in found if 1900 <= one.year <= today.year + 60]


def _figures(text: str) -> int:
    return int(text.translate(str.maketrans("OIL", "011")))


def _centuries(two_digits: int, today: date) -> list[int]:
    later, earlier = 2000 + two_digits, 1900 + two_digits
    return [later, earlier] if later <= today.year + YEARS_AHEAD else [earlier, later]
