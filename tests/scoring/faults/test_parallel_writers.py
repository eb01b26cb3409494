"""Fifty writers in ten processes, over shared parties, lose nothing and get in nobody's way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from threading import Barrier
from typing import Any

import pytest

from scoring.models import ModelVersion
from tests.scoring.faults.site import (
    BATCH_URL,
    URL,
    Site,
    a_payment,
    assert_state_agrees,
    kept,
)
from tests.scoring.faults.valkey_process import ValkeyProcess
from tests.web_process import Answer, start_web
from transactions.models import Transaction

pytestmark = pytest.mark.slow  # ten worker processes start, and fifty threads write

PROCESSES, THREADS = 10, 5
WRITERS = PROCESSES * THREADS
PAYMENTS_OF_EACH = 6
BATCH = 5

Requests = list[tuple[str, Any]]


@pytest.fixture(scope="module")
def crowded(
    populated: tuple[ModelVersion, str],
    registry: Path,
    own_valkey: ValkeyProcess,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """Ten processes of five threads."""
    log = tmp_path_factory.mktemp("crowded") / "gunicorn.log"
    words = (f"--workers={PROCESSES}", f"--threads={THREADS}")
    web = start_web(log, *words, MODEL_REGISTRY=str(registry), REDIS_URL=own_valkey.url)
    champion, key = populated
    yield Site(web, key, champion)
    web.stop()


def write(site: Site, requests: list[Requests]) -> list[Answer]:
    """Send each writer's requests one after another, all writers at once."""
    barrier = Barrier(len(requests))

    def send(own: Requests) -> list[Answer]:
        caller = site.caller(timeout_s=60)
        caller.local_port()
        barrier.wait()
        try:
            return [caller.post(path, body) for path, body in own]
        finally:
            caller.close()

    with ThreadPoolExecutor(len(requests)) as pool:
        return [answer for answers in pool.map(send, requests) for answer in answers]


def among_few(draw: Random, **changes: Any) -> dict[str, Any]:
    """Return a payment between parties that most other payments share, some of them new."""
    customer = draw.randrange(6)
    return a_payment(
        user_id=f"customer-{customer}",
        card_token=f"tok-{customer}",
        merchant_id=f"shop-{draw.randrange(4)}",
        device_id=f"device-{draw.randrange(8)}",
        ip_address=f"203.0.113.{draw.randrange(5)}",
        amount_minor=draw.randrange(100, 90_000),
        **changes,
    )


def a_writers_requests(seed: int) -> Requests:
    """Return single payments and, among them, a batch in an order of its own."""
    draw = Random(seed)  # noqa: S311 - no secret, and the same at every run
    single: Requests = [(URL, among_few(draw)) for _ in range(PAYMENTS_OF_EACH)]
    batch = {"transactions": [among_few(draw) for _ in range(BATCH)]}
    single.insert(draw.randrange(PAYMENTS_OF_EACH), (BATCH_URL, batch))
    return single


def test_fifty_writers_lose_nothing(crowded: Site) -> None:
    before = kept()
    requests = [a_writers_requests(seed) for seed in range(WRITERS)]

    answers = write(crowded, requests)

    statuses = Counter(answer.status for answer in answers)
    assert statuses == {201: WRITERS * PAYMENTS_OF_EACH, 200: WRITERS}
    batches = [answer.body for answer in answers if answer.status == 200]
    assert all((body["scored"], body["refused"]) == (BATCH, 0) for body in batches)
    expected = WRITERS * (PAYMENTS_OF_EACH + BATCH)
    assert kept() == before.and_more(expected)
    sequences = list(Transaction.objects.values_list("sequence", flat=True))
    assert None not in sequences
    assert len(set(sequences)) == len(sequences)
    assert_state_agrees()


def test_batches_and_single_posts_of_the_same_payments_are_one_each(crowded: Site) -> None:
    before = kept()
    draw = Random(0)  # noqa: S311 - no secret, and the same at every run
    payments = [among_few(draw) for _ in range(40)]
    shuffled = [draw.sample(payments, len(payments)) for _ in range(10)]
    batches: list[Requests] = [[(BATCH_URL, {"transactions": one})] for one in shuffled]
    single: list[Requests] = [[(URL, one)] for one in payments]

    answers = write(crowded, batches + single)

    statuses = Counter(answer.status for answer in answers)
    assert statuses == {201: len(single), 200: len(batches)}
    assert all(answer.body.get("refused", 0) == 0 for answer in answers)
    assert kept() == before.and_more(40)
    assert_state_agrees()
