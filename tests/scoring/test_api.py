"""The scoring endpoints, through HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fraudsite.core.models import OutboxEvent, Workspace
from fraudsite.core.outbox import relay_batch
from fraudsite.core.services.api_keys import api_key_create
from scoring.choices import ModelStatus
from scoring.configuration import configuration, configuration_forget
from scoring.features import SCHEMA
from scoring.models import (
    Decision,
    EntityState,
    ModelVersion,
)
from scoring.rules import STARTER_RULES
from scoring.services.rebuild import features_check
from tests.scoring.api_calls import URL, Payment, post
from tests.scoring.conftest import TESTER
from transactions.models import Label, Transaction

NOBODYS = "01a1fd76-2a55-763a-9a70-a424fe36df0c"

pytestmark = pytest.mark.django_db


def nothing_was_kept() -> bool:
    return not any(
        model.objects.exists() for model in (Transaction, Decision, EntityState, OutboxEvent)
    )


def test_a_payment_is_judged_and_kept(
    champion: ModelVersion, api: Client, payment: Payment
) -> None:
    answer = post(api, payment())

    assert answer.status_code == 201
    body = answer.json()
    row = Transaction.objects.get()
    assert body["id"] == str(row.pk)
    assert body["transaction_id"] == "T-1"
    assert body["decision"] == "approve"
    assert body["status"] == row.status == "approved"
    assert body["is_fraud"] is False
    assert body["risk_level"] == "low"
    assert 0 <= body["fraud_score"] < 0.3
    assert body["factors"] is None
    assert body["model_version"] == champion.version
    assert body["is_demo_model"] is True
    assert [note["code"] for note in body["notes"]] == ["model.demo"]
    assert body["processing_time_ms"] > 0
    assert row.customer.external_id == "carla"
    assert row.merchant.external_id == "grocer"
    assert row.amount_reference_minor == 1250


def test_a_decision_keeps_what_it_takes_to_repeat_it(
    champion: ModelVersion, starter_rules: None, api: Client, payment: Payment
) -> None:
    score = post(api, payment()).json()["fraud_score"]

    decision = Decision.objects.get()
    features = np.frombuffer(bytes(decision.features), "<f4").reshape(1, -1)
    assert features.shape == (1, len(SCHEMA))
    assert decision.schema_hash == SCHEMA.hash

    assert configuration().champion.model.scores(features)[0] == score
    assert decision.policy_version == configuration().policy_version
    assert decision.rules_asked == sorted(f"{rule.id}@1" for rule in STARTER_RULES)


def test_a_suspect_payment_says_why(
    champion: ModelVersion, starter_rules: None, api: Client, payment: Payment
) -> None:
    for number in range(12):
        post(api, payment(transaction_id=f"T-{number}", amount_minor=100, card_token=f"t{number}"))

    body = post(api, payment(transaction_id="T-last", amount_minor=950_000, device_id="new")).json()

    assert body["decision"] != "approve"
    assert "velocity@1" in body["rules"]
    assert {"rule.velocity@1", "rule.unverified_customer@1"} <= {
        cause["code"] for cause in body["causes"]
    }
    assert body["factors"]
    assert all(factor["contribution"] > 0 for factor in body["factors"])
    assert all(factor["text"].endswith(".") for factor in body["factors"])
    event = OutboxEvent.objects.latest("id")
    assert event.kind == f"scoring.decision.{body['decision']}"
    assert event.aggregate_id == body["id"]


@pytest.mark.parametrize("header", [{}, {"idempotency-key": "once"}])
def test_the_same_request_again_gets_the_same_answer(
    champion: ModelVersion, api: Client, payment: Payment, header: dict[str, str]
) -> None:
    body = payment(transaction_id=None if header else "T-1")
    first = post(api, body, **header)

    again = post(api, body, **header)

    assert again.status_code == 201
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert Transaction.objects.count() == Decision.objects.count() == 1
    assert features_check().differing == 0


def test_an_idempotency_key_with_another_body_is_refused(
    champion: ModelVersion, api: Client, payment: Payment
) -> None:
    post(api, payment(transaction_id=None), **{"idempotency-key": "once"})

    answer = post(api, payment(transaction_id=None, amount_minor=99), **{"idempotency-key": "once"})

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_conflict")
    assert Transaction.objects.count() == 1


def test_a_transaction_id_with_other_content_is_refused(
    champion: ModelVersion, api: Client, payment: Payment
) -> None:
    moment = datetime.now(UTC).isoformat()
    post(api, payment(timestamp=moment))

    answer = post(api, payment(timestamp=moment, amount_minor=99))

    assert (answer.status_code, answer.json()["code"]) == (409, "transaction_exists")
    assert answer.json()["field"] == "transaction_id"


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"amount_minor": None}, "amount_unclear", "amount_minor"),
        ({"amount": "12.50"}, "amount_unclear", "amount_minor"),
        ({"amount_minor": None, "amount": "12.505"}, "too_many_decimals", "amount"),
        ({"amount_minor": 0}, "out_of_range", "amount_minor"),
        ({"amount_minor": 12.5}, "invalid_type", "amount_minor"),
        ({"currency": "XXQ"}, "unknown_currency", "currency"),
        ({"ip_address": "300.1.1.1"}, "invalid_ip_address", "ip_address"),
        ({"ip_address": "fe80::1%eth0"}, "invalid_ip_address", "ip_address"),
        ({"timestamp": "2026-01-01T00:00:00"}, "invalid_format", "timestamp"),
        ({"timestamp": "2999-01-01T00:00:00Z"}, "timestamp_in_future", "timestamp"),
        ({"timestamp": "1999-01-01T00:00:00Z"}, "timestamp_too_old", "timestamp"),
        ({"card_token": "4111 1111 1111 1111"}, "invalid_format", "card_token"),
        ({"card_token": "4111111111111111"}, "card_number_refused", "card_token"),
        ({"user_id": "5500-0055-5555-5559"}, "card_number_refused", "user_id"),
        ({"surprise": 1}, "unknown_field", "surprise"),
        ({"user_id": None}, "required", "user_id"),
        ({"kind": "gift"}, "invalid_choice", "kind"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field_and_nothing_is_kept(
    champion: ModelVersion,
    api: Client,
    payment: Payment,
    changes: dict[str, Any],
    code: str,
    field: str,
) -> None:
    OutboxEvent.objects.all().delete()

    answer = post(api, payment(**changes))

    assert answer.status_code == 400, answer.content
    assert (answer.json()["code"], answer.json()["field"]) == (code, field)
    assert nothing_was_kept()


def test_a_card_number_reaches_no_log(
    champion: ModelVersion, api: Client, payment: Payment, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = post(api, payment(card_token="4111111111111111"))

    out, err = capfd.readouterr()
    assert "4111111111111111" not in out + err + answer.content.decode()


def test_an_amount_may_be_an_exact_decimal(
    champion: ModelVersion, api: Client, payment: Payment
) -> None:
    post(api, payment(amount_minor=None, amount="1.005", currency="KWD"))

    assert Transaction.objects.get().amount_minor == 1005


@pytest.mark.parametrize(
    ("scopes", "method", "path", "status"),
    [
        (["transactions:read"], "post", URL, 403),
        (["transactions:write"], "get", URL, 403),
        (["transactions:write"], "post", f"{URL}{NOBODYS}/labels/", 403),
        (["transactions:read"], "post", f"{URL}batch/", 403),
        (None, "post", URL, 401),
        (None, "get", f"{URL}{NOBODYS}/", 401),
    ],
)
def test_a_key_needs_the_scope(
    champion: ModelVersion,
    payment: Payment,
    scopes: list[str] | None,
    method: str,
    path: str,
    status: int,
) -> None:
    client = Client()
    if scopes:
        key = api_key_create(
            name="Narrow", scopes=scopes, workspace=Workspace.objects.live(), actor=TESTER
        )
        client = Client(headers={"authorization": f"Bearer {key.text}"})

    answer = getattr(client, method)(path, payment(), content_type="application/json")

    assert answer.status_code == status
    assert not Transaction.objects.exists()


def test_another_workspaces_transaction_is_not_found(
    champion: ModelVersion, api: Client, payment: Payment
) -> None:
    sandbox = api_key_create(
        name="Sandbox",
        scopes=["transactions:read", "transactions:write", "labels:write"],
        workspace=Workspace.objects.sandbox(),
        actor=TESTER,
    )
    stranger = Client(headers={"authorization": f"Bearer {sandbox.text}"})
    ours = post(api, payment()).json()["id"]

    answers = [
        stranger.get(f"{URL}{ours}/"),
        post(stranger, {"is_fraud": True}, f"{URL}{ours}/labels/"),
        stranger.get(f"{URL}{NOBODYS}/"),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.json()["message"] for answer in answers}) == 1
    assert stranger.get(URL).json()["results"] == []
    assert not Label.objects.exists()
    # The same ids name other people there.
    assert post(stranger, payment()).status_code == 201


def test_an_account_of_another_customer_is_refused(
    champion: ModelVersion, api: Client, payment: Payment
) -> None:
    post(api, payment(account_id="A-1"))

    answer = post(api, payment(transaction_id="T-2", user_id="mallory", account_id="A-1"))

    assert (answer.status_code, answer.json()["code"]) == (400, "account_of_another_customer")


def test_a_batch_is_judged_in_its_order_and_a_refused_one_stops_no_other(
    champion: ModelVersion, api: Client, payment: Payment
) -> None:
    post(api, payment(transaction_id="known"))
    body = [
        payment(transaction_id="B-1"),
        payment(transaction_id="B-2", currency="XXQ"),
        payment(transaction_id="B-3"),
        payment(transaction_id="B-3"),
        payment(transaction_id="known", amount_minor=5),
    ]

    answer = post(api, {"transactions": body}, f"{URL}batch/")

    assert answer.status_code == 200
    found = [
        (one["transaction"] or {}).get("transaction_id") or one["error"]["code"]
        for one in answer.json()["results"]
    ]
    assert found == ["B-1", "unknown_currency", "B-3", "repeated_in_batch", "transaction_exists"]
    assert (answer.json()["scored"], answer.json()["refused"]) == (2, 3)
    assert list(Transaction.objects.order_by("sequence").values_list("external_id", flat=True)) == [
        "known",
        "B-1",
        "B-3",
    ]
    assert features_check().differing == 0


def test_a_batch_sent_again_is_answered_the_same(
    champion: ModelVersion, api: Client, payment: Payment
) -> None:
    body = {"transactions": [payment(transaction_id=None, amount_minor=n) for n in (100, 200)]}
    first = post(api, body, f"{URL}batch/", **{"idempotency-key": "b"}).json()

    again = post(api, body, f"{URL}batch/", **{"idempotency-key": "b"}).json()

    assert [one["transaction"] for one in again["results"]] == [
        one["transaction"] for one in first["results"]
    ]
    assert all(one["is_replay"] for one in again["results"])
    assert Transaction.objects.count() == 2


def test_one_by_one_and_in_a_batch_give_the_same_scores(
    champion: ModelVersion, starter_rules: None, api: Client, payment: Payment
) -> None:
    start = datetime.now(UTC) - timedelta(hours=2)
    bodies = [
        payment(
            transaction_id=f"T-{n}",
            amount_minor=100 + 7919 * n % 90_000,
            timestamp=(start + timedelta(minutes=n)).isoformat(),
            device_id=f"device-{n % 3}",
        )
        for n in range(20)
    ]
    singles = [post(api, body).json() for body in bodies]

    renamed = [{**body, "user_id": "b", **_renamed(body)} for body in bodies]
    batch = post(api, {"transactions": renamed}, f"{URL}batch/").json()["results"]

    assert [one["transaction"]["fraud_score"] for one in batch] == [
        one["fraud_score"] for one in singles
    ]
    assert [one["transaction"]["rules"] for one in batch] == [one["rules"] for one in singles]


def _renamed(body: dict[str, Any]) -> dict[str, str]:
    """The same story of other people, so that neither sees the other's history."""
    names = ("transaction_id", "merchant_id", "device_id", "card_token")
    return {**{name: f"b-{body[name]}" for name in names}, "ip_address": "198.51.100.7"}


def test_reading_one_explains_it(champion: ModelVersion, api: Client, payment: Payment) -> None:
    told = post(api, payment()).json()

    read = api.get(f"{URL}{told['id']}/").json()

    assert read["factors"] is not None
    assert {**read, "factors": None} == told
    assert Decision.objects.get().factors is None


def test_a_list_is_paged_newest_first(
    champion: ModelVersion, api: Client, payment: Payment
) -> None:
    for number in range(5):
        post(api, payment(transaction_id=f"T-{number}"))

    first = api.get(f"{URL}?limit=2").json()
    second = api.get(first["next"]).json()
    third = api.get(second["next"]).json()

    ids = [one["transaction_id"] for page in (first, second, third) for one in page["results"]]
    assert ids == ["T-4", "T-3", "T-2", "T-1", "T-0"]
    assert third["next"] is None
    only = api.get(f"{URL}?transaction_id=T-3").json()["results"]
    assert [one["transaction_id"] for one in only] == ["T-3"]


def test_a_label_is_recorded_once_and_reaches_the_features(
    champion: ModelVersion, api: Client, payment: Payment, settings: Any
) -> None:

    told = post(api, payment(timestamp=(timezone.now() - timedelta(days=2)).isoformat())).json()
    url = f"{URL}{told['id']}/labels/"

    first = post(api, {"is_fraud": True, "source": "chargeback"}, url)
    again = post(api, {"is_fraud": True, "source": "chargeback"}, url)
    relay_batch()

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    label = Label.objects.get()
    assert label.sequence > Transaction.objects.get().sequence
    assert features_check().differing == 0
    post(api, payment(transaction_id="T-2"))
    vector = np.frombuffer(
        bytes(Decision.objects.get(transaction__external_id="T-2").features), "<f4"
    )
    assert vector[SCHEMA.index("merchant_frauds")] == 1
    assert vector[SCHEMA.index("customer_frauds")] == 1


def test_a_label_known_before_the_transaction_is_refused(
    champion: ModelVersion, api: Client, payment: Payment
) -> None:
    told = post(api, payment()).json()

    answer = post(
        api,
        {"is_fraud": True, "known_at": "2001-01-01T00:00:00Z"},
        f"{URL}{told['id']}/labels/",
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "known_at_impossible")
    assert not Label.objects.exists()


def test_of_declines_by_the_score_alone_a_share_is_held_out(
    champion: ModelVersion, api: Client, payment: Payment, settings: Any
) -> None:
    settings.REVIEW_FROM = settings.BLOCK_FROM = settings.DECLINE_FROM = 1e-9
    settings.HOLDOUT_SHARE = 1.0
    settings.HOLDOUT_MAX_AMOUNT_MINOR = 1250
    configuration_forget()

    below = post(api, payment()).json()
    above = post(api, payment(transaction_id="T-2", amount_minor=1251)).json()

    assert (below["decision"], below["is_holdout"]) == ("approve", True)
    assert "holdout" in {note["code"] for note in below["notes"]}
    assert (above["decision"], above["is_holdout"]) == ("decline", False)


def test_a_payment_between_known_parties_asks_the_database_eight_times(
    champion: ModelVersion, starter_rules: None, api: Client, payment: Payment
) -> None:
    post(api, payment())

    with CaptureQueriesContext(connection) as queries:
        post(api, payment(transaction_id="T-2"))

    # Lock and read states, lists, write states, sequence, transaction, decision, event; and the
    # transaction's own savepoint inside the test's.
    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(statements) <= 7, "\n".join(statements)
    assert sum("FOR UPDATE" in sql for sql in statements) == 1


def test_the_same_request_again_by_a_late_reader_is_the_first_answer_even_after_a_promotion(
    champion: ModelVersion, api: Client, payment: Payment
) -> None:
    body = payment()
    first = post(api, body).json()
    ModelVersion.objects.update(status=ModelStatus.RETIRED)
    configuration_forget()

    again = post(api, body).json()

    assert again == first
