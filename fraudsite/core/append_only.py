"""Tables whose rows, once written, stay as they are: refused by the database, not by Python."""

from __future__ import annotations

import re

from django.db.migrations import RunSQL

# Made by core's migration 0002; every append-only table shares it.
REFUSE_FUNCTION = "core_refuse_change"


def append_only(table: str, *, allows_update: bool = False) -> RunSQL:
    """Return the migration operation that makes a table append-only.

    A refused statement reaches Django as IntegrityError. The migration that uses it depends on
    ("core", "0002_append_only_triggers").

    Parameters
    ----------
    table : str
        Name of the table in the database.
    allows_update : bool
        True leaves UPDATE to a trigger of the table's own.
    """
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,45}", table):
        message = f"{table!r} is no plain table name of at most 46 characters."
        raise ValueError(message)
    events = "DELETE" if allows_update else "UPDATE OR DELETE"
    return RunSQL(
        sql=[
            _create_trigger(f"{table}_append_only", table, events, "ROW"),
            _create_trigger(f"{table}_no_truncate", table, "TRUNCATE", "STATEMENT"),
        ],
        reverse_sql=[
            f"DROP TRIGGER {table}_append_only ON {table}",
            f"DROP TRIGGER {table}_no_truncate ON {table}",
        ],
    )


def _create_trigger(name: str, table: str, events: str, level: str) -> str:
    return (
        f"CREATE TRIGGER {name} BEFORE {events} ON {table} "
        f"FOR EACH {level} EXECUTE FUNCTION {REFUSE_FUNCTION}()"
    )
