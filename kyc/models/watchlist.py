from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from kyc.choices_screening import WatchlistFormat


class Watchlist(models.Model):
    """A list of people who need a person's look: configured -> in use -> retired.

    In use once a version is active. Versions never change; which one decides is named here.
    """

    name = models.SlugField(primary_key=True, max_length=50)
    format = models.CharField(max_length=20, choices=WatchlistFormat)
    active_version = models.ForeignKey(
        "kyc.WatchlistVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    max_age_days = models.PositiveSmallIntegerField(
        default=7, help_text="A version older than this sends everybody to a person"
    )
    alerted_about = models.CharField(
        max_length=60, blank=True, help_text="The trouble that was told last"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class WatchlistVersion(models.Model):
    """One file that was imported, whether it came into force or was refused; never changed."""

    watchlist = models.ForeignKey(Watchlist, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    entries_count = models.PositiveIntegerField()
    left_out_count = models.PositiveIntegerField(help_text="Companies, ships: no customers")
    refused_count = models.PositiveIntegerField(help_text="Rows that say nothing")
    added_count = models.PositiveIntegerField()
    changed_count = models.PositiveIntegerField()
    removed_count = models.PositiveIntegerField()
    refusal = models.CharField(max_length=300, blank=True, help_text="Why it is not in force")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["watchlist", "number"], name="kyc_watchlist_version_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.watchlist_id}@{self.number}"


class WatchlistEntry(models.Model):
    """One person of a list as they stand in it from one version to another.

    An entry that changes ends and begins anew: who is on version n has begun by n and not ended
    by n, so that old versions cost what changed.
    """

    watchlist = models.ForeignKey(Watchlist, on_delete=models.PROTECT, related_name="entries")
    external_id = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    content = models.JSONField()
    begun_in = models.ForeignKey(
        WatchlistVersion, on_delete=models.PROTECT, related_name="begun_entries"
    )
    ended_in = models.ForeignKey(
        WatchlistVersion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="ended_entries",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["watchlist", "external_id"],
                condition=models.Q(ended_in=None),
                name="kyc_watchlist_entry_one_in_force",
            )
        ]

    def __str__(self) -> str:
        return f"{self.watchlist_id}/{self.external_id}"


class WatchlistName(models.Model):
    """One name of an entry in force, as it is searched; gone when the entry ends.

    `lexemes` holds what `kyc.screening.words` makes of the name.
    """

    entry = models.ForeignKey(
        WatchlistEntry, on_delete=models.CASCADE, related_name="searched_names"
    )
    words = models.TextField(help_text="What its words sound like")
    lexemes = SearchVectorField()
    birth_years = ArrayField(
        models.PositiveSmallIntegerField(),
        null=True,
        help_text="In one of which they are born; empty where the list leaves it open",
    )

    class Meta:
        indexes = [
            # Without the pending list, which the first search after an import would have to empty.
            GinIndex(fields=["lexemes"], name="kyc_watchlist_lexemes", fastupdate=False)
        ]

    def __str__(self) -> str:
        return f"Name {self.pk}"


class WatchlistWord(models.Model):
    """A word of any listed name; similar ones are found by their trigrams."""

    word = models.CharField(primary_key=True, max_length=100)

    class Meta:
        indexes = [
            GinIndex(
                fields=["word"],
                name="kyc_watchlist_word_trigrams",
                opclasses=["gin_trgm_ops"],
                fastupdate=False,
            )
        ]

    def __str__(self) -> str:
        return self.word
