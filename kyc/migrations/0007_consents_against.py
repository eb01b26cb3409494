"""Consents that were refused or withdrawn are found without reading every one."""

from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Answers are not kept waiting for an index.
    atomic = False

    dependencies = [("kyc", "0006_face_template_listed")]

    operations = [
        AddIndexConcurrently(
            model_name="consent",
            index=models.Index(
                fields=["customer"],
                condition=models.Q(("is_granted", False))
                | models.Q(("withdrawn_at__isnull", False)),
                name="kyc_consent_against",
            ),
        ),
    ]
