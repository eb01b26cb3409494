"""The register of devices and addresses, gathered from what was recorded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fraudsite.core.models import Workspace
from kyc.services.customers import customers_ensure
from tests.scoring.conftest import TESTER
from transactions.models import Device, DeviceAddress, Transaction
from transactions.services.devices import devices_gather

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def moved(
    number: int, device: str, address: str | None, minutes: int, fingerprint: str = ""
) -> None:
    workspace = Workspace.objects.live()
    customers = customers_ensure(workspace_id=workspace.pk, external_ids=["carla"], actor=TESTER)
    Transaction.objects.create(
        workspace=workspace,
        external_id=f"T-{number}",
        customer_id=customers["carla"],
        kind="payment",
        amount_minor=100,
        currency="EUR",
        device_reference=device,
        device_fingerprint=fingerprint,
        ip_address=address,
        status="approved",
        occurred_at=NOON + timedelta(minutes=minutes),
        arrived_at=NOON + timedelta(minutes=minutes),
    )


def gather() -> None:
    devices_gather(since=datetime(2026, 1, 1, tzinfo=UTC))


def test_devices_and_their_addresses_are_registered_with_first_and_last_sight() -> None:
    moved(1, "phone", "192.0.2.1", 0, "aa")
    moved(2, "phone", "192.0.2.1", 30, "bb")
    moved(3, "phone", "192.0.2.7", 10)
    moved(4, "", "192.0.2.8", 0)

    gather()

    phone = Device.objects.get()
    assert (phone.external_id, phone.fingerprint) == ("phone", "bb")
    assert (phone.first_seen_at, phone.last_seen_at) == (NOON, NOON + timedelta(minutes=30))
    assert {
        (one.ip_address, one.first_seen_at, one.last_seen_at) for one in phone.addresses.all()
    } == {
        ("192.0.2.1", NOON, NOON + timedelta(minutes=30)),
        ("192.0.2.7", NOON + timedelta(minutes=10), NOON + timedelta(minutes=10)),
    }


def test_gathering_again_changes_nothing_and_widens_what_is_known() -> None:
    moved(1, "phone", "192.0.2.1", 0, "aa")
    gather()
    gather()
    moved(2, "phone", "192.0.2.1", -60)
    gather()

    assert Device.objects.count() == DeviceAddress.objects.count() == 1
    assert Device.objects.get().fingerprint == "aa"
    assert DeviceAddress.objects.get().first_seen_at == NOON - timedelta(minutes=60)


def test_what_was_recorded_before_the_window_is_left_alone() -> None:
    moved(1, "phone", "192.0.2.1", 0)

    devices_gather(since=datetime.now(UTC) + timedelta(minutes=1))

    assert not Device.objects.exists()
