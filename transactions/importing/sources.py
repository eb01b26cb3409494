"""Files in pieces: CSV lines or Parquet rows, each with its number, never a whole file at once."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import TextIO

import polars as pl

from transactions.importing.map_file import CsvForm, suggestion
from transactions.importing.reasons import REFUSED_SCHEMA, refused_frame

# Some 100 MB of text and frames at once; larger pieces are no faster (measured on 1.5M rows).
CHUNK_ROWS = 200_000
PARQUET_ENDINGS = (".parquet", ".pq")
ROW = "_row"


class SourceRefused(ValueError):
    """A file that cannot be read as what it should be; its text is a sentence for people."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows of a file.

    Attributes
    ----------
    frame : DataFrame
        The columns asked for (of a CSV file all texts), and `ROW`, their line or row number.
    refused : DataFrame
        Lines that are no rows, in the form of `REFUSED_SCHEMA`.
    done, total : int
        How far the file is read: bytes of a CSV file, rows of a Parquet file.
    """

    frame: pl.DataFrame
    refused: pl.DataFrame
    done: int
    total: int


def row_noun(path: Path) -> str:
    """Return what the numbers of a file's rows count.

    Examples
    --------
    >>> row_noun(Path("history.csv")), row_noun(Path("history.parquet"))
    ('line', 'row')
    """
    return "row" if _is_parquet(path) else "line"


def pieces(
    path: Path, columns: tuple[str, ...], form: CsvForm, *, chunk_rows: int = CHUNK_ROWS
) -> Iterator[Piece]:
    """Yield a file piece by piece, as Parquet when its name ends so, else as CSV.

    Raises
    ------
    SourceRefused
        If it cannot be opened, is not of that form, or lacks a column.
    """
    try:
        if _is_parquet(path):
            yield from _parquet_pieces(path, columns, chunk_rows)
        else:
            yield from _csv_pieces(path, columns, form, chunk_rows)
    except OSError as error:
        raise SourceRefused(f"{path} cannot be read: {error.strerror or error}.") from error


def _is_parquet(path: Path) -> bool:
    return path.suffix.lower() in PARQUET_ENDINGS


def _parquet_pieces(path: Path, columns: tuple[str, ...], chunk_rows: int) -> Iterator[Piece]:
    try:
        scan = pl.scan_parquet(path)
        _demand_columns(columns, tuple(scan.collect_schema().names()))
        total = scan.select(pl.len()).collect().item()
        for start in range(0, total, chunk_rows):
            frame = scan.select(columns).slice(start, chunk_rows).collect()
            numbers = pl.int_range(start + 1, start + 1 + len(frame), dtype=pl.UInt64, eager=True)
            yield Piece(
                frame.with_columns(numbers.alias(ROW)),
                pl.DataFrame(schema=REFUSED_SCHEMA),
                start + len(frame),
                total,
            )
    except pl.exceptions.ComputeError as error:
        raise SourceRefused(f"{path} is no Parquet file, or a damaged one.") from error


def _csv_pieces(
    path: Path, columns: tuple[str, ...], form: CsvForm, chunk_rows: int
) -> Iterator[Piece]:
    """Read with Python's own parser: it knows the line of each row and lets a bad one pass.

    Bytes that are no text of the encoding become U+FFFD, which the checks refuse in our columns.
    """
    total = path.stat().st_size
    encoding = "utf-8-sig" if form.encoding.lower() in {"utf-8", "utf8"} else form.encoding
    with (
        path.open("rb") as raw,
        TextIOWrapper(raw, encoding=encoding, errors="replace", newline="") as file,
    ):
        reader = _LineReader(file, form)
        places = _demand_columns(columns, reader.header)
        while piece := reader.take(chunk_rows):
            frame = piece.frame(columns, places)
            ragged = refused_frame(
                pl.Series(piece.ragged, dtype=pl.UInt64), "", "wrong_field_count"
            )
            yield Piece(frame, ragged, min(raw.tell(), total), total)


@dataclass(frozen=True, slots=True)
class _Lines:
    rows: list[list[str]]
    numbers: list[int]
    ragged: list[int]

    def frame(self, columns: tuple[str, ...], places: list[int]) -> pl.DataFrame:
        fields = list(zip(*self.rows, strict=True)) if self.rows else None
        data = {
            name: pl.Series(name, fields[place] if fields else [], dtype=pl.String)
            for name, place in zip(columns, places, strict=True)
        }
        return pl.DataFrame(data).with_columns(pl.Series(ROW, self.numbers, dtype=pl.UInt64))


class _LineReader:
    """Rows with the number of the line each begins on."""

    def __init__(self, file: TextIO, form: CsvForm) -> None:
        self._reader = csv.reader(file, delimiter=form.delimiter, quotechar=form.quote)
        self.header = form.columns or self._next_header()

    def _next_header(self) -> tuple[str, ...]:
        return tuple(name.strip() for name in next(self._guarded(), ()))

    def take(self, count: int) -> _Lines | None:
        """Return up to that many rows and the ragged lines among them; None at the end."""
        rows, numbers, ragged = [], [], []
        width, last = len(self.header), self._reader.line_num
        for row in islice(self._guarded(), count):
            if len(row) == width:
                rows.append(row)
                numbers.append(last + 1)
            elif row:  # an empty line is no row
                ragged.append(last + 1)
            last = self._reader.line_num
        return _Lines(rows, numbers, ragged) if rows or ragged else None

    def _guarded(self) -> Iterator[list[str]]:
        try:
            yield from self._reader
        except csv.Error as error:
            raise SourceRefused(
                f"Line {self._reader.line_num} ends no field within "
                f"{csv.field_size_limit():,} characters; a quote before it may not be closed."
            ) from error


def _demand_columns(wanted: tuple[str, ...], header: tuple[str, ...]) -> list[int]:
    """Return where in the header each column stands."""
    for name in wanted:
        if name not in header:
            hint = suggestion(name, header)
            raise SourceRefused(f"The file has no column {name}{hint}.")
        if header.count(name) > 1:
            raise SourceRefused(f"The file has more than one column {name}.")
    return [header.index(name) for name in wanted]
