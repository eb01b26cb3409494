from __future__ import annotations

from django.db import models


class FaceTemplate(models.Model):
    """The face of one verification in numbers, sealed under the customer's data key.

    It is searched while three things hold, all looked up at every search and none copied here: the
    verification is approved or under way, the data key exists, and no consent was refused or
    withdrawn since.
    Biometric data: the row is deleted when consent is withdrawn.
    """

    id = models.BigAutoField(primary_key=True)
    workspace = models.ForeignKey(
        "core.Workspace", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    customer = models.ForeignKey(
        "kyc.Customer", on_delete=models.CASCADE, related_name="face_templates"
    )
    data_key = models.ForeignKey("core.DataKey", on_delete=models.PROTECT, related_name="+")
    verification = models.OneToOneField(
        "kyc.Verification", on_delete=models.CASCADE, related_name="face_template"
    )
    attempt = models.PositiveSmallIntegerField()
    embedding_sealed = models.BinaryField(editable=False)
    engine = models.CharField(max_length=60)
    engine_version = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            # What every search counts, without reading the faces themselves.
            models.Index(
                fields=["workspace", "id"],
                include=["verification"],
                name="kyc_face_template_listed",
            )
        ]

    def __str__(self) -> str:
        return f"Face template {self.pk}"
