from __future__ import annotations

import uuid

from django.db import models


class LivenessChallenge(models.Model):
    """What the server asked a person to do before the camera, once, before a deadline.

    Issued -> used (its video arrived) | replaced (a new one was asked for) | expired.
    """

    nonce = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    verification = models.ForeignKey(
        "kyc.Verification", on_delete=models.CASCADE, related_name="challenges"
    )
    attempt = models.PositiveSmallIntegerField()
    actions = models.CharField(max_length=100, help_text="Comma-separated, in order")
    video = models.OneToOneField(
        "kyc.Capture", on_delete=models.SET_NULL, null=True, blank=True, related_name="challenge"
    )
    issued_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["verification"],
                condition=models.Q(used_at=None, replaced_at=None),
                name="kyc_challenge_one_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.actions} for {self.verification_id}"
