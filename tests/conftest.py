"""What all tests share: named people, an empty cache, evidence in a folder that goes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client

from fraudsite.core.choices import Role
from fraudsite.core.models import User
from fraudsite.core.uuid7 import _SOURCE
from tests.core.flushing import permit_flush

permit_flush()


@pytest.fixture(autouse=True)
def evidence_in_a_temporary_folder(tmp_path: Path, settings: object) -> None:
    settings.EVIDENCE_ROOT = tmp_path / "evidence"  # type: ignore[attr-defined]  # pytest-django


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def ids_of_the_present() -> Iterator[None]:
    """Let no test that travelled into the future give the others its ids: they never go back."""
    yield
    if time.time_ns() // 1_000_000 < _SOURCE._last_ms:
        _SOURCE._last_ms = -1


@pytest.fixture
def make_user(db: None) -> Callable[..., User]:
    def make(email: str = "carla@example.com", role: str = Role.CUSTOMER) -> User:
        return User.objects.create_user(email=email, password="correct horse 42", role=role)

    return make


@pytest.fixture
def carla(make_user: Callable[..., User]) -> User:
    """A customer."""
    return make_user()


@pytest.fixture
def anna(make_user: Callable[..., User]) -> User:
    """An analyst."""
    return make_user("anna@example.com", Role.ANALYST)


@pytest.fixture
def as_user() -> Callable[[User], Client]:
    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="fraudsite.core.backends.RoleBackend")
        return client

    return signed_in


@pytest.fixture(scope="session")
def measurement_data() -> Path:
    folder = os.environ.get("MEASUREMENT_DATA")
    if not folder:
        pytest.skip("MEASUREMENT_DATA is not set")
    return Path(folder)
