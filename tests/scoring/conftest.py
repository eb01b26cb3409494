"""A registered champion, an API key, and nothing remembered from the test before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from fraudsite.core.actors import Actor
from fraudsite.core.models import Workspace
from fraudsite.core.services.api_keys import api_key_create
from scoring.configuration import configuration_forget
from scoring.models import ModelVersion
from scoring.services.demo import demo_champion_ensure
from scoring.services.starter_rules import starter_rules_install
from transactions.services.references import references_forget

TESTER = Actor.system("tests")


@pytest.fixture(autouse=True)
def nothing_remembered(settings: Any, tmp_path: Path) -> Iterator[None]:
    """Ids and configuration that a process remembers are of a database that was rolled back."""
    settings.MODEL_REGISTRY = tmp_path / "registry"
    configuration_forget()
    references_forget()
    yield
    configuration_forget()
    references_forget()


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """A password of the test run guards nothing; the real hash takes a third of a second."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def champion(db: None) -> ModelVersion:
    """The demo model, promoted."""
    demo_champion_ensure()
    configuration_forget()
    return ModelVersion.objects.get()


@pytest.fixture
def starter_rules(db: None) -> None:
    starter_rules_install()
    configuration_forget()


@pytest.fixture
def api_key(db: None) -> str:
    """The text of a key that may do everything."""
    return api_key_create(
        name="Tester",
        scopes=["transactions:write", "transactions:read", "labels:write"],
        workspace=Workspace.objects.live(),
        actor=TESTER,
    ).text


@pytest.fixture
def api(api_key: str) -> Client:
    """A client that sends the key."""
    return Client(headers={"authorization": f"Bearer {api_key}"})


@pytest.fixture
def payment() -> Callable[..., dict[str, Any]]:
    """Make the body of a request; keywords replace fields, None leaves one out."""

    def make(**changes: Any) -> dict[str, Any]:
        body = {
            "transaction_id": "T-1",
            "user_id": "carla",
            "amount_minor": 1250,
            "currency": "EUR",
            "timestamp": datetime.now(UTC).isoformat(),
            "kind": "payment",
            "channel": "web",
            "merchant_id": "grocer",
            "device_id": "carlas-phone",
            "ip_address": "203.0.113.9",
            "country": "DE",
            "mcc": 5411,
            "card_token": "tok_carla",
            **changes,
        }
        return {name: value for name, value in body.items() if value is not None}

    return make
