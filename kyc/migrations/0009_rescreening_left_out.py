"""Whom a rescreening could not compare is kept, and a list that is brought back is compared whole."""

from __future__ import annotations

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kyc", "0008_watchlist_birth_years")]

    operations = [
        migrations.AddField(
            model_name="rescreening",
            name="is_whole_list",
            field=models.BooleanField(
                default=False,
                help_text="The list was brought back: not only what is new on it counts",
            ),
        ),
        migrations.AddField(
            model_name="rescreening",
            name="unsearched",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(),
                blank=True,
                default=list,
                help_text="Customers who are tried again",
                size=None,
            ),
        ),
    ]
