from django.db import migrations

from fraudsite.core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_append_only_triggers"),
        ("kyc", "0001_initial"),
    ]

    operations = [append_only("kyc_decision")]
