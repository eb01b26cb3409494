"""Decisions are append-only; states are small, packed already, and rewritten all the time."""

from __future__ import annotations

from django.db import migrations

from fraudsite.core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("scoring", "0001_initial"),
        ("core", "0002_append_only_triggers"),
    ]

    operations = [
        append_only("scoring_decision"),
        # Room on each page lets an update stay on it, without touching the index; packed numbers
        # gain nothing from another compression.
        migrations.RunSQL(
            [
                "ALTER TABLE scoring_entitystate SET (fillfactor = 60)",
                "ALTER TABLE scoring_entitystate ALTER COLUMN blob SET STORAGE EXTERNAL",
            ],
            [
                "ALTER TABLE scoring_entitystate RESET (fillfactor)",
                "ALTER TABLE scoring_entitystate ALTER COLUMN blob SET STORAGE EXTENDED",
            ],
        ),
    ]
