from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from fraudsite.core.insertion import row_new, rows_insert
from fraudsite.core.models import OutboxEvent
from scoring.models import Decision
from tests.scoring.decided import a_customer, a_transaction
from transactions.models import Transaction

# PostgreSQL stores no U+0000, and no half of a surrogate pair.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
# Goes by COPY where there are many.
PRINTABLE = st.text(
    st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(' ,"\\'), max_size=40
).filter(str.isprintable)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
).filter(lambda value: "inf" not in repr(value))


def an_event(**fields: Any) -> OutboxEvent:
    now = timezone.now()
    told = {"kind": "parcel.sent", "aggregate_type": "core.parcel", "aggregate_id": "1"}
    return OutboxEvent(**{**told, "created_at": now, "due_at": now, **fields})


def a_decision(row: Transaction, **fields: Any) -> Decision:
    told = {
        "transaction": row,
        "outcome": "approve",
        "risk_level": "low",
        "is_fraud": False,
        "shadow_outcome": "approve",
        "features": b"\x00\x01\xff\\",
        "schema_hash": "abc",
        "policy_version": "1",
        "processing_time_us": 7,
        "decided_at": timezone.now(),
    }
    return Decision(**{**told, **fields})


def stored(row: models.Model) -> dict[str, Any]:
    found = type(row).objects.get(pk=row.pk)
    return {
        field.attname: bytes(value) if isinstance(value, memoryview) else value
        for field in type(row)._meta.concrete_fields
        if (value := getattr(found, field.attname)) is not ...
    }


class AsBulkCreate(TestCase):
    @settings(max_examples=60, deadline=None)
    @given(
        fewest_for_copy=st.sampled_from([1, 1_000]),
        text=TEXT | PRINTABLE | st.sampled_from(["null", "", "\\.", 'a"b', "a\\", "\\n", "],["]),
        payload=JSON,
        blob=st.binary(max_size=600),
        score=st.none() | st.floats(0, 1),
        instant=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds it
    )
    def test_what_is_read_back_is_what_bulk_create_writes(
        self,
        fewest_for_copy: int,
        text: str,
        payload: Any,
        blob: bytes,
        score: float | None,
        instant: datetime,
    ) -> None:
        fields = {
            "causes": [payload],
            "factors": payload,
            "features": blob,
            "score": score,
            "schema_hash": text,
            "decided_at": instant,
        }
        ours, theirs = (a_decision(a_transaction(a_customer()), **fields) for _ in range(2))

        with patch("fraudsite.core.insertion.FEWEST_FOR_COPY", fewest_for_copy):
            rows_insert([ours])
        Decision.objects.bulk_create([theirs])

        own = ("id", "transaction_id")
        written = {name: value for name, value in stored(ours).items() if name not in own}
        assert written == {name: value for name, value in stored(theirs).items() if name not in own}
        assert written["features"] == blob
        assert written["schema_hash"] == text


def test_rows_of_several_tables_go_in_with_one_query(db: None) -> None:
    row = a_transaction(a_customer())
    decision, events = a_decision(row), [an_event(aggregate_id="2"), an_event(aggregate_id="3")]

    with CaptureQueriesContext(connection) as queries:
        rows_insert([decision], events)

    assert len(queries) == 1
    assert Decision.objects.get().transaction_id == row.pk
    ordered = OutboxEvent.objects.filter(kind="parcel.sent").order_by("pk")
    assert [event.aggregate_id for event in ordered] == ["2", "3"]


def test_many_rows_go_in_by_one_copy(db: None) -> None:
    payloads = [{"number": number, "words": 'a "b", \\c\n'} for number in range(200)]
    events = [an_event(kind="many", aggregate_id='x,"y"\\', payload=one) for one in payloads]

    with CaptureQueriesContext(connection) as queries:
        rows_insert(events)

    written = OutboxEvent.objects.filter(kind="many").order_by("pk")
    assert [event.payload for event in written] == payloads
    assert {event.aggregate_id for event in written} == {'x,"y"\\'}
    assert [query["sql"].split()[0] for query in queries] == ["COPY"]


def test_a_line_end_in_one_of_many_rows_arrives_whole(db: None) -> None:
    texts = ["plain", "two\nlines", "tab\t", "back\\slash"] * 50
    events = [an_event(kind="lines", last_error=text) for text in texts]

    rows_insert(events)

    written = OutboxEvent.objects.filter(kind="lines").order_by("pk")
    assert [event.last_error for event in written] == texts


def test_many_rows_that_conflict_leave_nothing(db: None) -> None:
    same = uuid4()
    events = [an_event(kind="double", event_id=uuid4()) for _ in range(100)]
    twice = [an_event(kind="double", event_id=same) for _ in range(100)]

    with pytest.raises(IntegrityError), transaction.atomic():
        rows_insert(events, twice)

    assert not OutboxEvent.objects.filter(kind="double").exists()


def test_a_new_row_has_its_columns_and_knows_what_is_behind_its_keys(db: None) -> None:
    moved = a_transaction(a_customer())
    columns = {**a_decision(moved).__dict__}
    del columns["_state"]

    row = row_new(Decision, columns, {"transaction": moved, "model": None})

    assert row._state.adding
    assert row.transaction is moved
    assert row == Decision(**columns)
    rows_insert([row])
    assert stored(row) == {**columns, "features": b"\x00\x01\xff\\"}


def test_a_new_row_that_lacks_a_column_is_not_written(db: None) -> None:
    with pytest.raises(KeyError, match="event_id"):
        rows_insert([row_new(OutboxEvent, {"id": None, "kind": "parcel.sent"}, {})])


def test_a_row_counts_as_saved_afterwards(db: None) -> None:
    decision = a_decision(a_transaction(a_customer()))

    rows_insert([decision])

    assert (decision._state.adding, decision._state.db) == (False, "default")


def test_nothing_to_insert_asks_nothing(db: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        rows_insert([], [])

    assert len(queries) == 0


def test_a_conflict_in_the_second_table_leaves_the_first_empty(db: None) -> None:
    same = uuid4()
    events = [an_event(event_id=same), an_event(event_id=same)]

    with pytest.raises(IntegrityError), transaction.atomic():
        rows_insert([a_decision(a_transaction(a_customer()))], events)

    assert not Decision.objects.exists()
    assert not OutboxEvent.objects.filter(event_id=same).exists()
