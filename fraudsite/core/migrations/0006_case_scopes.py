"""Keys may be given what the API of cases asks for."""

from __future__ import annotations

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0005_api_keys"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="apikey",
            name="core_apikey_scopes_are_known",
        ),
        migrations.AlterField(
            model_name="apikey",
            name="scopes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("transactions:write", "Send transactions and get decisions"),
                        ("transactions:read", "Read transactions and decisions"),
                        ("labels:write", "Say which transactions were fraud"),
                        ("cases:read", "Read cases, as whoever made the key"),
                        ("cases:work", "Take, comment and decide cases, as whoever made the key"),
                        ("events:read", "Read the news of cases"),
                    ],
                    max_length=40,
                ),
                size=None,
            ),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "scopes__contained_by",
                        [
                            "transactions:write",
                            "transactions:read",
                            "labels:write",
                            "cases:read",
                            "cases:work",
                            "events:read",
                        ],
                    )
                ),
                name="core_apikey_scopes_are_known",
            ),
        ),
    ]
