from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import redis
import structlog
from celery import Celery, chord
from celery.contrib.testing.worker import start_worker
from celery.exceptions import Retry
from django.conf import settings as django_settings
from django.db import transaction
from kombu import Queue

from fraudsite.celery import app as product_app
from fraudsite.core.base_task import (
    REQUEST_ID_HEADER,
    BaseTask,
    enqueue_on_commit,
    note_expected,
)
from fraudsite.core.request_id import current_request_id
from tests.core.rollback import rolled_back

QUEUE = "core-tests"


class Unreadable(Exception):
    pass


@pytest.fixture(scope="module")
def app() -> Iterator[Celery]:
    app = Celery(
        "core-tests",
        task_cls=BaseTask,
        broker=django_settings.CELERY_BROKER_URL,
        set_as_current=False,
    )
    app.conf.update(
        result_backend=django_settings.CELERY_BROKER_URL,
        task_default_queue=QUEUE,
        task_queues=[Queue(QUEUE)],
        broker_transport_options={"global_keyprefix": "core-tests:"},
    )
    yield app
    app.close()
    # A worker in this process made itself everybody's application.
    product_app.set_current()
    product_app.set_default()


@pytest.fixture
def broker(app: Celery) -> Iterator[redis.Redis]:
    client = redis.Redis.from_url(django_settings.CELERY_BROKER_URL)
    client.delete(f"core-tests:{QUEUE}")
    yield client
    client.delete(f"core-tests:{QUEUE}")
    client.close()


def numbered(number: int) -> int:
    return number


def messages(broker: redis.Redis) -> list[dict[str, Any]]:
    return [json.loads(raw) for raw in broker.lrange(f"core-tests:{QUEUE}", 0, -1)]


def run(app: Celery, body: Any, **options: Any) -> dict[str, Any]:
    """Run a task here and now; return the one line it logged."""
    task = app.task(body, name=f"tests.{body.__name__}", **options)
    with structlog.testing.capture_logs() as lines:
        task.apply(throw=False)
    (line,) = [line for line in lines if line["event"] == "task_done"]
    return dict(line)


def test_a_task_that_returns_counts_as_success(app: Celery) -> None:
    def fine() -> int:
        return 7

    line = run(app, fine)

    assert (line["task"], line["outcome"], line["reason_code"]) == ("tests.fine", "success", "")
    assert 0 <= line["duration_ms"] < 1000


def test_a_failure_the_task_names_counts_as_expected(app: Celery) -> None:
    def faceless() -> None:
        note_expected("no_face")

    line = run(app, faceless)

    assert (line["outcome"], line["reason_code"]) == ("expected", "no_face")


def test_one_tasks_reason_does_not_stick_to_the_next(app: Celery) -> None:
    def faceless() -> None:
        note_expected("no_face")

    def fine() -> None:
        return None

    run(app, faceless)

    assert run(app, fine)["outcome"] == "success"


def test_an_exception_declared_in_throws_counts_as_expected(app: Celery) -> None:
    def unreadable() -> None:
        raise Unreadable

    line = run(app, unreadable, throws=(Unreadable,))

    assert (line["outcome"], line["reason_code"]) == ("expected", "Unreadable")


def test_a_retry_counts_as_expected(app: Celery) -> None:
    def later() -> None:
        raise Retry

    assert run(app, later)["outcome"] == "expected"


def test_any_other_exception_counts_as_error(app: Celery) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    assert run(app, broken)["outcome"] == "error"


def test_a_message_carries_the_id_of_the_request(app: Celery, broker: redis.Redis) -> None:
    def carried() -> None:
        return None

    task = app.task(carried, name="tests.carried")

    with structlog.contextvars.bound_contextvars(request_id="req-1"):
        task.delay()

    (message,) = messages(broker)
    assert message["headers"][REQUEST_ID_HEADER] == "req-1"


def test_the_worker_works_under_the_id_that_came_with_the_message(app: Celery) -> None:
    def seen() -> str:
        return current_request_id()

    task = app.task(seen, name="tests.seen")

    result = task.apply(headers={REQUEST_ID_HEADER: "req-1"}, task_id="task-1")
    alone = task.apply(task_id="task-2")

    assert (result.get(), alone.get()) == ("req-1", "task-2")
    assert current_request_id() == ""


@pytest.mark.django_db(transaction=True)
def test_a_task_is_sent_once_the_transaction_commits(app: Celery, broker: redis.Redis) -> None:
    task = app.task(numbered, name="tests.committed")

    with (
        transaction.atomic(),
        structlog.contextvars.bound_contextvars(request_id="req-1"),
    ):
        enqueue_on_commit(task, 7)
        assert messages(broker) == []

    (message,) = messages(broker)
    assert message["headers"]["task"] == "tests.committed"
    assert message["headers"]["argsrepr"] == "(7,)"
    assert message["headers"][REQUEST_ID_HEADER] == "req-1"


@pytest.mark.django_db(transaction=True)
def test_a_task_of_a_transaction_that_is_rolled_back_is_never_sent(
    app: Celery, broker: redis.Redis
) -> None:
    task = app.task(numbered, name="tests.rolled_back")

    with rolled_back():
        enqueue_on_commit(task, 7)

    assert messages(broker) == []


@pytest.mark.django_db(transaction=True)
def test_the_id_travels_through_a_real_worker_to_the_body_of_a_chord(
    app: Celery, broker: redis.Redis
) -> None:
    def seen() -> str:
        return current_request_id()

    def collect(ids: list[str]) -> list[str]:
        return [*ids, current_request_id()]

    header, body = app.task(seen, name="tests.header"), app.task(collect, name="tests.body")

    with start_worker(app, pool="solo", perform_ping_check=False, queues=[QUEUE]):
        with structlog.contextvars.bound_contextvars(request_id="req-1"):
            result = chord([header.s(), header.s()])(body.s())
        ids = result.get(timeout=20)

    assert ids == ["req-1", "req-1", "req-1"]
