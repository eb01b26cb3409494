"""A running site to send payments to, and what its database holds of them."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fraudsite.core.models import OutboxEvent
from scoring.models import Decision, EntityState, ModelVersion
from scoring.services.rebuild import features_check
from tests.web_process import Answer, Caller, Web
from transactions.models import Transaction

URL = "/api/v1/transactions/"
BATCH_URL = f"{URL}batch/"
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Site:
    """The product behind gunicorn, with a champion, the starter rules and an API key."""

    web: Web
    api_key: str
    champion: ModelVersion

    def caller(self, *, timeout_s: float = 30) -> Caller:
        """Return a connection that sends the key."""
        return self.web.caller({"Authorization": f"Bearer {self.api_key}"}, timeout_s=timeout_s)

    def post(self, body: dict[str, Any], **headers: str) -> Answer:
        """Send one payment over a connection of its own."""
        caller = self.caller()
        try:
            return caller.post(URL, body, **headers)
        finally:
            caller.close()

    def each_worker(
        self, is_so: Callable[[Caller], bool], what: str, *, timeout_s: float = 15
    ) -> None:
        """Wait until it is so of every worker process, asked over connections to them."""
        done: set[int] = set()

        def look() -> bool:
            caller = self.caller()
            worker = self.web.worker_with(peer_port=_port_after_a_request(caller))
            if worker is not None and worker.pid not in done and is_so(caller):
                done.add(worker.pid)
            caller.close()
            return done >= {worker.pid for worker in self.web.workers()}

        wait_until(look, what, timeout_s=timeout_s)


@dataclass(frozen=True, slots=True)
class Kept:
    """How much the database holds."""

    transactions: int
    decisions: int
    events: int

    def and_more(self, payments: int) -> Kept:
        """Return what is held after that many more payments, each judged and told once."""
        return Kept(self.transactions + payments, self.decisions + payments, self.events + payments)


def _port_after_a_request(caller: Caller) -> int:
    """Return this side's port; a connection has its worker only once it was answered."""
    port = caller.local_port()
    caller.get("/health")
    return port


def kept() -> Kept:
    """Return how much the database holds of scoring."""
    events = OutboxEvent.objects.filter(kind__startswith="scoring.decision.")
    return Kept(Transaction.objects.count(), Decision.objects.count(), events.count())


def states() -> dict[tuple[int, int], bytes]:
    """Return every stored state."""
    rows = EntityState.objects.values_list("kind", "key", "blob")
    return {(kind, key): bytes(blob) for kind, key, blob in rows}


def assert_state_agrees() -> None:
    """Hold the stored states, to the bit, against a replay of everything recorded."""
    report = features_check()
    assert report.events == Transaction.objects.count()
    assert report.entities > 0
    assert report.differing == 0


def a_payment(**changes: Any) -> dict[str, Any]:
    """Return the body of a payment under an id not used before; None leaves a field out."""
    number = next(_numbers)
    body = {
        "transaction_id": f"payment-{number}",
        "user_id": "carla",
        "amount_minor": 1000 + number,
        "currency": "EUR",
        "timestamp": datetime.now(UTC).isoformat(),
        "merchant_id": "grocer",
        "device_id": "carlas-phone",
        "ip_address": "203.0.113.9",
        "country": "DE",
        "card_token": "tok_carla",
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


def wait_until(is_so: Callable[[], Any], what: str, *, timeout_s: float = 15) -> Any:
    """Look until it is so, and return what was seen."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        found = is_so()
        if found:
            return found
        time.sleep(0.02)
    message = f"not within {timeout_s} s: {what}"
    raise AssertionError(message)
