from __future__ import annotations

from typing import Any

from django.db import models

PICTURE_BITS = 256


class PictureBits(models.BinaryField):
    """Thirty-two bytes as PostgreSQL's `bit(256)`, which counts differing bits by itself."""

    def db_type(self, connection: Any) -> str:  # noqa: ARG002 - Django's signature
        return f"bit({PICTURE_BITS})"

    def get_db_prep_value(self, value: Any, *_: Any, **__: Any) -> str | None:
        return None if value is None else bits_of(value)

    def from_db_value(self, value: str | None, *_: Any) -> bytes | None:
        return None if value is None else int(value, 2).to_bytes(PICTURE_BITS // 8)


def bits_of(value: bytes) -> str:
    """Return bytes as PostgreSQL writes bits."""
    return f"{int.from_bytes(value):0{PICTURE_BITS}b}"


class DocumentFingerprint(models.Model):
    """What tells that one document or one photograph of it was shown before.

    Neither column can be read back: the number is a keyed hash, and the picture's hash is covered
    by a pad of this installation that leaves the distances as they are.
    """

    id = models.BigAutoField(primary_key=True)
    workspace = models.ForeignKey(
        "core.Workspace", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    customer = models.ForeignKey(
        "kyc.Customer", on_delete=models.CASCADE, related_name="document_fingerprints"
    )
    verification = models.ForeignKey(
        "kyc.Verification",
        on_delete=models.CASCADE,
        related_name="document_fingerprints",
        db_index=False,
    )
    attempt = models.PositiveSmallIntegerField()
    number_hash = models.BinaryField(
        null=True, editable=False, help_text="Of issuing state and number; empty: not read"
    )
    picture_hash = PictureBits(
        null=True, editable=False, help_text="Empty: no structure to compare"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["verification", "attempt"], name="kyc_document_fingerprint_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["workspace", "number_hash"],
                condition=models.Q(number_hash__isnull=False),
                name="kyc_document_number",
            )
        ]

    def __str__(self) -> str:
        return f"Document fingerprint {self.pk}"
