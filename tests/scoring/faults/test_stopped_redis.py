"""Payments are judged without Redis, and nothing of the feature state is lost with it."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from scoring.features import SCHEMA
from scoring.models import Decision
from scoring.stored_rows import packed_features
from tests.scoring.faults.site import Site, a_payment, assert_state_agrees, states
from tests.scoring.faults.valkey_process import ValkeyProcess

pytestmark = pytest.mark.slow  # gunicorn starts, about 6 s

# What one question to a Redis that hangs would take: the time-out of the cache and of the probe.
ONE_TIMEOUT_S = 2.0


def readiness(site: Site) -> tuple[int, list[str]]:
    caller = site.web.caller()
    try:
        answer = caller.get("/readyz")
    finally:
        caller.close()
    return answer.status, answer.body["failed"]


def payments_of_this_hour(answered: Any) -> float:
    """Return how many earlier payments of the customer the features of one counted."""
    decision = Decision.objects.get(transaction_id=answered.body["id"])
    features: np.ndarray = packed_features([decision])
    return float(features[0, SCHEMA.index("tx_count_1h")])


def test_a_payment_is_judged_while_redis_is_stopped(site: Site, valkey: ValkeyProcess) -> None:
    # Without a Celery worker the site is never quite ready; the broker is there.
    assert "broker" not in readiness(site)[1]

    valkey.stop()
    answer = site.post(a_payment())

    assert answer.status == 201
    assert answer.body["decision"] in {"approve", "review", "block_and_review", "decline"}
    assert answer.body["fraud_score"] is not None
    assert answer.body["model_version"] == site.champion.version
    assert readiness(site) == (503, ["broker", "worker"])
    assert_state_agrees()


def test_a_payment_waits_for_no_redis_that_hangs(site: Site, valkey: ValkeyProcess) -> None:
    with valkey.hung():
        started = time.monotonic()
        answer = site.post(a_payment())
        duration_s = time.monotonic() - started
        broken = readiness(site)

    assert answer.status == 201
    assert duration_s < ONE_TIMEOUT_S
    assert broken == (503, ["broker", "worker"])


def test_a_flushed_redis_loses_nothing_of_the_state(site: Site, valkey: ValkeyProcess) -> None:
    for _ in range(3):
        assert site.post(a_payment(user_id="dora", card_token="tok_dora")).status == 201
    before = states()

    valkey.flush()

    assert states() == before
    assert_state_agrees()
    answer = site.post(a_payment(user_id="dora", card_token="tok_dora"))
    assert payments_of_this_hour(answer) == 3
    assert_state_agrees()
