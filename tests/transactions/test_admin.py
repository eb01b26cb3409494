"""Accounts, cards, devices and merchants on the staff site: looked at, masked, never changed."""

from __future__ import annotations

import doctest
from collections.abc import Callable
from importlib import import_module

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fraudsite.core.choices import Role
from fraudsite.core.models import User, Workspace
from tests.scoring.decided import a_customer, an_account
from transactions.choices import MerchantKind
from transactions.models import Card, Device, DeviceAddress, Merchant

pytestmark = pytest.mark.django_db
SECRETS = ("tok_secret_9876", "device-secret-1234", "198.51.100.77", "Carla Núñez", "payee-000042")


@pytest.fixture(autouse=True)
def without_second_factor_and_slow_hashes(settings: object) -> None:
    settings.STAFF_MFA_REQUIRED = False  # type: ignore[attr-defined]  # tested in tests/core
    # A password of the test run guards nothing, and the real hash takes a third of a second.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]  # as above


@pytest.fixture
def rows() -> dict[str, Model]:
    workspace, customer, now = Workspace.objects.live(), a_customer(), timezone.now()
    device = Device.objects.create(
        workspace=workspace, external_id=SECRETS[1], first_seen_at=now, last_seen_at=now
    )
    DeviceAddress.objects.create(
        device=device, ip_address=SECRETS[2], first_seen_at=now, last_seen_at=now
    )
    payee = Merchant.objects.create(
        workspace=workspace, name=SECRETS[3], external_id=SECRETS[4], kind=MerchantKind.PAYEE
    )
    return {
        "account": an_account(customer, 12_34),
        "card": Card.objects.create(workspace=workspace, customer=customer, token=SECRETS[0]),
        "device": device,
        "merchant": payee,
    }


def page(model: str, name: str, *args: object) -> str:
    return reverse(f"admin:transactions_{model}_{name}", args=args)


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (None, 302),
        (Role.CUSTOMER, 302),
        (Role.ANALYST, 200),
        (Role.SENIOR_ANALYST, 200),
        (Role.RISK_MANAGER, 200),
        (Role.AUDITOR, 200),
        (Role.ADMINISTRATOR, 200),
    ],
)
def test_staff_look_and_nobody_changes(
    role: str | None,
    status: int,
    rows: dict[str, Model],
    make_user: Callable[..., User],
    as_user: Callable[[User], Client],
) -> None:
    client = as_user(make_user("somebody@example.com", role)) if role else Client()
    refused = 403 if status == 200 else 302

    for model, row in rows.items():
        assert client.get(page(model, "changelist")).status_code == status
        assert client.get(page(model, "change", row.pk)).status_code == status
        assert client.post(page(model, "change", row.pk)).status_code == refused
        assert client.get(page(model, "add")).status_code == refused
        assert client.post(page(model, "delete", row.pk)).status_code == refused
        row.refresh_from_db()


def test_what_leads_to_a_person_is_masked(
    rows: dict[str, Model], anna: User, as_user: Callable[[User], Client]
) -> None:
    client = as_user(anna)

    texts = {
        model: client.get(page(model, "changelist")).content.decode()
        + client.get(page(model, "change", row.pk)).content.decode()
        for model, row in rows.items()
    }

    for text in texts.values():
        assert not any(secret in text for secret in SECRETS)
    assert "12.34 EUR" in texts["account"]
    assert "…9876" in texts["card"]
    assert "…1234" in texts["device"]
    assert "198.51.100.0/24" in texts["device"]
    assert "Payee …0042" in texts["merchant"]


@pytest.mark.parametrize(
    ("model", "reference"), [("card", SECRETS[0]), ("device", SECRETS[1]), ("merchant", SECRETS[4])]
)
def test_rows_are_found_by_the_whole_id_only(
    model: str,
    reference: str,
    rows: dict[str, Model],
    anna: User,
    as_user: Callable[[User], Client],
) -> None:
    client = as_user(anna)

    for term, finds in ((f" {reference} ", 1), (reference[:-1], 0), (reference.upper(), 0)):
        found = client.get(page(model, "changelist"), {"q": term}).context["cl"].result_list
        assert len(found) == finds


@pytest.mark.parametrize("name", ["transactions.admin.masking", "scoring.review_reasons"])
def test_the_examples_in_docstrings_hold(name: str) -> None:
    result = doctest.testmod(import_module(name))

    assert result.attempted > 0
    assert result.failed == 0
