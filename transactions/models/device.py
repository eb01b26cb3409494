from __future__ import annotations

from django.db import models


class Device(models.Model):
    """A device transactions came from, under the name the caller gives it.

    Not written with the transaction but gathered from what was recorded, by `devices_gather`.
    """

    workspace = models.ForeignKey("core.Workspace", on_delete=models.PROTECT, related_name="+")
    external_id = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64, blank=True)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "external_id"], name="transactions_device_external_id_unique"
            )
        ]

    def __str__(self) -> str:
        return f"Device {self.pk}"


class DeviceAddress(models.Model):
    """An address a device used, from when to when."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="addresses")
    ip_address = models.GenericIPAddressField()
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["device", "ip_address"], name="transactions_device_address_unique"
            )
        ]

    def __str__(self) -> str:
        return f"Address of device {self.device_id}"
