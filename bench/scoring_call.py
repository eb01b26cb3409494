"""One REST call taken apart, in this process: queries, and what takes its time."""

from __future__ import annotations

import io
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from pkgutil import resolve_name
from typing import Any
from unittest.mock import patch

import msgspec
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.payments import Payments

PATH = "/api/v1/transactions/"
WARM_UP, CALLS, COUNTED = 500, 1_500, 50
# Name of a part, and the attribute whose calls are timed. Parts do not overlap.
PARTS = (
    ("look up what is named", "scoring.services.score.references_resolve"),
    ("lock and read states", "scoring.feature_store._lock"),
    ("features", "scoring.feature_store.advance"),
    ("write states, draw place", "scoring.feature_store._write"),
    ("model", "scoring.ml.model.FraudModel.scores"),
    ("reasons", "scoring.judging.Judge.factors"),
    ("rules", "scoring.judging.Judge._outcomes"),
    ("write transaction, decision, event", "scoring.services.score.rows_insert"),
    ("commit", "django.db.backends.base.base.BaseDatabaseWrapper._commit"),
)
SERVICE = "scoring.api.transactions.score_many"


def measure(payments: Payments, key: str) -> dict[str, Any]:
    """Return medians of queries and times of single calls, one after the other."""
    caller = _Caller(key)
    for payment in payments.take(WARM_UP):
        caller.post(payment)
    queries = statistics.median(_queries(caller, payment) for payment in payments.take(COUNTED))
    times = _times(caller, payments)
    return {"queries": queries, **times}


class _Caller:
    """Posts to the whole application, middleware and all, without a network."""

    def __init__(self, key: str) -> None:
        self._application = WSGIHandler()
        self._authorization = f"Bearer {key}"

    def post(self, payment: dict[str, object]) -> None:
        """Have one payment judged."""
        body = msgspec.json.encode(payment)
        environment = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": PATH,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_AUTHORIZATION": self._authorization,
            "wsgi.input": io.BytesIO(body),
            "wsgi.url_scheme": "http",
        }
        response = self._application(environment, _start_response)
        response.close()
        if response.status_code != HTTPStatus.CREATED:
            message = f"a payment was not judged: status {response.status_code}"
            raise SystemExit(message)


def _start_response(*_: Any) -> Callable[[bytes], object]:
    """Take status and headers as a web server does."""
    return lambda _data: None


def _queries(caller: _Caller, payment: dict[str, object]) -> int:
    """Return how many statements one call sends, BEGIN and COMMIT included."""
    with CaptureQueriesContext(connection) as captured:
        caller.post(payment)
    return len(captured)


def _times(caller: _Caller, payments: Payments) -> dict[str, Any]:
    spans: dict[str, list[float]] = defaultdict(list)
    wholes, cpu = [], []
    with ExitStack() as stack:
        for name, attribute in (*PARTS, ("service", SERVICE)):
            stack.enter_context(_timed(name, attribute, spans))
        for payment in payments.take(CALLS):
            begun, cpu_begun = time.perf_counter(), time.thread_time()
            caller.post(payment)
            wholes.append(time.perf_counter() - begun)
            cpu.append(time.thread_time() - cpu_begun)
    parts = {name: _ms(sum(spans[name]) / CALLS) for name, _ in PARTS}
    whole, service = sum(wholes) / CALLS, sum(spans["service"]) / CALLS
    parts["the rest of the service"] = round(_ms(service) - sum(parts.values()), 3)
    parts["HTTP, key, body, answer"] = _ms(whole - service)
    return {
        "calls": CALLS,
        "p50_ms": _ms(statistics.median(wholes)),
        "mean_ms": _ms(whole),
        "cpu_ms": _ms(statistics.median(cpu)),
        "parts_mean_ms": parts,
    }


@contextmanager
def _timed(name: str, attribute: str, spans: dict[str, list[float]]) -> Iterator[None]:
    """Note how long each call of a function takes while the block runs."""
    owner, _, last = attribute.rpartition(".")
    original: Callable[..., Any] = getattr(resolve_name(owner), last)

    def timed(*arguments: Any, **named: Any) -> Any:
        begun = time.perf_counter()
        try:
            return original(*arguments, **named)
        finally:
            spans[name].append(time.perf_counter() - begun)

    with patch.object(resolve_name(owner), last, timed):
        yield


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 3)
