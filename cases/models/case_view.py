from __future__ import annotations

from django.conf import settings
from django.db import models


class CaseView(models.Model):
    """That somebody has a case open in front of them, refreshed while they do."""

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="views")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "user"], name="cases_view_once_per_person")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.case_id}"
