"""Bearers of common names are told apart by their year of birth before anything is compared.

Names that are listed already keep no years, so that they are compared whoever is searched for,
until an import changes their entry.
"""

from __future__ import annotations

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kyc", "0007_consents_against")]

    operations = [
        migrations.AddField(
            model_name="watchlistname",
            name="birth_years",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.PositiveSmallIntegerField(),
                help_text="In one of which they are born; empty where the list leaves it open",
                null=True,
                size=None,
            ),
        ),
    ]
