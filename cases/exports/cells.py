"""Cells of a CSV file that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

# OWASP, "CSV Injection": what makes a cell a formula, or moves text into one that is.
FORMULA_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n")


class _Line:
    """A file that gives back what is written to it: the csv module knows no other way."""

    def write(self, text: str) -> str:
        """Return the text."""
        return text


def cell(value: Any) -> str:
    r"""Return a value as a cell.

    Parameters
    ----------
    value : object
        None is an empty cell, a time is written in ISO 8601, anything else as `str` has it.

    Returns
    -------
    str
        Text that begins like a formula comes after an apostrophe, which spreadsheets do not show.

    Examples
    --------
    >>> cell('=HYPERLINK("http://evil")'), cell("payments"), cell(None), cell(12)
    ('\'=HYPERLINK("http://evil")', 'payments', '', '12')
    """
    if value is None:
        return ""
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return f"'{text}" if text.startswith(FORMULA_BEGINNINGS) else text


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    r"""Yield the lines of a CSV file (RFC 4180), the names of its columns first.

    Examples
    --------
    >>> list(csv_lines(["a", "b"], [[1, "x,y"], [None, "+1"]]))
    ['a,b\r\n', '1,"x,y"\r\n', ",'+1\r\n"]
    """
    writer = csv.writer(_Line())
    # What `writerow` returns is what the file's own `write` returned.
    yield str(writer.writerow(header))
    for row in rows:
        yield str(writer.writerow([cell(value) for value in row]))
