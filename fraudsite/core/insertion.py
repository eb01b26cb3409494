"""New rows of several tables, written without asking each field of each row.

`bulk_create` prepares every value by itself and PostgreSQL plans a placeholder for each. Here the
columns go in as they stand: a few rows as one JSON document a table, all in one round trip; many by
COPY, which takes PostgreSQL half the time that reading JSON does.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from operator import itemgetter
from typing import Any, TypeVar

import msgspec
from django.db import connection, models, transaction
from django.db.models.base import ModelState

Row = TypeVar("Row", bound=models.Model)

# Rows of all tables together. Measured on payments with decision and event, JSON against COPY, best
# of 40: one 0.25 and 0.23 ms, three 0.40 and 0.34, fifteen 1.16 and 0.84; of a batch of 1,000
# PostgreSQL's own part is 77 and 45 ms. One payment keeps to the single round trip: beyond a
# network three of them would cost more than they save.
FEWEST_FOR_COPY = 9
COPY_CHUNK_BYTES = 1 << 18

_lines = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class _Table:
    """How rows of one model go into their table: statements, and attributes in their order."""

    insert: str
    copy: str
    columns: tuple[str, ...]
    values_of: Callable[[dict[str, Any]], tuple[Any, ...]]
    # Places of the columns whose values need another form.
    binary: tuple[int, ...]
    json: tuple[int, ...]


def row_new(
    model: type[Row], columns: Mapping[str, Any], related: Mapping[str, models.Model | None]
) -> Row:
    """Return a row not saved yet, its columns as given, for `rows_insert`.

    A model's own constructor asks every field and tells every listener: 15 µs for a payment, of
    which this takes one. So all columns must be given, by attribute; none has a default.

    Parameters
    ----------
    related : mapping
        Rows behind foreign keys, by field, that nobody shall ask the database for.
    """
    row = model.__new__(model)
    row.__dict__.update(columns)
    state = ModelState()
    state.fields_cache = dict(related)
    row._state = state  # noqa: SLF001 - as unpickling does
    return row


def rows_insert(*tables: Sequence[models.Model]) -> None:
    """Insert new rows, table after table in the order given; rows of one table share a model.

    Values go in as they stand: no field sets any (`auto_now`), and NaN becomes null. A numbered
    primary key is drawn by the database, and the row does not learn it. Conflicts raise as from
    `bulk_create`.
    """
    filled = [rows for rows in tables if rows]
    if not filled:
        return
    if sum(map(len, filled)) >= FEWEST_FOR_COPY and all(map(_fits_csv, filled)):
        _copy(filled)
    else:
        _insert(filled)
    alias = connection.alias
    for row in chain.from_iterable(filled):
        # As `bulk_create` does: saved again, the row is updated.
        row._state.adding, row._state.db = False, alias  # noqa: SLF001


def _insert(tables: Iterable[Sequence[models.Model]]) -> None:
    found = [(_table(type(rows[0])), rows) for rows in tables]
    documents = [_document(rows, table) for table, rows in found]
    with connection.cursor() as cursor:
        cursor.execute(";\n".join(table.insert for table, _ in found), documents)


def _document(rows: Sequence[models.Model], table: _Table) -> str:
    values = [_prepared(row, table, as_text=()) for row in rows]
    named = [dict(zip(table.columns, one, strict=True)) for one in values]
    return msgspec.json.encode(named).decode()


def _fits_csv(rows: Sequence[models.Model]) -> bool:
    """Whether no text needs what JSON can escape and CSV cannot: line ends and the like."""
    values_of = _table(type(rows[0])).values_of
    texts = (value for row in rows for value in values_of(row.__dict__) if type(value) is str)
    return "".join(texts).isprintable()


def _csv(rows: Sequence[models.Model], table: _Table) -> bytes:
    """Return rows as lines of CSV: JSON arrays without their brackets.

    Texts are quoted and null is not, backslashes escape, and no text holds a line's end.
    """
    values = (_prepared(row, table, as_text=table.json) for row in rows)
    return _lines.encode_lines(values)[1:-2].replace(b"]\n[", b"\n")


def _copy(tables: Iterable[Sequence[models.Model]]) -> None:
    # The driver's own method, which Django's cursor hands on without translating what it raises.
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        for rows in tables:
            table = _table(type(rows[0]))
            lines = io.BytesIO(_csv(rows, table))
            with connection.wrap_database_errors:
                cursor.copy_expert(table.copy, lines, COPY_CHUNK_BYTES)


def _prepared(row: models.Model, table: _Table, *, as_text: Sequence[int]) -> list[Any]:
    values = list(table.values_of(row.__dict__))
    for place in table.binary:
        # As PostgreSQL reads bytes from text.
        value = values[place]
        values[place] = None if value is None else "\\x" + bytes(value).hex()
    for place in as_text:
        value = values[place]
        values[place] = None if value is None else msgspec.json.encode(value).decode()
    return values


@cache
def _table(model: type[models.Model]) -> _Table:
    fields = [field for field in model._meta.concrete_fields if not _is_numbered(field)]
    quoted = connection.ops.quote_name
    table = quoted(model._meta.db_table)
    columns = ", ".join(quoted(str(field.column)) for field in fields)
    # Table and columns are the model's own names.
    return _Table(
        insert=f"INSERT INTO {table} ({columns}) "  # noqa: S608
        f"SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s)",
        copy=f"COPY {table} ({columns}) FROM STDIN (FORMAT csv, NULL 'null', ESCAPE '\\')",
        columns=tuple(str(field.column) for field in fields),
        values_of=itemgetter(*(str(field.attname) for field in fields)),
        binary=_places(fields, models.BinaryField),
        json=_places(fields, models.JSONField),
    )


def _is_numbered(field: models.Field[Any, Any]) -> bool:
    return isinstance(field, models.AutoField)


def _places(
    fields: Sequence[models.Field[Any, Any]], kind: type[models.Field[Any, Any]]
) -> tuple[int, ...]:
    return tuple(place for place, field in enumerate(fields) if isinstance(field, kind))
