"""First-party devices and where they were seen."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from fraudsite.core.outbox import publish
from kyc.models import Customer, Device, DeviceSighting

# One row per device, customer and address is enough within this time.
SAME_VISIT = timedelta(minutes=30)
# A device got another customer; its payload names who is on it in `customer_ids`.
DEVICE_SHARED = "kyc.device.shared"
# With more customers on a device each of them was told of long ago.
TOLD_CUSTOMERS = 50


def sighting_record(
    *, device_id: uuid.UUID, customer: Customer, ip_address: str, fingerprint: str
) -> DeviceSighting:
    """Record that a customer was seen on a device; within one visit only once."""
    with transaction.atomic():
        device, _ = Device.objects.get_or_create(
            pk=device_id, defaults={"fingerprint": fingerprint}
        )
        if fingerprint and device.fingerprint != fingerprint:
            device.fingerprint = fingerprint
        device.save(update_fields=["fingerprint", "last_seen_at"])
        recent = DeviceSighting.objects.filter(
            device=device,
            customer=customer,
            ip_address=ip_address,
            fingerprint=fingerprint,
            seen_at__gt=timezone.now() - SAME_VISIT,
        ).first()
        if recent is not None:
            return recent
        _tell_if_shared(device, customer)
        return DeviceSighting.objects.create(
            device=device, customer=customer, ip_address=ip_address, fingerprint=fingerprint
        )


def _tell_if_shared(device: Device, customer: Customer) -> None:
    """Publish that a device gets another customer, to whom else's risk it may matter."""
    seen = DeviceSighting.objects.filter(device=device)
    if seen.filter(customer=customer).exists():
        return
    others = seen.values_list("customer_id", flat=True).distinct()[:TOLD_CUSTOMERS]
    ids = [str(customer_id) for customer_id in others]
    if ids:
        publish(
            kind=DEVICE_SHARED, aggregate=device, payload={"customer_ids": [*ids, str(customer.pk)]}
        )
