"""Lists with a header: OpenSanctions' simple table, and one's own.

References
----------
OpenSanctions, "targets.simple.csv": one row an entity, several values of a field separated by
semicolons, countries as ISO 3166-1 alpha-2 in lower case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kyc.screening.countries import country_codes
from kyc.screening.entries import ListedEntry, RowRefused, clean_dates, clean_names, in_order
from kyc.screening.list_files import rows_with_header

# "LegalEntity" is what OpenSanctions writes where it does not know whether it is a person.
PERSONS = frozenset({"person", "legalentity"})


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column holds what; all but `identity` and `name` may be missing."""

    identity: str
    name: str
    aliases: str
    birth_dates: str
    countries: str
    programmes: str
    note: str
    kind: str
    last: str


OPENSANCTIONS = Columns(
    identity="id", name="name", aliases="aliases", birth_dates="birth_date", countries="countries",
    programmes="sanctions", note="dataset", kind="schema", last="last_seen",
)  # fmt: skip
OWN = Columns(
    identity="id", name="name", aliases="aliases", birth_dates="birth_dates", countries="countries",
    programmes="programmes", note="note", kind="kind", last="name",
)  # fmt: skip


def read_opensanctions(path: Path) -> Iterator[ListedEntry | RowRefused]:
    """Yield the entries of a `targets.simple.csv`."""
    return _read(
        path, OPENSANCTIONS, ("id", "schema", "name", "aliases", "birth_date", "last_seen")
    )


def read_own(path: Path) -> Iterator[ListedEntry | RowRefused]:
    """Yield the entries of a list of one's own; docs/screening.md names its columns."""
    return _read(path, OWN, ("id", "name"))


def _read(
    path: Path, columns: Columns, needed: tuple[str, ...]
) -> Iterator[ListedEntry | RowRefused]:
    for line, row in rows_with_header(path, needed):
        yield _entry(line, row, columns)


def _entry(line: int, row: Mapping[str, str], columns: Columns) -> ListedEntry | RowRefused:
    if columns.last not in row:
        return RowRefused(line, "the row is cut off")
    identity = row.get(columns.identity, "").strip()
    names = clean_names(map(in_order, [row.get(columns.name, ""), *_values(row, columns.aliases)]))
    if not identity or len(identity) > 200 or not names:
        return RowRefused(line, "no id or no name")
    birth_dates, unread_births = clean_dates(_values(row, columns.birth_dates))
    return ListedEntry(
        external_id=identity,
        names=names,
        birth_dates=birth_dates,
        countries=country_codes(_values(row, columns.countries)),
        programmes=tuple(_values(row, columns.programmes)),
        note=row.get(columns.note, "").strip(),
        is_person=(row.get(columns.kind) or "person").strip().lower() in PERSONS,
        unread_births=unread_births,
    )


def _values(row: Mapping[str, str], column: str) -> list[str]:
    values = (value.strip() for value in row.get(column, "").split(";"))
    return [value for value in values if value]
