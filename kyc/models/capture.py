from __future__ import annotations

import uuid

from django.db import models

from kyc.choices import CaptureKind, CaptureSource


class Capture(models.Model):
    """One image or video of a verification, kept encrypted.

    Taking it again does not overwrite: the older one is superseded and stays as evidence.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    verification = models.ForeignKey(
        "kyc.Verification", on_delete=models.CASCADE, related_name="captures"
    )
    file = models.OneToOneField("core.EncryptedFile", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=CaptureKind)
    source = models.CharField(max_length=10, choices=CaptureSource)
    attempt = models.PositiveSmallIntegerField()
    camera_label_sealed = models.BinaryField(default=b"", blank=True, editable=False)
    issues = models.JSONField(default=list, blank=True, help_text="Codes of what looked wrong")
    created_at = models.DateTimeField(auto_now_add=True)
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["verification", "kind"],
                condition=models.Q(superseded_at=None),
                name="kyc_capture_one_current_per_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.verification_id}"
