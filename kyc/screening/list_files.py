"""Lists as files: rows of CSV read one after another, whatever their size and encoding."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from kyc.screening.entries import ListRefused

# OFAC's longest field is 1,000 characters, OpenSanctions' holds thousands of aliases.
LONGEST_FIELD = 4_000_000
# OFAC ends its files with the end-of-file sign of MS-DOS.
END_OF_FILE = "\x1a"
HASH_BLOCK = 1 << 20


def rows(path: Path, *, ends_with_sign: bool = False) -> Iterator[tuple[int, list[str]]]:
    """Yield (line, fields) of every row that is not empty; `line` is where it ends.

    Parameters
    ----------
    ends_with_sign : bool
        Whether a whole file ends with OFAC's end-of-file sign: one cut between two rows does not.

    Raises
    ------
    ListRefused
        The file cannot be opened, is no CSV, or lacks the sign.
    """
    last: list[str] = []
    try:
        with _readable(path) as file:
            reader = csv.reader((_text(line) for line in file), strict=True)
            while (fields := _next_row(reader)) is not None:
                last = fields or last
                if fields and fields != [END_OF_FILE]:
                    yield reader.line_num, fields
    except csv.Error as error:
        raise ListRefused(f"{path.name} is cut off or no CSV: {error}.") from error
    if ends_with_sign and last != [END_OF_FILE]:
        raise ListRefused(
            f"{path.name} does not end with OFAC's end-of-file sign (0x1A); it is probably cut off."
        )


def _next_row(reader: Iterator[list[str]]) -> list[str] | None:
    """Return the next row, None at the end; the limit of a field is the whole process's."""
    before = csv.field_size_limit(LONGEST_FIELD)
    try:
        return next(reader, None)
    finally:
        csv.field_size_limit(before)


def rows_with_header(path: Path, needed: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line, fields by column) of a file that begins with its columns' names.

    A row with fewer fields than columns comes as it is, without those that are missing.

    Raises
    ------
    ListRefused
        As `rows`, or a needed column is missing.
    """
    source = rows(path)
    _, header = next(source, (0, []))
    columns = [name.strip().lower() for name in header]
    if missing := [name for name in needed if name not in columns]:
        raise ListRefused(f"{path.name} has no column {missing[0]!r}; is it another kind of list?")
    for line, fields in source:
        yield line, dict(zip(columns, fields, strict=False))


def files_digest(paths: Iterable[Path]) -> str:
    """Return the SHA-256 of the files' bytes, one file after another, in hexadecimal.

    Raises
    ------
    ListRefused
        One of them cannot be read.
    """
    digest = hashlib.sha256()
    for path in paths:
        with _readable(path) as file:
            while block := file.read(HASH_BLOCK):
                digest.update(block)
    return digest.hexdigest()


@contextmanager
def _readable(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise ListRefused(f"{path.name} cannot be read: {error.strerror}.") from error


def _text(line: bytes) -> str:
    """Return a line as text: UTF-8, or what OFAC wrote before it (ISO 8859-1)."""
    line = line.removeprefix(b"\xef\xbb\xbf").replace(b"\x00", b"")
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("iso-8859-1")
