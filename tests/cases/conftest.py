"""The people who work cases, and nothing remembered from the test before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from fraudsite.core.choices import Role
from fraudsite.core.models import User
from scoring.configuration import configuration_forget
from transactions.services.references import references_forget


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """Ids and configuration that a process remembers are of a database that was rolled back."""
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
def ben(make_user: Callable[..., User]) -> User:
    """Another analyst."""
    return make_user("ben@example.com", Role.ANALYST)


@pytest.fixture
def sam(make_user: Callable[..., User]) -> User:
    """A senior analyst."""
    return make_user("sam@example.com", Role.SENIOR_ANALYST)
