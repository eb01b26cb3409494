"""Which run of print is which field, by the labels around it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from kyc.vision.visual_zone.labels import (
    LICENCE_NUMBERS,
    FieldName,
    label_of,
    numbered_label,
    plain_words,
)
from kyc.vision.visual_zone.layout import Run, run_of
from kyc.vision.visual_zone.printed_dates import find_dates

DATES: tuple[FieldName, ...] = ("birth_date", "expiry_date", "issue_date")
NAMES: tuple[FieldName, ...] = ("surname", "given_names")

# In heights of the value: how far below its label it may begin, how far left of it.
BELOW = 2.4
LEFT = 2.0
# In heights: how far right of its label on the same line.
BESIDE = 9.0
# Words at the start of a run that may be its label: "Date of birth 12.08.1974".
LONGEST_LABEL = 6

_NUMBER = re.compile(r"(?<![A-Z0-9])(?=(?:[A-Z]*[0-9]){4})[A-Z0-9][A-Z0-9\-]{4,14}(?![A-Z0-9])")
_NAME_LETTERS = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A value with the field that its label announces, and the run that holds it.

    ``value`` is an ISO date, or capitals as read; ``days`` are the days that a date may mean.
    """

    field: FieldName
    value: str
    run: Run
    days: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class _Label:
    field: FieldName
    run: Run
    rest: Run | None


def labelled_fields(runs: Sequence[Run], *, today: date) -> tuple[Labelled, ...]:
    """Find the values of the fields whose labels were read, each once.

    1. A run, or the words at its start, may be a label; licences number their fields instead.
    2. Its value is the rest of that run, else what stands right of it, else below it, as far as it
       has the form of the field: a date, a number, a name.

    Parameters
    ----------
    runs : sequence of Run
    today : date
        Orders centuries.

    Returns
    -------
    tuple of Labelled
    """
    labels = [label for run in runs if (label := _label(run))]
    label_runs = {id(label.run) for label in labels if label.rest is None}
    values = [run for run in runs if id(run) not in label_runs]
    found: dict[FieldName, Labelled] = {}
    for label in labels:
        for run in _near(label, values):
            value = _value(label.field, run, today)
            if value is not None:
                kept = found.get(label.field)
                if kept is None or value.run.confidence > kept.run.confidence:
                    found[label.field] = value
                break
    return tuple({**_licence_column(found, values, today), **found}.values())


def _licence_column(
    found: dict[FieldName, Labelled], values: Sequence[Run], today: date
) -> dict[FieldName, Labelled]:
    """The fields above and below "4a.", whose own numbers are too small to be read.

    Directive 2006/126/EC annex I lays them down: surname, given names, date and place of birth,
    then 4a, 4b and 5, one below the other.
    """
    issue = found.get("issue_date")
    if issue is None:
        return {}
    column = [run for run in values if abs(run.x - issue.run.x) < LEFT * issue.run.height]
    above = [run for run in column if run.bottom <= issue.run.y + 0.3 * issue.run.height]
    if len(above) < 3:
        return {}
    places: tuple[tuple[FieldName, Run], ...] = (
        ("surname", above[-3]), ("given_names", above[-2]), ("birth_date", above[-1]),
    )  # fmt: skip
    read = {field: _value(field, run, today) for field, run in places}
    if any(value is None for value in read.values()):
        return {}
    return {field: value for field, value in read.items() if value is not None}


def _label(run: Run) -> _Label | None:
    numbered = _numbered(run)
    if numbered is not None:
        return numbered
    # A long name is not looked through for short labels: it must begin with one.
    for count in range(min(LONGEST_LABEL, len(run.words) - 1), 0, -1):
        start = run_of(run.words[:count])
        rest = run_of(run.words[count:])
        field = label_of(start.text)
        if field is not None and label_of(rest.text) is None and _is_value_like(rest):
            return _Label(field, start, rest)
    field = label_of(run.text)
    return _Label(field, run, None) if field is not None else None


def _numbered(run: Run) -> _Label | None:
    """A licence's field: "4b." alone or before its value, with or without a word after it."""
    field = numbered_label(run.words[0].text + " ")
    if field is None and plain_words(run.words[0].text) in LICENCE_NUMBERS:
        word = label_of(run.words[1].text) if len(run.words) > 1 else None
        field = LICENCE_NUMBERS[plain_words(run.words[0].text)] if word else None
        if field is not None and len(run.words) == 2:
            return _Label(field, run, None)
        return None if field is None else _Label(field, run, run_of(run.words[2:]))
    if field is None:
        return None
    return _Label(field, run, run_of(run.words[1:]) if len(run.words) > 1 else None)


def _is_value_like(run: Run) -> bool:
    """Whether a rest is a value and not the label's second language."""
    letters = [letter for letter in run.text if letter.isalpha()]
    has_figures = any(letter.isdigit() for letter in run.text)
    is_capital = bool(letters) and sum(map(str.isupper, letters)) >= 0.8 * len(letters)
    return "/" not in run.text[:2] and (has_figures or is_capital)


def _near(label: _Label, values: Sequence[Run]) -> Iterator[Run]:
    """Where a value may stand, the most likely first."""
    if label.rest is not None:
        yield label.rest
    beside = [run for run in values if _is_beside(label.run, run)]
    yield from sorted(beside, key=lambda run: run.x)
    below = [run for run in values if _is_below(label.run, run)]
    yield from sorted(below, key=lambda run: run.y + 0.5 * abs(run.x - label.run.x))


def _is_beside(label: Run, run: Run) -> bool:
    overlap = min(label.bottom, run.bottom) - max(label.y, run.y)
    gap = run.x - label.right
    return overlap > 0.4 * min(label.height, run.height) and 0 <= gap < BESIDE * label.height


def _is_below(label: Run, run: Run) -> bool:
    gap = run.y - label.bottom
    starts_near = label.x - LEFT * run.height <= run.x <= label.right
    return starts_near and -0.4 * label.height <= gap <= BELOW * run.height


def _value(field: FieldName, run: Run, today: date) -> Labelled | None:
    if field in DATES:
        return _date(field, run, today)
    reader: Callable[[Run], str] = _name if field in NAMES else _number
    if field == "nationality":
        reader = _nationality
    value = reader(run)
    return Labelled(field, value, run) if value else None


def _date(field: FieldName, run: Run, today: date) -> Labelled | None:
    dates = find_dates(run.text, today=today)
    if not dates:
        return None
    days = tuple(sorted(dates[0].days, key=lambda day: not _fits(field, day, today)))
    return Labelled(field, days[0].isoformat(), run, days)


def _fits(field: FieldName, day: date, today: date) -> bool:
    """Whether a day is on the side of today where such a date usually is."""
    return day > today if field == "expiry_date" else day <= today


def _number(run: Run) -> str:
    found = _NUMBER.search(run.text.upper())
    return found[0].replace("-", "") if found else ""


def _name(run: Run) -> str:
    text = run.text.strip(" .,:;-–—_|'\"()")
    letters = _NAME_LETTERS.findall(text)
    has_figures = any(letter.isdigit() for letter in text)
    if len(letters) < 2 or has_figures or label_of(text) is not None:
        return ""
    return text.upper() if len(letters) >= 0.75 * len(text.replace(" ", "")) else ""


def _nationality(run: Run) -> str:
    name = _name(run)
    return name if len(plain_words(name)) >= 3 else ""
