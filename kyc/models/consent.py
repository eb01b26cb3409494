from __future__ import annotations

from django.db import models

from kyc.choices import ConsentPurpose


class Consent(models.Model):
    """One answer to one version of a consent text; the newest one counts.

    A refusal is a row too: it leads to a review by a person, and must be provable.
    """

    customer = models.ForeignKey("kyc.Customer", on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=20, choices=ConsentPurpose)
    text_version = models.CharField(max_length=20)
    text_hash = models.CharField(max_length=64, help_text="SHA-256 of the text that was shown")
    is_granted = models.BooleanField()
    answered_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["customer", "purpose", "-answered_at"], name="kyc_consent_newest"),
            # The few that speak against a face: every search for one asks for them.
            models.Index(
                fields=["customer"],
                condition=models.Q(is_granted=False) | models.Q(withdrawn_at__isnull=False),
                name="kyc_consent_against",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.text_version}: {'granted' if self.is_granted else 'refused'}"
