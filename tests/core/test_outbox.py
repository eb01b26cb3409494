from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Lock
from threading import Event as Signal
from uuid import uuid4

import pytest
import structlog
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from fraudsite.core.choices import WorkspaceKind
from fraudsite.core.in_transaction import NotInTransaction
from fraudsite.core.models import ConsumedEvent, OutboxEvent, Workspace
from fraudsite.core.outbox import (
    MAX_ATTEMPTS,
    Consumer,
    Event,
    RelayReport,
    consumers,
    consumes,
    publish,
    purge,
    relay_batch,
    relay_one,
    retry_dead,
)
from tests.core.rollback import rolled_back

Register = Callable[..., None]


@pytest.fixture
def register() -> Iterator[Register]:
    """Register consumers for the length of a test."""
    names: list[str] = []

    def add(name: str, handle: Callable[[Event], None], *kinds: str) -> None:
        consumers.add(Consumer(name, kinds or ("parcel.*",), handle))
        names.append(name)

    yield add
    for name in names:
        consumers.remove(name)


@pytest.fixture
def hamburg(db: None) -> Workspace:
    return Workspace.objects.create(name="Hamburg", kind=WorkspaceKind.SANDBOX)


def tell(workspace: Workspace, kind: str = "parcel.sent", **payload: int) -> OutboxEvent:
    with transaction.atomic():
        return publish(kind=kind, aggregate=workspace, payload=payload)


def make_due() -> None:
    OutboxEvent.objects.update(due_at=timezone.now() - timedelta(seconds=1))


def test_an_event_reaches_each_consumer_that_wants_it_once(
    hamburg: Workspace, register: Register
) -> None:
    seen: list[tuple[str, Event]] = []
    register("all", lambda event: seen.append(("all", event)), "*")
    register("exact", lambda event: seen.append(("exact", event)), "parcel.lost", "parcel.sent")
    register("other", lambda event: seen.append(("other", event)), "parcel.lost")
    with structlog.contextvars.bound_contextvars(request_id="req-1"):
        row = tell(hamburg, number=7)

    assert relay_batch() == RelayReport(dispatched=1)
    assert relay_batch() == RelayReport()

    assert [name for name, _ in seen] == ["all", "exact"]
    event = seen[0][1]
    assert (event.id, event.kind, event.payload) == (row.event_id, "parcel.sent", {"number": 7})
    assert (event.aggregate_type, event.aggregate_id) == ("core.workspace", str(hamburg.pk))
    assert (event.occurred_at, event.request_id) == (row.created_at, "req-1")
    row.refresh_from_db()
    assert row.dispatched_at is not None
    assert set(row.consumptions.values_list("consumer", flat=True)) == {"all", "exact"}


def test_a_consumer_works_under_the_id_of_the_request_that_caused_it(
    hamburg: Workspace, register: Register
) -> None:
    seen: list[object] = []
    register("log", lambda _: seen.append(structlog.contextvars.get_contextvars()["request_id"]))
    with structlog.contextvars.bound_contextvars(request_id="req-1"):
        tell(hamburg)

    relay_batch()

    assert seen == ["req-1"]
    assert "request_id" not in structlog.contextvars.get_contextvars()


def test_an_event_nobody_wants_counts_as_dispatched(hamburg: Workspace) -> None:
    tell(hamburg)

    assert relay_batch() == RelayReport(dispatched=1)


def test_an_event_with_personal_data_is_refused(hamburg: Workspace) -> None:
    payload = {"customer_id": "7", "person": {"surname": "Lovelace"}}

    with pytest.raises(ValueError, match="never personal data: surname"):
        publish(kind="parcel.sent", aggregate=hamburg, payload=payload)

    assert OutboxEvent.objects.count() == 0


def test_ids_in_an_event_arrive_as_they_were(hamburg: Workspace, register: Register) -> None:
    seen: list[object] = []
    register("ids", lambda event: seen.append(event.payload))

    publish(kind="parcel.sent", aggregate=hamburg, payload={"payment_id": "4111111111111111"})
    relay_batch()

    assert seen == [{"payment_id": "4111111111111111"}]


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused() -> None:
    with pytest.raises(NotInTransaction):
        publish(kind="parcel.sent", aggregate=Workspace.objects.live())

    assert OutboxEvent.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_an_event_goes_with_the_change_that_is_rolled_back() -> None:
    with rolled_back():
        publish(kind="parcel.sent", aggregate=Workspace.objects.live())

    assert OutboxEvent.objects.count() == 0


def test_a_failed_consumer_is_tried_again_and_the_others_are_not(
    hamburg: Workspace, register: Register
) -> None:
    calls: list[str] = []
    faults = [RuntimeError("surname Lovelace")]

    def shaky(_: Event) -> None:
        calls.append("shaky")
        Workspace.objects.create(name="half done", kind=WorkspaceKind.SANDBOX)
        if faults:
            raise faults.pop()

    register("shaky", shaky)
    register("steady", lambda _: calls.append("steady"))
    row = tell(hamburg)

    assert relay_batch() == RelayReport(failed=1)

    row.refresh_from_db()
    assert (row.attempts, row.last_error) == (1, "shaky: RuntimeError")
    assert timedelta(seconds=1) < row.due_at - timezone.now() <= timedelta(seconds=2.5)
    assert not Workspace.objects.filter(name="half done").exists()
    assert relay_batch() == RelayReport()

    make_due()
    assert relay_batch() == RelayReport(dispatched=1)

    assert calls == ["shaky", "steady", "shaky"]
    assert Workspace.objects.filter(name="half done").count() == 1
    row.refresh_from_db()
    assert (row.last_error, row.dead_at) == ("", None)


def test_a_consumer_that_breaks_a_constraint_does_not_harm_the_others(
    hamburg: Workspace, register: Register
) -> None:
    def clash(_: Event) -> None:
        Workspace.objects.create(pk=hamburg.pk, name="again", kind=WorkspaceKind.SANDBOX)

    seen: list[Event] = []
    register("clash", clash)
    register("zealous", seen.append)
    row = tell(hamburg)

    assert relay_batch() == RelayReport(failed=1)

    assert len(seen) == 1
    assert [note.consumer for note in row.consumptions.all()] == ["zealous"]
    row.refresh_from_db()
    assert row.last_error == "clash: IntegrityError"


def test_later_events_of_an_aggregate_wait_for_the_failed_one_and_others_do_not(
    hamburg: Workspace, register: Register
) -> None:
    bremen = Workspace.objects.create(name="Bremen", kind=WorkspaceKind.SANDBOX)
    seen: list[object] = []
    faults = [RuntimeError()]

    def shaky(event: Event) -> None:
        if event.payload["number"] == 1 and faults:
            raise faults.pop()
        seen.append(event.payload["number"])

    register("shaky", shaky)
    for number, workspace in ((1, hamburg), (2, hamburg), (3, bremen)):
        tell(workspace, number=number)

    relay_batch()
    assert seen == [3]

    make_due()
    relay_batch()
    assert seen == [3, 1, 2]


def test_an_event_that_never_succeeds_becomes_a_dead_letter_and_lets_the_next_pass(
    hamburg: Workspace, register: Register, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[object] = []

    def picky(event: Event) -> None:
        if event.payload["number"] == 1:
            raise RuntimeError
        seen.append(event.payload["number"])

    register("picky", picky)
    first, _ = tell(hamburg, number=1), tell(hamburg, number=2)
    outcomes = []
    for _ in range(MAX_ATTEMPTS):
        make_due()
        outcomes.append(relay_one())

    assert outcomes == ["failed"] * (MAX_ATTEMPTS - 1) + ["dead"]
    assert relay_batch() == RelayReport(dispatched=1)
    assert seen == [2]
    first.refresh_from_db()
    assert first.dead_at is not None
    call_command("dead_letters")
    letter = json.loads(capsys.readouterr().out)
    assert (letter["event_id"], letter["last_error"]) == (
        str(first.event_id),
        "picky: RuntimeError",
    )


def test_a_dead_letter_can_be_tried_again(hamburg: Workspace, register: Register) -> None:
    seen: list[Event] = []
    register("late", seen.append)
    row = tell(hamburg)
    OutboxEvent.objects.update(dead_at=timezone.now(), attempts=MAX_ATTEMPTS)
    assert relay_batch() == RelayReport()

    assert retry_dead(event_ids=[uuid4()]) == 0
    assert retry_dead(event_ids=[row.event_id]) == 1

    assert relay_batch() == RelayReport(dispatched=1)
    assert len(seen) == 1


def test_purging_keeps_what_is_waiting_young_or_dead(
    hamburg: Workspace, register: Register
) -> None:
    register("any", lambda _: None)
    rows = {name: tell(hamburg) for name in ("old", "young", "dead", "waiting")}
    long_ago = timezone.now() - timedelta(days=8)
    relay_batch(limit=2)
    OutboxEvent.objects.filter(pk=rows["old"].pk).update(dispatched_at=long_ago)
    OutboxEvent.objects.filter(pk=rows["dead"].pk).update(dead_at=long_ago)

    assert purge() == 1
    assert purge() == 0

    assert set(OutboxEvent.objects.values_list("pk", flat=True)) == {
        rows[name].pk for name in ("young", "dead", "waiting")
    }
    assert ConsumedEvent.objects.count() == 1


def test_two_consumers_of_one_name_are_refused(register: Register) -> None:
    register("same", lambda _: None)

    with pytest.raises(ValueError, match="an outbox consumer named same already"):
        consumes("parcel.sent", name="same")(lambda _: None)


@pytest.mark.django_db(transaction=True)
def test_relays_at_work_together_hand_over_every_event_once_and_in_order(
    register: Register,
) -> None:
    workspaces = [
        Workspace.objects.create(name=str(n), kind=WorkspaceKind.SANDBOX) for n in range(5)
    ]
    seen: list[tuple[str, int]] = []
    lock = Lock()

    def note(event: Event) -> None:
        with lock:
            seen.append((event.aggregate_id, event.payload["number"]))

    register("note", note)
    for number in range(12):
        for workspace in workspaces:
            tell(workspace, number=number)
    relays = 4
    barrier = Barrier(relays)

    def relay() -> int:
        try:
            barrier.wait()
            done = 0
            while OutboxEvent.objects.filter(dispatched_at__isnull=True).exists():
                done += relay_batch().dispatched
            return done
        finally:
            connection.close()

    with ThreadPoolExecutor(relays) as pool:
        futures = [pool.submit(relay) for _ in range(relays)]
        counts = [future.result() for future in futures]

    assert sum(counts) == 60
    assert len(seen) == 60
    for workspace in workspaces:
        numbers = [number for aggregate, number in seen if aggregate == str(workspace.pk)]
        assert numbers == list(range(12))


@pytest.mark.django_db(transaction=True)
def test_while_one_relay_holds_an_event_another_takes_neither_it_nor_its_successor(
    register: Register,
) -> None:
    hamburg = Workspace.objects.create(name="Hamburg", kind=WorkspaceKind.SANDBOX)
    bremen = Workspace.objects.create(name="Bremen", kind=WorkspaceKind.SANDBOX)
    seen: list[object] = []
    is_held, may_go = Signal(), Signal()

    def slow(event: Event) -> None:
        if event.payload["number"] == 1:
            is_held.set()
            may_go.wait(10)
        seen.append(event.payload["number"])

    register("slow", slow)
    for number, workspace in ((1, hamburg), (2, hamburg), (3, bremen)):
        tell(workspace, number=number)

    def first_relay() -> None:
        try:
            relay_one()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(first_relay)
        is_held.wait(10)
        meanwhile = relay_batch()
        may_go.set()
        future.result()

    assert meanwhile == RelayReport(dispatched=1)
    assert seen == [3, 1]
    assert relay_batch() == RelayReport(dispatched=1)
    assert seen == [3, 1, 2]


@pytest.mark.django_db(transaction=True)
def test_a_relay_that_dies_in_the_middle_leaves_the_event_to_the_next(register: Register) -> None:
    hamburg = Workspace.objects.create(name="Hamburg", kind=WorkspaceKind.SANDBOX)
    tell(hamburg)
    deaths = [SystemExit()]

    def mortal(_: Event) -> None:
        Workspace.objects.create(name="written", kind=WorkspaceKind.SANDBOX)
        if deaths:
            raise deaths.pop()

    register("mortal", mortal)
    with pytest.raises(SystemExit):
        relay_batch()
    assert not Workspace.objects.filter(name="written").exists()

    assert relay_batch() == RelayReport(dispatched=1)

    assert Workspace.objects.filter(name="written").count() == 1
