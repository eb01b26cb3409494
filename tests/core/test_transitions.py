from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
import structlog
from django.db import IntegrityError, connection, transaction

from fraudsite.core.actors import Actor
from fraudsite.core.models import AuditEntry, OutboxEvent, StatusChange
from fraudsite.core.transitions import TransitionRefused, TransitionTable, move
from tests.core.parcels import Parcel
from tests.core.rollback import rolled_back


def assert_nothing_was_written() -> None:
    assert StatusChange.objects.count() == 0
    assert AuditEntry.objects.count() == 0
    assert OutboxEvent.objects.count() == 0


def test_a_move_writes_status_history_audit_and_event(parcel: Parcel, ada: Actor) -> None:
    before = parcel.updated_at

    with structlog.contextvars.bound_contextvars(request_id="req-1"):
        change = move(
            parcel,
            to="sent",
            actor=ada,
            reason_code="paid",
            details={"order_id": 7},
            payload={"order_id": 7},
            update={"carrier": "DHL"},
        )

    stored = Parcel.objects.get(pk=parcel.pk)
    assert (stored.status, stored.carrier) == ("sent", "DHL")
    assert (parcel.status, parcel.carrier) == ("sent", "DHL")
    assert stored.updated_at > before
    change.refresh_from_db()
    assert (change.target_type, change.target_id) == ("parcels.parcel", str(parcel.pk))
    assert (change.from_status, change.to_status) == ("packed", "sent")
    assert (change.reason_code, change.details, change.actor_id) == ("paid", {"order_id": 7}, "ada")
    entry = AuditEntry.objects.get()
    assert entry.action == "parcels.parcel.sent"
    assert entry.details == {"from": "packed", "reason_code": "paid", "order_id": 7}
    event = OutboxEvent.objects.get()
    assert (event.kind, event.aggregate_type, event.aggregate_id) == (
        "parcels.parcel.sent",
        "parcels.parcel",
        str(parcel.pk),
    )
    assert event.payload == {"from": "packed", "to": "sent", "reason_code": "paid", "order_id": 7}
    assert isinstance(event.event_id, UUID)
    assert {change.request_id, entry.request_id, event.request_id} == {"req-1"}


def test_a_move_the_table_does_not_know_is_refused(parcel: Parcel, ada: Actor) -> None:
    with pytest.raises(TransitionRefused) as refusal:
        move(parcel, to="delivered", actor=ada, update={"carrier": "DHL"})

    assert refusal.value.code == "not_allowed"
    assert refusal.value.sentence == "A parcel that is packed cannot become delivered."
    parcel.refresh_from_db()
    assert (parcel.status, parcel.carrier) == ("packed", "")
    assert_nothing_was_written()


def test_a_move_of_a_row_somebody_else_moved_is_refused(parcel: Parcel, ada: Actor) -> None:
    Parcel.objects.filter(pk=parcel.pk).update(status="lost")

    with pytest.raises(TransitionRefused) as refusal:
        move(parcel, to="sent", actor=ada, update={"carrier": "DHL"})

    assert refusal.value.code == "stale"
    assert (parcel.status, parcel.carrier) == ("packed", "")
    assert Parcel.objects.get(pk=parcel.pk).status == "lost"
    assert_nothing_was_written()


def test_nothing_follows_a_final_status(parcel: Parcel, ada: Actor) -> None:
    move(parcel, to="lost", actor=ada)

    assert Parcel.transitions.is_final("lost")
    with pytest.raises(TransitionRefused):
        move(parcel, to="sent", actor=ada)


def test_a_table_that_names_an_unknown_status_is_refused() -> None:
    with pytest.raises(ValueError, match="Statuses without a row of their own: sent"):
        TransitionTable({"packed": {"sent"}})


@pytest.mark.django_db(transaction=True)
def test_of_two_who_move_at_the_same_time_one_wins_and_one_is_told(
    parcel_table: None, ada: Actor
) -> None:
    for _ in range(10):
        parcel = Parcel.objects.create()
        outcomes = race(parcel.pk, ("sent", "lost"), ada)

        assert sorted(outcomes) == ["stale", "won"]
        stored = Parcel.objects.get(pk=parcel.pk)
        history = StatusChange.objects.filter(target_id=str(parcel.pk))
        assert [change.to_status for change in history] == [stored.status]
        assert OutboxEvent.objects.filter(aggregate_id=str(parcel.pk)).count() == 1
        assert AuditEntry.objects.filter(target_id=str(parcel.pk)).count() == 1
    Parcel.objects.all().delete()


def race(parcel_id: int, statuses: tuple[str, ...], actor: Actor) -> list[str]:
    barrier = Barrier(len(statuses))

    def run(status: str) -> str:
        try:
            mine = Parcel.objects.get(pk=parcel_id)
            barrier.wait()
            move(mine, to=status, actor=actor)
        except TransitionRefused as refusal:
            return refusal.code
        else:
            return "won"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(statuses)) as pool:
        return [future.result() for future in [pool.submit(run, status) for status in statuses]]


@pytest.mark.django_db(transaction=True)
def test_a_failure_after_the_move_takes_everything_back(parcel_table: None, ada: Actor) -> None:
    parcel = Parcel.objects.create()

    with rolled_back():
        move(parcel, to="sent", actor=ada)

    assert Parcel.objects.get(pk=parcel.pk).status == "packed"
    assert_nothing_was_written()
    Parcel.objects.all().delete()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_statuschange SET to_status = 'lost'",
        "DELETE FROM core_statuschange",
        "TRUNCATE core_statuschange",
    ],
)
def test_the_database_refuses_to_rewrite_history(
    statement: str, parcel: Parcel, ada: Actor
) -> None:
    move(parcel, to="sent", actor=ada)

    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert StatusChange.objects.get().to_status == "sent"
