from __future__ import annotations

import time
from dataclasses import asdict
from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client

from fraudsite.core.engines import EngineState, engines, probe_engines, register_engine
from fraudsite.core.heartbeat import heartbeat_read, heartbeat_write
from fraudsite.core.tasks import report_heartbeat

pytestmark = pytest.mark.usefixtures("empty_cache")

CLOSED_PORT = "redis://:secret-password@127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def one_queue_and_no_engines(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Only the queue and the engines of the test."""
    monkeypatch.setattr(engines, "_engines", {})
    settings.HEARTBEAT_QUEUES = ("platform",)


@pytest.mark.parametrize("path", ["/health", "/healthz"])
def test_the_process_is_alive_without_asking_anything(
    client: Client, path: str, settings: Any
) -> None:
    settings.CELERY_BROKER_URL = CLOSED_PORT

    response = client.get(path)

    assert (response.status_code, response.json()) == (200, {"status": "alive"})
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_the_site_is_ready_when_database_broker_worker_and_engines_are(client: Client) -> None:
    register_engine("ocr", lambda: EngineState(is_ready=True, version="5.3"))
    heartbeat_write("platform")

    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {
        "status": "ready",
        "failed": [],
        "checks": {
            name: {"is_ready": True, "detail": ""}
            for name in ("database", "broker", "worker:platform", "engine:ocr")
        },
    }


@pytest.mark.django_db
def test_a_site_without_a_worker_is_not_ready(client: Client) -> None:
    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["failed"] == ["worker:platform"]
    assert response.json()["checks"]["worker:platform"]["detail"] == "No worker has reported."


@pytest.mark.django_db
def test_a_worker_that_reported_too_long_ago_counts_as_gone(client: Client, settings: Any) -> None:
    settings.HEARTBEAT_MAX_AGE_S = 30
    old = {**asdict(heartbeat_write("platform")), "at": time.time() - 45}
    cache.set("core.heartbeat.platform", old)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["checks"]["worker:platform"]["detail"] == "The last report is 45 s old."


@pytest.mark.django_db
def test_each_queue_named_in_the_settings_needs_its_worker(client: Client, settings: Any) -> None:
    settings.HEARTBEAT_QUEUES = ("platform", "verification")
    heartbeat_write("platform")

    assert client.get("/readyz").json()["failed"] == ["worker:verification"]


@pytest.mark.django_db
def test_a_required_engine_that_is_not_ready_is_named_and_an_optional_one_is_not(
    client: Client,
) -> None:
    register_engine("ocr", lambda: EngineState(is_ready=False, detail="No language data."))
    register_engine("spoof", lambda: EngineState(is_ready=False), is_required=False)
    heartbeat_write("platform")

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["failed"] == ["engine:ocr"]
    assert response.json()["checks"]["engine:ocr"]["detail"] == "No language data."


@pytest.mark.django_db
def test_a_broker_that_is_away_is_named_without_its_address(client: Client, settings: Any) -> None:
    settings.CELERY_BROKER_URL = CLOSED_PORT

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["failed"] == ["broker", "worker"]
    assert "127.0.0.1" not in response.content.decode()
    assert "secret-password" not in response.content.decode()


@pytest.mark.django_db
def test_a_cache_that_is_away_is_told_from_a_worker_that_is(client: Client, settings: Any) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": CLOSED_PORT,
        }
    }

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["failed"] == ["worker:platform"]
    detail = response.json()["checks"]["worker:platform"]["detail"]
    assert detail == "The cache does not answer (ConnectionError)."


@pytest.mark.django_db
def test_a_database_that_is_away_is_named_without_its_message(client: Client) -> None:
    heartbeat_write("platform")

    def refuse(*_: object) -> None:
        raise OperationalError("could not connect to 10.0.0.5 as fraudsite")

    with connection.execute_wrapper(refuse):
        response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["failed"] == ["database"]
    assert "10.0.0.5" not in response.content.decode()


@pytest.mark.parametrize("path", ["/health", "/readyz"])
def test_only_reading_is_allowed(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


def test_a_probe_that_raises_counts_as_an_engine_that_is_not_ready() -> None:
    def broken() -> EngineState:
        raise OSError("/secret/path/model.onnx")

    register_engine("face", broken)

    assert probe_engines() == {
        "face": {
            "is_ready": False,
            "is_required": True,
            "version": "",
            "detail": "The probe failed: OSError.",
        }
    }


def test_the_task_reports_for_the_queue_it_came_through() -> None:
    register_engine("ocr", lambda: EngineState(is_ready=True, version="5.3"))

    queue = report_heartbeat.apply(throw=True, routing_key="verification").get()

    heartbeat = heartbeat_read(queue)
    assert queue == "verification"
    assert heartbeat is not None
    assert heartbeat.age_s < 5
    assert heartbeat.engines["ocr"]["version"] == "5.3"
