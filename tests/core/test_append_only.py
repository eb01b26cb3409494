from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.state import ProjectState

from fraudsite.core.append_only import append_only


def execute(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.django_db
def test_the_operation_makes_any_table_append_only_and_can_be_reversed() -> None:
    execute("CREATE TABLE ledger (amount integer)")
    execute("INSERT INTO ledger VALUES (1)")
    operation, state = append_only("ledger"), ProjectState()

    with connection.schema_editor(atomic=False) as editor:
        operation.database_forwards("ledger", editor, state, state)
    execute("INSERT INTO ledger VALUES (2)")
    for statement in (
        "UPDATE ledger SET amount = 3",
        "DELETE FROM ledger",
        "TRUNCATE ledger",
    ):
        with pytest.raises(IntegrityError, match="ledger is append-only"):
            execute(statement)
    with connection.schema_editor(atomic=False) as editor:
        operation.database_backwards("ledger", editor, state, state)

    execute("DELETE FROM ledger WHERE amount = 1")
    with connection.cursor() as cursor:
        cursor.execute("SELECT amount FROM ledger")
        assert cursor.fetchall() == [(2,)]


@pytest.mark.parametrize("table", ["", "Ledger", "ledger; DROP TABLE x", "a" * 47])
def test_a_name_that_is_no_plain_table_name_is_refused(table: str) -> None:
    with pytest.raises(ValueError, match="is no plain table name"):
        append_only(table)
