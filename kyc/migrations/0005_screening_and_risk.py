import uuid

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

from fraudsite.core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_append_only_triggers"),
        ("kyc", "0004_duplicates"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # A trusted extension since PostgreSQL 13: the database's owner may create it.
        TrigramExtension(),
        migrations.CreateModel(
            name="Watchlist",
            fields=[
                ("name", models.SlugField(primary_key=True, serialize=False)),
                (
                    "format",
                    models.CharField(
                        choices=[
                            ("ofac-sdn", "OFAC SDN (sdn.csv)"),
                            ("opensanctions", "OpenSanctions (targets.simple.csv)"),
                            ("csv", "Own CSV"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "max_age_days",
                    models.PositiveSmallIntegerField(
                        default=7, help_text="A version older than this sends everybody to a person"
                    ),
                ),
                (
                    "alerted_about",
                    models.CharField(
                        blank=True, help_text="The trouble that was told last", max_length=60
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="WatchlistVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("file_name", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("entries_count", models.PositiveIntegerField()),
                (
                    "left_out_count",
                    models.PositiveIntegerField(help_text="Companies, ships: no customers"),
                ),
                ("refused_count", models.PositiveIntegerField(help_text="Rows that say nothing")),
                ("added_count", models.PositiveIntegerField()),
                ("changed_count", models.PositiveIntegerField()),
                ("removed_count", models.PositiveIntegerField()),
                (
                    "refusal",
                    models.CharField(
                        blank=True, help_text="Why it is not in force", max_length=300
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "watchlist",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="kyc.watchlist",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WatchlistEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("external_id", models.CharField(max_length=200)),
                ("digest", models.CharField(max_length=64)),
                ("content", models.JSONField()),
                (
                    "watchlist",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="kyc.watchlist",
                    ),
                ),
                (
                    "begun_in",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="begun_entries",
                        to="kyc.watchlistversion",
                    ),
                ),
                (
                    "ended_in",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ended_entries",
                        to="kyc.watchlistversion",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="watchlist",
            name="active_version",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="kyc.watchlistversion",
            ),
        ),
        migrations.CreateModel(
            name="Rescreening",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("next_after", models.UUIDField(blank=True, null=True)),
                ("customers_count", models.PositiveIntegerField(default=0)),
                ("hits_count", models.PositiveIntegerField(default=0)),
                ("begun_at", models.DateTimeField(auto_now_add=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rescreening",
                        to="kyc.watchlistversion",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WatchlistWord",
            fields=[
                ("word", models.CharField(max_length=100, primary_key=True, serialize=False)),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False,
                        fields=["word"],
                        name="kyc_watchlist_word_trigrams",
                        opclasses=["gin_trgm_ops"],
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RiskAssessment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("low", "Low"),
                            ("medium", "Medium"),
                            ("high", "High"),
                            ("prohibited", "Prohibited"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "reasons",
                    models.JSONField(help_text="Codes with the level each asks for, worst first"),
                ),
                (
                    "occasion",
                    models.CharField(help_text="The kind of news that led to it", max_length=60),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="risk_assessments",
                        to="kyc.customer",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["customer", "-id"], name="kyc_risk_newest")],
            },
        ),
        migrations.CreateModel(
            name="ScreeningHit",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("verification", "The customer's verification"),
                            ("rescreening", "A changed list"),
                        ],
                        max_length=12,
                    ),
                ),
                ("score", models.FloatField(help_text="0–1, of names, birth and country together")),
                ("features_sealed", models.BinaryField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "To be looked at"),
                            ("false_positive", "Another person"),
                            ("confirmed", "The listed person"),
                        ],
                        db_index=True,
                        default="open",
                        max_length=14,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("false_positive_birth", "Born on another day"),
                            ("false_positive_name", "The name is another one"),
                            ("false_positive_otherwise", "Told apart by other evidence"),
                            ("confirmed_identity", "Name, birth and other evidence agree"),
                            ("confirmed_admitted", "The customer said so"),
                        ],
                        max_length=40,
                    ),
                ),
                ("found_at", models.DateTimeField(auto_now_add=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="screening_hits",
                        to="kyc.customer",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "verification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="screening_hits",
                        to="kyc.verification",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="screening_hits",
                        to="kyc.watchlistentry",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("customer", "entry"), name="kyc_screening_hit_once_per_entry"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WatchlistName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("words", models.TextField(help_text="What its words sound like")),
                ("lexemes", django.contrib.postgres.search.SearchVectorField()),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="searched_names",
                        to="kyc.watchlistentry",
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["lexemes"], name="kyc_watchlist_lexemes"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="watchlistversion",
            constraint=models.UniqueConstraint(
                fields=("watchlist", "number"), name="kyc_watchlist_version_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="watchlistentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_in", None)),
                fields=("watchlist", "external_id"),
                name="kyc_watchlist_entry_one_in_force",
            ),
        ),
        append_only("kyc_watchlistversion"),
        append_only("kyc_riskassessment"),
    ]
