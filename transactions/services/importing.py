"""One file of somebody's history into the database: what is sound goes in, the rest is told."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl
from django.db import connection, transaction
from django.utils import timezone

from fraudsite.core.actors import Actor
from fraudsite.core.models import Workspace
from fraudsite.core.services.audit import audit_record
from transactions.importing import HistoryMap, ImportedChunk, read_chunks
from transactions.importing.reasons import refused_frame
from transactions.incoming import MAX_AHEAD
from transactions.models import Label, Transaction
from transactions.money import DEFAULT_RATES, ReferenceRates
from transactions.services.copying import constraints_check, indexes_set_aside
from transactions.services.database_trouble import FEATURES_MISSING, trouble_in_sentences
from transactions.services.devices import devices_gather
from transactions.services.entity_directory import CUSTOMERS, OWNER, EntityDirectory
from transactions.services.history_writing import HistoryWriter
from transactions.services.load_hooks import (
    LoadedHistory,
    Progress,
    after_load,
    during_load,
    run_hooks,
)
from transactions.services.loading import workspace_of_kind

ACTOR = Actor.system("import_transactions")
# Uses index transactions_transaction_external_id_unique, or reads the table once, as it judges.
RECORDED_BEFORE = """
SELECT told.id FROM unnest(%s::text[]) AS told (id)
JOIN transactions_transaction AS recorded
  ON recorded.workspace_id = %s AND recorded.external_id = told.id
"""

REPEATED, FOREIGN_ACCOUNT = "duplicate_in_database", "account_of_another"
# What a refusal by the database is about.
COLUMN_OF = {REPEATED: "transaction_id", FOREIGN_ACCOUNT: "account_id"}

OnRefused = Callable[[pl.DataFrame], None]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a file's rows; of a dry run, what would become of them.

    `refused` counts rows by reason, `created` what the rows named and was not there yet;
    `labels_ahead` are labels left out because they would be known only later than now.
    """

    rows: int
    imported: int
    labels: int
    labels_ahead: int
    refused: dict[str, int]
    created: dict[str, int]
    duration_s: float

    @property
    def refused_total(self) -> int:
        """Rows that were left out."""
        return sum(self.refused.values())


def history_import(
    path: Path,
    history_map: HistoryMap,
    *,
    workspace_kind: str = "live",
    is_dry_run: bool = False,
    rates: ReferenceRates = DEFAULT_RATES,
    on_refused: OnRefused = lambda _: None,
    progress: Progress = lambda _done, _total, _what: None,
) -> ImportReport:
    """Import a file in one transaction; refused rows are handed over chunk by chunk.

    Parameters
    ----------
    is_dry_run : bool
        Check every row, against the database too, and write nothing.
    on_refused : callable
        Gets refusals in the form of `REFUSED_SCHEMA`, in the order of the file's chunks.

    Raises
    ------
    HistoryRefused, SourceRefused, MapRefused
        With a sentence; then nothing was imported, unless it says that only the features are
        missing.
    """
    now, started = timezone.now(), time.monotonic()
    with trouble_in_sentences():
        importer = _Importer(workspace_of_kind(workspace_kind), on_refused, progress)
        chunks = read_chunks(path, history_map, rates=rates, latest=now + MAX_AHEAD)
        if is_dry_run:
            importer.try_out(chunks)
        else:
            importer.write(chunks, started_at=now)
    report = importer.report(time.monotonic() - started)
    if report.imported and not is_dry_run:
        with trouble_in_sentences(FEATURES_MISSING):
            run_hooks(after_load, importer.loaded)
    return report


class _Importer:
    """One import: what it met so far, and where it puts it."""

    def __init__(self, workspace: Workspace, on_refused: OnRefused, progress: Progress) -> None:
        self._workspace = workspace
        self._on_refused = on_refused
        self._progress = progress
        self._imported = self._labels = self._labels_ahead = 0
        self._refused: Counter[str] = Counter()
        self._directory = EntityDirectory(workspace.pk)
        # Into a workspace without any, no chunk can bring what was recorded before.
        self._may_repeat = Transaction.objects.filter(workspace=workspace).exists()

    @property
    def loaded(self) -> LoadedHistory:
        """What hooks are told."""
        customers = self._directory.known(CUSTOMERS)
        return LoadedHistory(self._workspace.pk, customers, self._progress)

    def try_out(self, chunks: Iterator[ImportedChunk]) -> None:
        """Check all chunks as if they were written."""
        self._directory = EntityDirectory(self._workspace.pk, is_dry_run=True)
        for chunk in chunks:
            self._take(chunk)

    def write(self, chunks: Iterator[ImportedChunk], *, started_at: datetime) -> None:
        """Write all chunks in one transaction, with what other apps add and an audit entry."""
        with transaction.atomic():
            writer = HistoryWriter(self._directory)
            with indexes_set_aside(Label, Transaction):
                for chunk in chunks:
                    _write(writer, chunk, self._take(chunk))
            run_hooks(during_load, self.loaded)
            constraints_check()
            devices_gather(since=started_at)
            self._audit()

    def report(self, duration_s: float) -> ImportReport:
        """Return what became of the rows."""
        return ImportReport(
            rows=self._imported + self._refused.total(),
            imported=self._imported,
            labels=self._labels,
            labels_ahead=self._labels_ahead,
            refused=dict(self._refused.most_common()),
            created=dict(self._directory.created),
            duration_s=duration_s,
        )

    def _take(self, chunk: ImportedChunk) -> pl.Series:
        """Count a chunk and tell of its refusals; return which of its transactions go in."""
        reasons = self._refusals(chunk)
        is_sound = reasons.is_null()
        late = pl.concat(
            refused_frame(chunk.rows.filter(reasons == reason), COLUMN_OF[reason], reason)
            for reason in COLUMN_OF
        )
        refused = pl.concat([chunk.refused, late]).sort("row")
        self._refused.update(refused["reason"].to_list())
        self._imported += int(is_sound.sum())
        sound = chunk.transactions.filter(is_sound)
        self._labels += len(chunk.labels.join(sound, on="transaction_id", how="semi"))
        self._labels_ahead += chunk.labels_ahead
        self._on_refused(refused)
        self._progress(chunk.done, chunk.total, "rows")
        return is_sound

    def _refusals(self, chunk: ImportedChunk) -> pl.Series:
        """Return why the database does not want a transaction, null where it does.

        What the rest names is in the directory then.
        """
        told = chunk.transactions
        repeated = self._recorded_before(told["transaction_id"])
        is_repeated = told["transaction_id"].is_in(repeated.implode())
        self._directory.ensure(told.filter(~is_repeated))
        resolved = self._directory.resolved(told)
        is_foreign = pl.col(OWNER) != pl.col(CUSTOMERS.key)
        return resolved.select(
            pl.when(is_repeated)
            .then(pl.lit(REPEATED))
            .when(is_foreign)
            .then(pl.lit(FOREIGN_ACCOUNT))
            .alias("reason")
        ).to_series()

    def _recorded_before(self, ids: pl.Series) -> pl.Series:
        if not self._may_repeat:
            return pl.Series([], dtype=pl.String)
        with connection.cursor() as cursor:
            cursor.execute(RECORDED_BEFORE, [ids.to_list(), self._workspace.pk])
            return pl.Series([found for (found,) in cursor.fetchall()], dtype=pl.String)

    def _audit(self) -> None:
        counts = {"transactions": self._imported, "labels": self._labels}
        audit_record(
            actor=ACTOR,
            action="history.imported",
            target=self._workspace,
            details={**counts, "refused": dict(self._refused)},
        )


def _write(writer: HistoryWriter, chunk: ImportedChunk, is_sound: pl.Series) -> None:
    transactions = chunk.transactions.filter(is_sound)
    numbers = writer.write_transactions(transactions)
    numbered = transactions.select("transaction_id", pl.Series("number", numbers))
    labels = chunk.labels.join(numbered, on="transaction_id", maintain_order="left")
    writer.write_labels(labels, labels["number"].to_numpy())
