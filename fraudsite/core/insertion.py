"""New rows of several tables in one round trip, their values in one JSON document a table.

`bulk_create` prepares every value by itself and PostgreSQL plans a placeholder for each: a
transaction with its decision and event took 0.25 ms of this process in batches of a thousand and
0.6 ms alone. So it takes 0.02 and 0.17 ms, and PostgreSQL a quarter less.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec
from django.db import connection, models


@dataclass(frozen=True, slots=True)
class _Insertion:
    """How rows of one model go into their table."""

    statement: str
    # Column and attribute; those of binary columns apart.
    plain: tuple[tuple[str, str], ...]
    binary: tuple[tuple[str, str], ...]


def rows_insert(*tables: Sequence[models.Model]) -> None:
    """Insert new rows, table after table in the order given; rows of one table share a model.

    Values go in as they stand: no field sets any (`auto_now`), and NaN becomes null. A numbered
    primary key is drawn by the database, and the row does not learn it. Conflicts raise as from
    `bulk_create`.
    """
    filled = [rows for rows in tables if rows]
    if not filled:
        return
    insertions = [_insertion(type(rows[0])) for rows in filled]
    documents = [_document(rows, how) for rows, how in zip(filled, insertions, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(";\n".join(how.statement for how in insertions), documents)
    for rows in filled:
        for row in rows:
            # As `bulk_create` does: saved again, the row is updated.
            row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001


@cache
def _insertion(model: type[models.Model]) -> _Insertion:
    fields = [field for field in model._meta.concrete_fields if not _is_numbered(field)]
    quoted = connection.ops.quote_name
    table = quoted(model._meta.db_table)
    columns = ", ".join(quoted(str(field.column)) for field in fields)
    # Table and columns are the model's own names.
    statement = (
        f"INSERT INTO {table} ({columns}) "  # noqa: S608
        f"SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s)"
    )
    binary = [field for field in fields if isinstance(field, models.BinaryField)]
    plain = [field for field in fields if field not in binary]
    return _Insertion(statement, _names(plain), _names(binary))


def _is_numbered(field: models.Field[Any, Any]) -> bool:
    return isinstance(field, models.AutoField)


def _names(fields: Sequence[models.Field[Any, Any]]) -> tuple[tuple[str, str], ...]:
    return tuple((str(field.column), str(field.attname)) for field in fields)


def _document(rows: Sequence[models.Model], how: _Insertion) -> str:
    values = [_values(row.__dict__, how) for row in rows]
    return msgspec.json.encode(values).decode()


def _values(row: dict[str, Any], how: _Insertion) -> dict[str, Any]:
    values = {column: row[name] for column, name in how.plain}
    for column, name in how.binary:
        # As PostgreSQL reads bytes from text.
        values[column] = None if row[name] is None else "\\x" + bytes(row[name]).hex()
    return values
