"""A connection that is kept between requests is looked at, not asked."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fraudsite.web_timeouts import limit_waiting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kept() -> Iterator[int]:
    """The server process behind a connection that is kept from the request before."""
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = int(cursor.fetchone()[0])
    connection.health_check_enabled, connection.health_check_done = True, False
    yield pid
    connection.health_check_enabled = False


def other_connection() -> psycopg2.extensions.connection:
    other = psycopg2.connect(**connection.get_connection_params())
    other.autocommit = True
    return other


def test_one_that_lives_costs_no_statement(kept: int) -> None:
    with CaptureQueriesContext(connection) as queries, connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone()[0] == kept

    assert len(queries) == 1
    assert connection.health_check_done


def test_one_that_the_server_ended_is_replaced_unseen(kept: int) -> None:
    other = other_connection()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [kept])
        assert cursor.fetchone()[0]
    other.close()

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone()[0] != kept


def test_one_that_was_closed_here_is_replaced_too(kept: int) -> None:
    connection.connection.close()

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone()[0] != kept


def test_a_web_process_neither_holds_rows_nor_waits_for_them_without_end() -> None:
    parameters = connection.get_connection_params()
    limit_waiting(parameters)

    limited = psycopg2.connect(**parameters)
    with limited.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('lock_timeout'),"
            " current_setting('idle_in_transaction_session_timeout')"
        )
        assert cursor.fetchone() == ("15s", "10s")
    limited.close()
