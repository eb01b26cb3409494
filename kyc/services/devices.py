"""First-party devices and where they were seen."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from kyc.models import Customer, Device, DeviceSighting

# One row per device, customer and address is enough within this time.
SAME_VISIT = timedelta(minutes=30)


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
        return recent or DeviceSighting.objects.create(
            device=device, customer=customer, ip_address=ip_address, fingerprint=fingerprint
        )
