"""Refused rows on their way to people: the first few to show, all of them into a file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import polars as pl

from transactions.importing.reasons import REASONS

SHOWN = 20


class ReportRefused(ValueError):
    """The file for the refusals cannot be written; its text is a sentence for people."""


class RefusalLog:
    """Takes refusals in the form of `REFUSED_SCHEMA`, chunk by chunk; see `refusal_log`."""

    def __init__(self, file: TextIO | None, row_noun: str) -> None:
        self.first: list[tuple[int, str, str]] = []
        self.row_noun = row_noun
        self._writer = None if file is None else csv.writer(file)
        if self._writer is not None:
            self._writer.writerow([row_noun, "column", "reason", "sentence"])

    def add(self, refused: pl.DataFrame) -> None:
        """Keep the first of them all, and write each with its sentence."""
        self.first += refused.head(SHOWN - len(self.first)).rows()
        if self._writer is not None:
            self._writer.writerows((*row, REASONS[row[2]]) for row in refused.iter_rows())


@contextmanager
def refusal_log(path: Path | None, row_noun: str) -> Iterator[RefusalLog]:
    """Have a log that writes to a CSV file, or to none.

    Parameters
    ----------
    path : Path or None
        Replaced if it exists.
    row_noun : str
        What its rows' numbers count: "line" or "row".

    Raises
    ------
    ReportRefused
        If it cannot be opened or written.
    """
    if path is None:
        yield RefusalLog(None, row_noun)
        return
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            yield RefusalLog(file, row_noun)
    except OSError as error:
        raise ReportRefused(f"{path} cannot be written: {error.strerror}.") from error
