"""A web process that dies in the middle of a payment leaves all of it or nothing."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg2
import pytest
from django.db import connection

from tests.child_processes import database_url
from tests.scoring.faults.site import (
    Site,
    a_payment,
    assert_state_agrees,
    kept,
    states,
    wait_until,
)
from tests.web_process import Answer

# gunicorn starts, about 6 s, and again what was killed of it.
pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True)
class Moment:
    """A place in the middle of a payment, where it waits while another connection holds this."""

    held: str
    waiting_statement: str


LOCKING_STATES = Moment(
    "SELECT 1 FROM scoring_entitystate FOR UPDATE", "%INSERT INTO scoring_entitystate%"
)
# The last insert of the three that travel in one statement, of which the server shows the start.
WRITING_NEWS = Moment(
    "LOCK TABLE core_outboxevent IN SHARE MODE", 'INSERT INTO "transactions_transaction%'
)
# Foreign keys are checked when all is written, and wait for whoever holds the row they point to.
COMMITTING = Moment("SELECT 1 FROM kyc_customer FOR UPDATE", "COMMIT")


@dataclass(frozen=True, slots=True)
class Backend:
    """A connection as the database server sees it."""

    pid: int
    client_port: int

    def is_there(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [self.pid])
            return cursor.fetchone() is not None

    def end(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [self.pid])


@contextmanager
def stopped_at(
    moment: Moment, site: Site, body: dict[str, Any]
) -> Iterator[tuple[Backend, Future[Answer]]]:
    """Send a payment that stands at this moment while the block runs, and goes on after it."""
    with ThreadPoolExecutor(1) as pool, closing(psycopg2.connect(database_url())) as holder:
        holder.cursor().execute(moment.held)
        sent = pool.submit(site.post, body)
        backend = wait_until(lambda: _waiting_at(moment), moment.waiting_statement)
        yield backend, sent


def _waiting_at(moment: Moment) -> Backend | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid, client_port FROM pg_stat_activity WHERE datname = current_database()"
            " AND wait_event_type = 'Lock' AND query LIKE %s",
            [moment.waiting_statement],
        )
        row = cursor.fetchone()
    return Backend(*row) if row else None


def kill_the_worker_of(backend: Backend, sent: Future[Answer], site: Site) -> None:
    worker = site.web.worker_with(local_port=backend.client_port)
    assert worker is not None
    worker.kill()
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        sent.result(timeout=30)


@pytest.mark.parametrize("moment", [LOCKING_STATES, WRITING_NEWS], ids=["locking", "writing"])
def test_a_worker_killed_before_the_commit_leaves_nothing(site: Site, moment: Moment) -> None:
    assert site.post(a_payment()).status == 201
    before, states_before = kept(), states()
    body = a_payment()

    with stopped_at(moment, site, body) as (backend, sent):
        kill_the_worker_of(backend, sent, site)
    wait_until(lambda: not backend.is_there(), "the locks of the dead worker are gone")

    assert kept() == before
    assert states() == states_before
    again = site.post(body)
    assert again.status == 201
    assert "Idempotency-Replayed" not in again.headers
    assert kept() == before.and_more(1)
    assert_state_agrees()


def test_a_worker_killed_while_it_commits_leaves_all_of_it(site: Site) -> None:
    assert site.post(a_payment()).status == 201
    before = kept()
    body = a_payment()

    with stopped_at(COMMITTING, site, body) as (backend, sent):
        kill_the_worker_of(backend, sent, site)
        assert kept() == before
    wait_until(lambda: not backend.is_there(), "the locks of the dead worker are gone")

    # The caller never got the answer, and gets it now.
    assert kept() == before.and_more(1)
    again = site.post(body)
    assert again.status == 201
    assert again.headers["Idempotency-Replayed"] == "true"
    assert kept() == before.and_more(1)
    assert_state_agrees()


@pytest.mark.parametrize("moment", [LOCKING_STATES, WRITING_NEWS], ids=["locking", "writing"])
def test_a_connection_cut_in_the_middle_is_503_and_leaves_nothing(
    site: Site, moment: Moment
) -> None:
    assert site.post(a_payment()).status == 201
    before, states_before = kept(), states()
    body = a_payment()

    with stopped_at(moment, site, body) as (backend, sent):
        backend.end()
        answer = sent.result(timeout=30)

    assert answer.status == 503
    assert answer.body["code"] == "unavailable"
    assert answer.headers["Retry-After"] == "5"
    assert kept() == before
    assert states() == states_before
    again = site.post(body)
    assert again.status == 201
    assert "Idempotency-Replayed" not in again.headers
    assert kept() == before.and_more(1)
    assert_state_agrees()


def test_connections_that_were_cut_between_payments_are_made_anew(site: Site) -> None:
    assert site.post(a_payment()).status == 201

    with connection.cursor() as cursor:
        cursor.execute(
            # Waits until it is gone: a busy machine would cut it while the next payment uses it.
            "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid, 10000)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert cursor.fetchone()[0] > 0

    assert [site.post(a_payment()).status for _ in range(8)] == [201] * 8
