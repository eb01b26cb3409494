from __future__ import annotations

import uuid

from django.db import models


class Device(models.Model):
    """A browser that was here before, known by a first-party cookie of ours."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    fingerprint = models.CharField(
        max_length=64, blank=True, db_index=True, help_text="SHA-256 of coarse traits"
    )
    first_seen_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"Device {str(self.id)[:8]}"


class DeviceSighting(models.Model):
    """One customer seen on one device from one address, and when."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="sightings")
    customer = models.ForeignKey(
        "kyc.Customer", on_delete=models.CASCADE, related_name="device_sightings"
    )
    ip_address = models.GenericIPAddressField()
    fingerprint = models.CharField(max_length=64, blank=True)
    seen_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["customer", "-seen_at"], name="kyc_sighting_customer"),
            models.Index(fields=["device", "-seen_at"], name="kyc_sighting_device"),
        ]

    def __str__(self) -> str:
        return f"{self.device} at {self.seen_at:%Y-%m-%d %H:%M}"
