from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Event
from typing import Any

import pytest
import structlog
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from fraudsite.core.actors import Actor
from fraudsite.core.in_transaction import NotInTransaction
from fraudsite.core.models import AuditEntry, AuditSeal, User
from fraudsite.core.services.audit import (
    ChainBreak,
    audit_record,
    audit_seal_all,
    audit_seal_batch,
    audit_verify,
    head_hash,
)
from tests.core.rollback import rolled_back


def record(actor: Actor, action: str = "door.opened", target: Model | None = None) -> AuditEntry:
    return audit_record(actor=actor, action=action, target=target)


@contextmanager
def without_triggers() -> Iterator[None]:
    """What only a superuser of the database can do."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = 'replica'")
        try:
            yield
        finally:
            cursor.execute("SET session_replication_role = 'origin'")


def execute(sql: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        # Foreign keys of the rows just written are due now, or TRUNCATE is refused because of them.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(sql, values)


@pytest.fixture
def chain(db: None, ada: Actor) -> list[AuditSeal]:
    """Three seals over two entries each."""
    seals = []
    for _ in range(3):
        record(ada)
        record(ada)
        seals.append(audit_seal_batch())
    return [seal for seal in seals if seal is not None]


@pytest.mark.django_db
def test_an_entry_says_who_did_what_to_which_object_in_which_request(anna: User) -> None:
    with structlog.contextvars.bound_contextvars(request_id="req-1"):
        entry = audit_record(
            actor=Actor.of_user(anna), action="user.looked_at", target=anna, details={"tab": "mrz"}
        )

    entry.refresh_from_db()
    assert (entry.actor_kind, entry.actor_id, entry.actor_label) == (
        "user",
        str(anna.pk),
        "analyst",
    )
    assert (entry.action, entry.target_type, entry.target_id) == (
        "user.looked_at",
        "core.user",
        str(anna.pk),
    )
    assert (entry.details, entry.request_id, entry.seal_id) == ({"tab": "mrz"}, "req-1", None)


@pytest.mark.django_db
def test_personal_data_in_details_is_redacted(ada: Actor) -> None:
    entry = audit_record(
        actor=ada, action="a", target=None, details={"surname": "Lovelace", "by": "a@example.org"}
    )

    entry.refresh_from_db()
    assert entry.details == {"surname": "[redacted]", "by": "[redacted]"}


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused(ada: Actor) -> None:
    with pytest.raises(NotInTransaction):
        record(ada)

    assert AuditEntry.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_an_entry_goes_with_the_change_that_is_rolled_back(ada: Actor) -> None:
    with rolled_back():
        record(ada)

    assert AuditEntry.objects.count() == 0


REFUSED = [
    "UPDATE core_auditentry SET action = 'nothing'",
    "UPDATE core_auditentry SET seal_id = NULL",
    "UPDATE core_auditentry SET seal_id = 2 WHERE seal_id = 1",
    "UPDATE core_auditentry SET seal_id = 1, details = '{\"x\": 1}' WHERE seal_id IS NULL",
    "UPDATE core_auditentry SET seal_id = NULL WHERE seal_id IS NULL",
    "DELETE FROM core_auditentry",
    "TRUNCATE core_auditentry",
    "TRUNCATE core_auditseal CASCADE",
    "UPDATE core_auditseal SET entries_count = 0",
    "DELETE FROM core_auditseal",
]


@pytest.mark.parametrize("statement", REFUSED)
def test_the_database_refuses_to_rewrite_the_trail(
    statement: str, chain: list[AuditSeal], ada: Actor
) -> None:
    record(ada)
    before = list(AuditEntry.objects.order_by("id").values())

    with pytest.raises(IntegrityError, match="append-only"):
        execute(statement)

    assert list(AuditEntry.objects.order_by("id").values()) == before
    assert AuditSeal.objects.count() == 3


def test_a_whole_chain_is_found_intact(chain: list[AuditSeal], ada: Actor) -> None:
    tail = record(ada)

    report = audit_verify()

    assert report.is_intact
    assert (report.seals, report.sealed_entries, report.unsealed_entries) == (3, 6, 1)
    assert report.oldest_unsealed_at == tail.occurred_at
    assert (report.head_number, report.head_hash) == (3, bytes(chain[2].head_hash).hex())
    assert bytes(chain[1].previous_hash) == bytes(chain[0].head_hash)


@pytest.mark.django_db
def test_an_empty_trail_is_intact() -> None:
    report = audit_verify()

    assert report.is_intact
    assert (report.seals, report.head_number, report.head_hash) == (0, 0, "00" * 32)


@pytest.mark.parametrize(
    "column",
    [
        "action = 'door.closed'",
        "actor_id = 'bob'",
        "target_id = '7'",
        "details = '{\"forged\": true}'",
        "request_id = 'x'",
        "occurred_at = occurred_at - interval '1 second'",
    ],
)
def test_an_entry_altered_by_a_superuser_breaks_its_seal(
    column: str, chain: list[AuditSeal]
) -> None:
    first = AuditEntry.objects.filter(seal_id=2).order_by("id").values_list("pk", flat=True)[0]

    with without_triggers():
        execute(f"UPDATE core_auditentry SET {column} WHERE id = %s", first)  # noqa: S608

    assert audit_verify().breaks == (ChainBreak(2, "an entry or the seal itself was altered"),)


def test_an_entry_removed_by_a_superuser_breaks_its_seal(chain: list[AuditSeal]) -> None:
    last = AuditEntry.objects.filter(seal_id=3).latest("id")

    with without_triggers():
        execute("DELETE FROM core_auditentry WHERE id = %s", last.pk)

    assert audit_verify().breaks == (ChainBreak(3, "it sealed 2 entries and 1 are there"),)


def test_an_entry_slipped_into_a_seal_breaks_it(chain: list[AuditSeal], ada: Actor) -> None:
    late = record(ada)

    AuditEntry.objects.filter(pk=late.pk).update(seal_id=1)

    assert audit_verify().breaks == (ChainBreak(1, "it sealed 2 entries and 3 are there"),)


def test_a_seal_removed_with_its_entries_leaves_a_gap(chain: list[AuditSeal]) -> None:
    with without_triggers():
        execute("DELETE FROM core_auditentry WHERE seal_id = 2")
        execute("DELETE FROM core_auditseal WHERE number = 2")

    assert audit_verify().breaks == (ChainBreak(3, "seals 2 to 2 are missing"),)


def test_a_seal_recomputed_over_a_forged_entry_no_longer_fits_the_next(
    chain: list[AuditSeal],
) -> None:
    with without_triggers():
        execute("UPDATE core_auditentry SET actor_id = 'bob' WHERE seal_id = 2")
        seal = AuditSeal.objects.get(number=2)
        forged = head_hash(seal, AuditEntry.objects.filter(seal=seal).order_by("id"))
        execute("UPDATE core_auditseal SET head_hash = %s WHERE number = 2", forged)

    assert audit_verify().breaks == (ChainBreak(3, "it does not continue the seal before it"),)


def test_a_chain_cut_off_at_its_end_shows_against_a_head_noted_elsewhere(
    chain: list[AuditSeal],
) -> None:
    noted = {3: bytes(chain[2].head_hash).hex()}
    assert audit_verify(expected_heads=noted).is_intact

    with without_triggers():
        execute("DELETE FROM core_auditentry WHERE seal_id = 3")
        execute("DELETE FROM core_auditseal WHERE number = 3")

    assert audit_verify().is_intact
    assert audit_verify(expected_heads=noted).breaks == (
        ChainBreak(3, "the chain ends before this seal"),
    )


def test_a_chain_written_anew_shows_against_a_head_noted_elsewhere(
    chain: list[AuditSeal],
) -> None:
    assert audit_verify(expected_heads={2: "00" * 32}).breaks == (
        ChainBreak(2, "its hash is not the expected one"),
    )


@pytest.mark.django_db
def test_sealing_goes_in_batches_until_nothing_is_left(ada: Actor) -> None:
    for _ in range(5):
        record(ada)

    first = audit_seal_batch(limit=2)

    assert first is not None
    assert first.entries_count == 2
    assert audit_seal_all() == 1
    assert audit_seal_batch() is None
    assert list(AuditSeal.objects.values_list("number", "entries_count")) == [(1, 2), (2, 3)]
    assert audit_verify().is_intact


@pytest.mark.django_db
def test_the_head_of_each_seal_is_logged_so_that_it_leaves_the_database(ada: Actor) -> None:
    record(ada)

    with structlog.testing.capture_logs() as logs:
        seal = audit_seal_batch()

    assert seal is not None
    assert [(line["event"], line["seal_number"], line["head_hash"]) for line in logs] == [
        ("audit_sealed", 1, seal.head_hash.hex())
    ]


@pytest.mark.django_db(transaction=True)
def test_sealers_that_run_at_the_same_time_never_fork_the_chain(ada: Actor) -> None:
    with transaction.atomic():
        for _ in range(40):
            record(ada)
    racers = 4
    barrier = Barrier(racers)

    def seal() -> None:
        try:
            barrier.wait()
            for _ in range(10):
                audit_seal_batch(limit=3)
        finally:
            connection.close()

    with ThreadPoolExecutor(racers) as pool:
        for future in [pool.submit(seal) for _ in range(racers)]:
            future.result()
    audit_seal_all()

    report = audit_verify()
    assert report.is_intact
    assert (report.sealed_entries, report.unsealed_entries) == (40, 0)


@pytest.mark.django_db(transaction=True)
def test_an_entry_that_commits_late_goes_into_a_later_seal(ada: Actor) -> None:
    is_written, may_commit = Event(), Event()

    def slow_change() -> None:
        try:
            with transaction.atomic():
                record(ada, action="slow")
                is_written.set()
                may_commit.wait(10)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(slow_change)
        is_written.wait(10)
        with transaction.atomic():
            record(ada, action="quick")
        audit_seal_all()
        may_commit.set()
        future.result()
    audit_seal_all()

    sealed = dict(AuditEntry.objects.values_list("action", "seal_id"))
    assert sealed == {"quick": 1, "slow": 2}
    assert AuditEntry.objects.order_by("id").values_list("action", flat=True)[0] == "slow"
    assert audit_verify().is_intact


def test_the_command_prints_one_json_object(
    chain: list[AuditSeal], ada: Actor, capsys: pytest.CaptureFixture[str]
) -> None:
    record(ada)

    call_command("verify_audit_chain", "--json")

    report = json.loads(capsys.readouterr().out)
    assert report["is_intact"] is True
    assert (report["seals"], report["sealed_entries"], report["unsealed_entries"]) == (3, 6, 1)
    assert (report["head_number"], report["head_hash"]) == (3, bytes(chain[2].head_hash).hex())
    assert report["breaks"] == []


def test_the_command_names_the_break_and_exits_with_1(
    chain: list[AuditSeal], capsys: pytest.CaptureFixture[str]
) -> None:
    with without_triggers():
        execute("UPDATE core_auditentry SET action = 'x' WHERE seal_id = 2")

    with pytest.raises(SystemExit) as exit_:
        call_command("verify_audit_chain")

    assert exit_.value.code == 1
    output = capsys.readouterr().out
    assert "BREAK at seal 2: an entry or the seal itself was altered." in output
    assert output.endswith("The chain is broken.\n")


@pytest.mark.django_db
def test_the_command_refuses_an_expectation_it_cannot_read() -> None:
    with pytest.raises(CommandError, match="'abc' is not of the form NUMBER:HASH"):
        call_command("verify_audit_chain", "--expect", "abc")
