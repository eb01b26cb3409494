"""Devices that several customers were seen on."""

from __future__ import annotations

import pytest

from fraudsite.core.models import Workspace
from fraudsite.core.services.data_keys import data_key_destroy
from kyc.decision.duplicates import DeviceSearch
from kyc.models import Customer, Device, DeviceSighting
from kyc.services.device_sharing import MAX_CUSTOMERS, customers_on_devices, devices_shared
from tests.kyc.duplicates import TESTS, customer_make

pytestmark = pytest.mark.django_db


def customer(workspace: Workspace | None = None) -> Customer:
    return customer_make(workspace=workspace).customer


def seen(customer: Customer, device: Device) -> None:
    DeviceSighting.objects.create(device=device, customer=customer, ip_address="192.0.2.7")


def test_who_uses_a_device_alone_shares_it_with_nobody() -> None:
    mine, other = customer(), customer()
    device = Device.objects.create()
    for _ in range(3):
        seen(mine, device)
    seen(other, Device.objects.create())

    assert devices_shared(mine) == DeviceSearch(devices=1)


def test_everybody_else_on_any_of_the_devices_is_counted_once_the_last_first() -> None:
    mine, first, second = customer(), customer(), customer()
    phone, laptop = Device.objects.create(), Device.objects.create()
    for device in (phone, laptop):
        seen(mine, device)
        seen(first, device)
    seen(second, laptop)

    assert devices_shared(mine) == DeviceSearch(
        devices=2, customer_ids=(str(second.pk), str(first.pk)), customers=2
    )


def test_a_device_of_the_same_make_is_counted_apart() -> None:
    mine, alike, same = customer(), customer(), customer()
    device = Device.objects.create(fingerprint="a" * 64)
    seen(mine, device)
    seen(same, device)
    seen(alike, Device.objects.create(fingerprint="a" * 64))
    seen(customer(), Device.objects.create(fingerprint="b" * 64))

    found = devices_shared(mine)

    assert (found.customer_ids, found.customers_alike) == ((str(same.pk),), 1)


def test_devices_without_a_fingerprint_are_not_of_one_make() -> None:
    mine = customer()
    seen(mine, Device.objects.create())
    seen(customer(), Device.objects.create())

    assert devices_shared(mine).customers_alike == 0


def test_all_are_counted_where_not_all_are_named() -> None:
    mine, device = customer(), Device.objects.create()
    seen(mine, device)
    for _ in range(MAX_CUSTOMERS + 1):
        seen(customer(), device)

    found = devices_shared(mine)

    assert (len(found.customer_ids), found.customers) == (MAX_CUSTOMERS, MAX_CUSTOMERS + 1)


def test_erased_customers_and_those_of_another_workspace_do_not_count() -> None:
    mine, erased, elsewhere = customer(), customer(), customer(Workspace.objects.sandbox())
    device = Device.objects.create(fingerprint="a" * 64)
    for one in (mine, erased, elsewhere):
        seen(one, device)
    data_key_destroy(data_key=erased.data_key, actor=TESTS)

    assert devices_shared(mine) == DeviceSearch(devices=1)
    assert customers_on_devices(mine, among=[erased.pk, elsewhere.pk]) == frozenset()
