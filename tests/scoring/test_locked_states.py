"""Somebody holds a customer's state: the others wait, and not for ever."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg2
import pytest
from django.db import connection
from django.test import Client

from fraudsite.core.models import OutboxEvent
from scoring.models import Decision, EntityState, ModelVersion
from scoring.services.rebuild import features_check
from transactions.models import Transaction

URL = "/api/v1/transactions/"
Payment = Callable[..., dict[str, Any]]

pytestmark = pytest.mark.django_db(transaction=True)


def post(api: Client, body: dict[str, Any], url: str = URL) -> Any:
    return api.post(url, body, content_type="application/json")


@pytest.fixture
def impatient() -> Iterator[None]:
    """This process waits a twentieth of a second for rows."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '50ms'")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET lock_timeout")


@pytest.fixture
def holder() -> Iterator[psycopg2.extensions.connection]:
    """Another process in the middle of a transaction."""
    other = psycopg2.connect(**connection.get_connection_params())
    yield other
    other.close()


def hold_everything(holder: psycopg2.extensions.connection) -> None:
    with holder.cursor() as cursor:
        cursor.execute("SELECT FROM scoring_entitystate FOR UPDATE")


@pytest.mark.usefixtures("champion", "impatient")
def test_who_waits_too_long_is_told_to_come_back_and_nothing_is_kept(
    api: Client, payment: Payment, holder: psycopg2.extensions.connection
) -> None:
    assert post(api, payment()).status_code == 201
    before = {bytes(state.blob) for state in EntityState.objects.all()}
    hold_everything(holder)

    refused = post(api, payment(transaction_id="T-2"))

    assert refused.status_code == 503
    assert refused["Retry-After"] == "5"
    assert refused.json()["code"] == "unavailable"
    assert Transaction.objects.get().external_id == "T-1"
    assert (
        Decision.objects.count()
        == OutboxEvent.objects.filter(aggregate_type="transactions.transaction").count()
    )
    assert {bytes(state.blob) for state in EntityState.objects.all()} == before


@pytest.mark.usefixtures("champion", "impatient")
def test_the_same_request_is_taken_once_the_rows_are_free(
    api: Client, payment: Payment, holder: psycopg2.extensions.connection
) -> None:
    assert post(api, payment()).status_code == 201
    hold_everything(holder)
    assert post(api, payment(transaction_id="T-2")).status_code == 503
    holder.rollback()

    assert post(api, payment(transaction_id="T-2")).status_code == 201
    assert features_check().differing == 0


@pytest.mark.usefixtures("starter_rules")
def test_a_large_batch_leaves_what_a_rebuild_finds(
    champion: ModelVersion, api: Client, payment: Payment
) -> None:
    bodies = [
        payment(
            transaction_id=f'"B\\{number}"',
            user_id=f"user-{number % 7}",
            card_token=f"tok-{number % 7}",
            merchant_id=f"shop-{number % 5}",
            latitude=None if number % 2 else 52.5,
        )
        for number in range(90)
    ]

    answer = post(api, {"transactions": bodies}, f"{URL}batch/")
    again = post(api, {"transactions": bodies}, f"{URL}batch/")

    assert (answer.json()["scored"], answer.json()["refused"]) == (90, 0)
    assert all(one["is_replay"] for one in again.json()["results"])
    told = [one["transaction"] for one in answer.json()["results"]]
    assert [one["transaction"] for one in again.json()["results"]] == told
    assert Decision.objects.filter(model=champion).count() == 90
    assert features_check().differing == 0
