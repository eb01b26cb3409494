"""The same payment sent fifty times at once is one payment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from fraudsite.core.models import OutboxEvent
from scoring.models import Decision
from tests.scoring.faults.site import (
    URL,
    Site,
    a_payment,
    assert_state_agrees,
    kept,
)
from tests.web_process import Answer
from transactions.models import Transaction

pytestmark = pytest.mark.slow  # gunicorn starts, about 6 s

CALLERS = 50


def post_at_once(
    site: Site, bodies: Sequence[Any], path: str = URL, **headers: str
) -> list[Answer]:
    """Send each body over a connection of its own, all in the same moment."""
    barrier = Barrier(len(bodies))

    def send(body: Any) -> Answer:
        caller = site.caller(timeout_s=60)
        caller.local_port()
        barrier.wait()
        try:
            return caller.post(path, body, **headers)
        finally:
            caller.close()

    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(pool.map(send, bodies))


def replayed(answers: Sequence[Answer]) -> int:
    return sum(answer.headers.get("Idempotency-Replayed") == "true" for answer in answers)


@pytest.mark.parametrize("by", ["key", "id"])
def test_fifty_posts_at_once_are_one_payment(site: Site, by: str) -> None:
    before = kept()
    body = a_payment() if by == "id" else a_payment(transaction_id=None)
    headers = {"idempotency_key": "the-same"} if by == "key" else {}

    answers = post_at_once(site, [body] * CALLERS, **headers)

    assert Counter(answer.status for answer in answers) == {201: CALLERS}
    (id_,) = {answer.body["id"] for answer in answers}
    assert replayed(answers) == CALLERS - 1
    assert kept() == before.and_more(1)
    assert Transaction.objects.filter(pk=id_).count() == 1
    assert Decision.objects.filter(transaction_id=id_).count() == 1
    assert OutboxEvent.objects.filter(aggregate_id=id_).count() == 1
    assert_state_agrees()


@pytest.mark.parametrize(
    ("by", "status", "code"),
    [("key", 422, "idempotency_conflict"), ("id", 409, "transaction_exists")],
)
def test_of_two_payments_sent_at_once_under_one_name_one_is_taken(
    site: Site, by: str, status: int, code: str
) -> None:
    before = kept()
    first = a_payment(transaction_id=f"two-under-one-{by}")
    other = {**first, "amount_minor": first["amount_minor"] + 1, "user_id": "dora"}
    if by == "key":
        other["transaction_id"] = "two-under-one-key-other"
    headers = {"idempotency_key": "two-under-one"} if by == "key" else {}

    answers = post_at_once(site, [first, other] * (CALLERS // 2), **headers)

    assert Counter(answer.status for answer in answers) == {201: CALLERS // 2, status: CALLERS // 2}
    refused = {answer.body["code"] for answer in answers if answer.status != 201}
    assert refused == {code}
    assert len({answer.body["id"] for answer in answers if answer.status == 201}) == 1
    assert replayed(answers) == CALLERS // 2 - 1
    assert kept() == before.and_more(1)
    assert_state_agrees()
