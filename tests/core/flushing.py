"""Lets transactional tests empty append-only tables.

Django empties all tables after such a test with TRUNCATE, which the append-only triggers refuse.
The superuser of the test database switches ordinary triggers off for that one transaction; no
other session, and no other statement of this one, is affected.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.backends.postgresql.operations import DatabaseOperations

WITHOUT_TRIGGERS = "SET LOCAL session_replication_role = 'replica'"

_execute_sql_flush = DatabaseOperations.execute_sql_flush


def _flush_without_triggers(self: Any, sql_list: Iterable[str]) -> None:
    _execute_sql_flush(self, [WITHOUT_TRIGGERS, *sql_list])


def permit_flush() -> None:
    """Have every flush of this process run without triggers."""
    DatabaseOperations.execute_sql_flush = _flush_without_triggers  # type: ignore[method-assign]
