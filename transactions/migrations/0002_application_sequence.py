"""The order in which transactions, labels and verification changes move the feature state."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("transactions", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE transactions_application_seq AS bigint",
            "DROP SEQUENCE transactions_application_seq",
        )
    ]
