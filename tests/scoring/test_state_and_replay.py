"""The feature state in the database: once, in order, and the same to the bit when replayed."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fraudsite.core.models import Workspace
from fraudsite.core.outbox import relay_batch
from kyc.contracts import VerificationFacts
from scoring.event_records import events_of
from scoring.feature_store import states_advance
from scoring.features import SCHEMA
from scoring.models import Decision, EntityState, ModelVersion, VerificationChange
from scoring.services import feature_events
from scoring.services.feature_events import verification_apply
from scoring.services.rebuild import features_check, features_rebuild, is_rebuild_needed
from scoring.services.requests import ScoreRequest
from scoring.services.score import score_many
from tests.scoring.conftest import TESTER
from transactions.incoming import IncomingTransaction, check
from transactions.models import Transaction
from transactions.services.labels import label_record
from transactions.services.references import references_forget

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)

happenings = st.lists(
    st.one_of(
        st.fixed_dictionaries(
            {
                "what": st.just("payment"),
                "user": st.sampled_from(["ada", "bo"]),
                "merchant": st.sampled_from(["m1", "m2", None]),
                "device": st.sampled_from(["d1", None]),
                "ip": st.sampled_from(["192.0.2.1", "2001:DB8::1", "::ffff:192.0.2.9", None]),
                "card": st.sampled_from(["tok1", None]),
                "account": st.booleans(),
                "amount": st.integers(1, 2_000_000),
                "currency": st.sampled_from(["EUR", "JPY", "MNT"]),
                "minutes": st.integers(-50_000, 0),
                "latitude": st.sampled_from([None, 52.5, -33.9]),
            }
        ),
        st.fixed_dictionaries(
            {
                "what": st.just("label"),
                "of": st.integers(0, 30),
                "is_fraud": st.booleans(),
                "source": st.sampled_from(["analyst", "chargeback"]),
            }
        ),
        st.fixed_dictionaries(
            {
                "what": st.just("verification"),
                "of": st.integers(0, 30),
                "outcome": st.sampled_from(["approved", "in_review", "declined", "pending"]),
                "score": st.sampled_from([None, 0.25, 0.9]),
            }
        ),
    ),
    min_size=1,
    max_size=25,
)


def scored(happening: dict[str, Any], number: int) -> None:
    user = happening["user"]
    told = IncomingTransaction(
        user_id=user,
        transaction_id=f"T-{number}",
        amount_minor=happening["amount"],
        currency=happening["currency"],
        timestamp=NOW + timedelta(minutes=happening["minutes"]),
        merchant_id=happening["merchant"],
        device_id=happening["device"],
        ip_address=happening["ip"],
        card_token=happening["card"] and f"{happening['card']}-{user}",
        account_id=f"account-{user}" if happening["account"] else None,
        latitude=happening["latitude"],
        longitude=happening["latitude"],
    )
    request = ScoreRequest(check(told, arrived_at=NOW))
    score_many([request], workspace_id=Workspace.objects.live().pk, actor=TESTER)


def play(story: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    for number, happening in enumerate(story):
        rows = list(Transaction.objects.order_by("sequence"))
        if happening["what"] == "payment":
            scored(happening, number)
        elif not rows:
            continue
        elif happening["what"] == "label":
            label_record(
                labelled=rows[happening["of"] % len(rows)],
                is_fraud=happening["is_fraud"],
                source=happening["source"],
                actor=TESTER,
            )
            relay_batch()
        else:
            verify(rows[happening["of"] % len(rows)].customer_id, happening, monkeypatch)


def verify(
    customer_id: uuid.UUID, happening: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Apply what kyc would tell; its own way there is tested with the pipeline."""
    facts = VerificationFacts(
        customer_id, happening["outcome"], "low", happening["score"], None, timezone.now()
    )
    monkeypatch.setattr(feature_events, "verification_facts", lambda _: facts)
    verification_apply(customer_id=customer_id, event_id=uuid.uuid4())


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(story=happenings)
def test_replaying_the_records_gives_every_state_again_to_the_bit(
    champion: ModelVersion, monkeypatch: pytest.MonkeyPatch, story: list[dict[str, Any]]
) -> None:
    with transaction.atomic():
        play(story, monkeypatch)
        before = dict(EntityState.objects.values_list("pk", "blob"))

        checked = features_check()
        features_rebuild(actor=TESTER)

        after = dict(EntityState.objects.values_list("pk", "blob"))
        assert checked.differing == 0
        assert {key: bytes(blob) for key, blob in after.items()} == {
            key: bytes(blob) for key, blob in before.items()
        }
        transaction.set_rollback(True)
    references_forget()


def test_a_state_that_was_tampered_with_is_found(
    champion: ModelVersion, api: Client, payment: Callable[..., dict[str, Any]]
) -> None:
    api.post("/api/v1/transactions/", payment(), content_type="application/json")
    first, second = EntityState.objects.filter(kind__in=[1, 2]).order_by("kind")
    EntityState.objects.filter(pk=first.pk).update(blob=b"")

    found = features_check()
    features_rebuild(actor=TESTER)

    assert found.differing == 1
    assert bytes(EntityState.objects.get(pk=first.pk).blob) == bytes(first.blob)
    assert bytes(EntityState.objects.get(pk=second.pk).blob) == bytes(second.blob)


def test_the_check_command_fails_when_a_state_differs(
    champion: ModelVersion, api: Client, payment: Callable[..., dict[str, Any]]
) -> None:
    api.post("/api/v1/transactions/", payment(), content_type="application/json")
    call_command("rebuild_features", "--check", "--json")
    EntityState.objects.filter(kind=1).delete()

    with pytest.raises(SystemExit) as ended:
        call_command("rebuild_features", "--check")

    assert ended.value.code == 1


def test_a_state_of_another_layout_stops_scoring_with_503_until_it_is_rebuilt(
    champion: ModelVersion, api: Client, payment: Callable[..., dict[str, Any]]
) -> None:
    api.post("/api/v1/transactions/", payment(), content_type="application/json")
    state = EntityState.objects.get(kind=1)
    foreign = bytes([bytes(state.blob)[0] ^ 0x7F]) + bytes(state.blob)[1:]
    EntityState.objects.filter(pk=state.pk).update(blob=foreign)
    body = payment(transaction_id="T-2")

    refused = api.post("/api/v1/transactions/", body, content_type="application/json")
    batch = {"transactions": [body]}
    refused_batch = api.post("/api/v1/transactions/batch/", batch, content_type="application/json")
    needed = is_rebuild_needed()
    call_command("rebuild_features", "--if-needed")
    answered = api.post("/api/v1/transactions/", body, content_type="application/json")

    for refusal in (refused, refused_batch):
        assert (refusal.status_code, refusal.json()["code"]) == (503, "state_unreadable")
    assert needed
    assert answered.status_code == 201
    assert Transaction.objects.count() == 2


def test_states_are_locked_in_one_order(
    champion: ModelVersion, api: Client, payment: Callable[..., dict[str, Any]]
) -> None:
    with CaptureQueriesContext(connection) as queries:
        api.post("/api/v1/transactions/", payment(), content_type="application/json")

    (lock,) = [one["sql"] for one in queries if "FOR UPDATE OF state" in one["sql"]]
    assert "ORDER BY state.kind, state.key" in lock
    assert lock.index("ON CONFLICT DO NOTHING") < lock.index("FOR UPDATE")


def test_a_transaction_that_fails_leaves_no_state(
    champion: ModelVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise IntegrityError

    monkeypatch.setattr("scoring.services.score.events_prepare", refuse)

    with pytest.raises(IntegrityError):
        scored(
            {
                "user": "ada",
                "amount": 100,
                "currency": "EUR",
                "minutes": 0,
                "merchant": "m1",
                "device": None,
                "ip": None,
                "card": None,
                "account": False,
                "latitude": None,
            },
            1,
        )

    assert not EntityState.objects.exists()
    assert not Transaction.objects.exists()
    assert not Decision.objects.exists()


def test_a_verification_is_applied_once_for_each_event(
    champion: ModelVersion,
    api: Client,
    payment: Callable[..., dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    api.post("/api/v1/transactions/", payment(), content_type="application/json")
    customer_id = Transaction.objects.get().customer_id
    facts = VerificationFacts(customer_id, "approved", "low", 0.9, 1.0, timezone.now())
    monkeypatch.setattr(feature_events, "verification_facts", lambda _: facts)
    event_id = uuid.uuid4()

    verification_apply(customer_id=customer_id, event_id=event_id)
    verification_apply(customer_id=customer_id, event_id=event_id)
    api.post(
        "/api/v1/transactions/", payment(transaction_id="T-2"), content_type="application/json"
    )

    assert VerificationChange.objects.count() == 1
    decision = Decision.objects.get(transaction__external_id="T-2")
    vector = np.frombuffer(bytes(decision.features), "<f4")
    assert vector[SCHEMA.index("is_verification_approved")] == 1
    assert vector[SCHEMA.index("face_match_score")] == np.float32(0.9)
    assert features_check().differing == 0


def test_states_move_only_inside_a_transaction(transactional_db: None) -> None:
    with pytest.raises(Exception, match="transaction"):
        states_advance(events_of([]))
