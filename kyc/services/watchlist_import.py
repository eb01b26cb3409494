"""A list's file into the database: a new version, in force at once or not at all."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from fraudsite.core.actors import Actor
from fraudsite.core.outbox import publish
from fraudsite.core.services.audit import audit_record
from kyc.choices_screening import WatchlistFormat
from kyc.models import Rescreening, Watchlist, WatchlistVersion
from kyc.screening.entries import ListedEntry, ListRefused, RowRefused
from kyc.screening.folding import is_spelt_out
from kyc.screening.list_files import files_digest
from kyc.screening.ofac import ofac_files, read_ofac
from kyc.screening.soundness import SoundnessLimits, VersionCounts, refusal_of
from kyc.screening.tables import read_opensanctions, read_own
from kyc.services import watchlist_rows
from kyc.services.watchlists import watchlists_watch

WATCHLIST_CHANGED = "kyc.watchlist.changed"
ACTOR = Actor.system("watchlist_import")
Reader = Callable[[Path], Iterator[ListedEntry | RowRefused]]
READERS: Mapping[str, Reader] = {
    WatchlistFormat.OFAC_SDN: read_ofac,
    WatchlistFormat.OPENSANCTIONS: read_opensanctions,
    WatchlistFormat.OWN: read_own,
}
# Of refused rows, how many are named.
NAMED_ROWS = 10


class _DryRun(Exception):
    """Ends the transaction of a dry run."""


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """What to import, and how."""

    file: Path
    format: str
    name: str
    max_age_days: int | None = None
    accepts_loss: bool = False
    is_dry_run: bool = False


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came of it. `refusal` is empty when the version is in force."""

    name: str
    number: int
    counts: VersionCounts
    refusal: str
    refused_rows: tuple[RowRefused, ...]
    duration_s: float


def watchlist_import(order: ImportOrder) -> ImportReport:
    """Read a file and put it in force, in one transaction: searches see the old list until then.

    A list that is empty, damaged or has lost too much is kept as a refused version: the list counts
    as failed, and everybody goes to a person, until a good one comes. A file that cannot be read at
    all is refused so, too, and so is one over which the import breaks off: that is raised
    afterwards. A dry run leaves no trace.
    """
    started = time.monotonic()
    report: ImportReport | None = None
    try:
        with transaction.atomic():
            report = _imported(order, started)
            if order.is_dry_run:
                raise _DryRun
    except _DryRun:
        pass
    except Exception as error:
        if not order.is_dry_run:
            _failure_keep(order, error)
        raise
    assert report is not None  # noqa: S101 - set before the only way out
    if not order.is_dry_run:
        watchlists_watch()
    return report


def _imported(order: ImportOrder, started: float) -> ImportReport:
    watchlist = _lock(order)
    refused: list[RowRefused] = []
    sha256 = ""
    try:
        sha256 = _sha256(order)
        counts = _staged(order, watchlist, refused)
        limits = SoundnessLimits(max_lost_share=1.0) if order.accepts_loss else SoundnessLimits()
        refusal = refusal_of(counts, limits)
    except ListRefused as error:
        counts, refusal = VersionCounts(refused=len(refused)), str(error)
    version = _version_keep(order, watchlist, counts, refusal, sha256)
    if not refusal:
        _put_in_force(watchlist, version)
    duration_s = time.monotonic() - started
    return ImportReport(
        watchlist.name, version.number, counts, refusal, tuple(refused[:NAMED_ROWS]), duration_s
    )


def _lock(order: ImportOrder) -> Watchlist:
    """Return the list, made where it is new; two imports of one list wait for each other."""
    Watchlist.objects.get_or_create(pk=order.name, defaults={"format": order.format})
    watchlist = Watchlist.objects.select_for_update().get(pk=order.name)
    watchlist.format = order.format
    if order.max_age_days is not None:
        watchlist.max_age_days = order.max_age_days
    watchlist.save(update_fields=["format", "max_age_days"])
    return watchlist


def _staged(order: ImportOrder, watchlist: Watchlist, refused: list[RowRefused]) -> VersionCounts:
    """Copy the file's people beside the table, and count them against those in force."""
    watchlist_rows.stage_create()
    left_out = not_spelt_out = 0

    def people() -> Iterator[ListedEntry]:
        nonlocal left_out, not_spelt_out
        for row in READERS[order.format](order.file):
            if isinstance(row, RowRefused):
                refused.append(row)
            elif row.is_person:
                not_spelt_out += not any(map(is_spelt_out, row.names))
                yield row
            else:
                left_out += 1

    staged = watchlist_rows.stage_fill(people())
    difference = watchlist_rows.stage_compare(watchlist.name)
    return VersionCounts(
        entries=difference.entries,
        left_out=left_out,
        refused=len(refused) + staged - difference.entries,
        added=difference.added,
        changed=difference.changed,
        removed=difference.removed,
        in_force=difference.in_force,
        names=difference.names,
        names_in_force=difference.names_in_force,
        not_spelt_out=not_spelt_out,
    )


def _failure_keep(order: ImportOrder, error: Exception) -> None:
    """Keep a refused version of an import that broke off, and took its own with it.

    Of the error its kind alone: what it says may hold a row.
    """
    refusal = f"The import broke off ({type(error).__name__})."
    with transaction.atomic():
        _version_keep(order, _lock(order), VersionCounts(), refusal, "")
    watchlists_watch()


def _sha256(order: ImportOrder) -> str:
    """Return the digest of the file and of those that are read with it, empty where none is."""
    is_ofac = order.format == WatchlistFormat.OFAC_SDN
    files = ofac_files(order.file) if is_ofac else (order.file,)
    there = [file for file in files if file.is_file()]
    return files_digest(there) if there else ""


def _version_keep(
    order: ImportOrder, watchlist: Watchlist, counts: VersionCounts, refusal: str, sha256: str
) -> WatchlistVersion:
    """Write the version down, and that there was an import."""
    newest = watchlist.versions.order_by("-number").values_list("number", flat=True).first()
    version = WatchlistVersion.objects.create(
        watchlist=watchlist,
        number=(newest or 0) + 1,
        file_name=order.file.name[:200],
        sha256=sha256,
        entries_count=counts.entries,
        left_out_count=counts.left_out,
        refused_count=counts.refused,
        added_count=counts.added,
        changed_count=counts.changed,
        removed_count=counts.removed,
        refusal=refusal[:300],
        created_at=timezone.now(),
    )
    audit_record(
        actor=ACTOR,
        action="watchlist.refused" if refusal else "watchlist.imported",
        target=watchlist,
        details={"version": version.number, "entries": counts.entries, "sha256": sha256},
    )
    if watchlist.retired_at is not None:
        _bring_back(watchlist, version)
    return version


def _bring_back(watchlist: Watchlist, version: WatchlistVersion) -> None:
    """Take a retired list into use again, as it was if the version is refused.

    Nobody who was approved meanwhile was searched for on any of it.
    """
    watchlist.retired_at = None
    watchlist.save(update_fields=["retired_at"])
    Rescreening.objects.create(version=version, is_whole_list=True)


def _put_in_force(watchlist: Watchlist, version: WatchlistVersion) -> None:
    watchlist_rows.stage_apply(watchlist.name, version.pk)
    watchlist.active_version = version
    watchlist.save(update_fields=["active_version"])
    if version.added_count or version.changed_count:
        Rescreening.objects.get_or_create(version=version)
        publish(kind=WATCHLIST_CHANGED, aggregate=watchlist, payload={"version_id": version.pk})
