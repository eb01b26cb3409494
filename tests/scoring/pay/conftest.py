"""A customer with an account, signed in, before a judge that says what the test wants."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from fraudsite.core.models import User
from tests.scoring.judges import Judge, install
from tests.scoring.pay.payer import Payer
from tests.transactions.accounts import account_of, verified
from transactions.models import Account


@pytest.fixture(autouse=True)
def without_second_factor(settings: object) -> None:
    settings.STAFF_MFA_REQUIRED = False  # type: ignore[attr-defined]  # tested in tests/core


@pytest.fixture
def carla(db: None) -> User:
    """A customer; most are signed in here without a password, which takes long to hash."""
    return User.objects.create_user(email="carla@example.com", password=None)


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> Judge:
    return install(monkeypatch)


@pytest.fixture
def account(carla: User) -> Account:
    return account_of(verified(carla))


@pytest.fixture
def payer(judge: Judge, account: Account, carla: User, as_user: Callable[[User], Client]) -> Payer:
    return Payer(as_user(carla), account)
