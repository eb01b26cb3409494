"""Who else was seen on a customer's devices."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import Max, QuerySet

from kyc.decision.duplicates import DeviceSearch
from kyc.models import Customer, Device, DeviceSighting

MAX_CUSTOMERS = 20
# Browsers of one model on one model of phone have one fingerprint: beyond this the number of
# customers says nothing any more, and counting on costs time.
MAX_ALIKE = 1000


def devices_shared(customer: Customer) -> DeviceSearch:
    """Return who else was seen on the devices of a customer."""
    devices = _devices(customer)
    others = _customers_on(devices, customer)
    newest = others.annotate(last=Max("device_sightings__seen_at")).order_by("-last", "pk")
    return DeviceSearch(
        devices=devices.count(),
        customer_ids=tuple(str(pk) for pk in newest.values_list("pk", flat=True)[:MAX_CUSTOMERS]),
        customers=others.count(),
        customers_alike=_customers_on(_alike(devices), customer)[:MAX_ALIKE].count(),
    )


def customers_on_devices(customer: Customer, *, among: Iterable[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Return which of these customers were seen on a device of this customer."""
    others = _customers_on(_devices(customer), customer)
    return frozenset(others.filter(pk__in=list(among)).values_list("pk", flat=True))


def _devices(customer: Customer) -> QuerySet[Device]:
    return Device.objects.filter(sightings__customer=customer).distinct()


def _alike(devices: QuerySet[Device]) -> QuerySet[Device]:
    prints = devices.exclude(fingerprint="").values("fingerprint")
    return Device.objects.filter(fingerprint__in=prints).exclude(pk__in=devices.values("pk"))


def _customers_on(devices: QuerySet[Device], customer: Customer) -> QuerySet[Customer]:
    seen = DeviceSighting.objects.filter(device__in=devices.values("pk"))
    return Customer.objects.filter(
        pk__in=seen.values("customer_id"),
        workspace_id=customer.workspace_id,
        data_key__destroyed_at__isnull=True,
    ).exclude(pk=customer.pk)
