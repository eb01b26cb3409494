from __future__ import annotations

from django.db import models

from kyc.choices import Stage, StageState


class StageResult(models.Model):
    """What one engine found in one attempt; written once, whether it went well or not."""

    verification = models.ForeignKey(
        "kyc.Verification", on_delete=models.CASCADE, related_name="stage_results"
    )
    attempt = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=12, choices=Stage)
    state = models.CharField(max_length=8, choices=StageState)
    failure_code = models.CharField(max_length=40, blank=True)
    findings_sealed = models.BinaryField(editable=False)
    engine = models.CharField(max_length=60, blank=True)
    engine_version = models.CharField(max_length=60, blank=True)
    duration_ms = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["verification", "attempt", "stage"], name="kyc_stage_result_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.stage} of {self.verification_id}: {self.state}"
