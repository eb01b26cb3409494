"""A folder of history, as `generate_transactions` writes it, into the database: all or nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl
from django.db import transaction

from fraudsite.core.actors import Actor
from fraudsite.core.models import Workspace
from fraudsite.core.services.audit import audit_record
from transactions.choices import AccountKind, MerchantKind
from transactions.columns import FILES
from transactions.importing import check_rows, transaction_checks
from transactions.importing.reasons import REASONS
from transactions.importing.sources import ROW
from transactions.models import Device, DeviceAddress, Label, Transaction
from transactions.services.copying import (
    constraints_check,
    indexes_set_aside,
    numbers_draw,
    rows_copy,
)
from transactions.services.database_trouble import (
    NOTHING_LOADED,
    HistoryRefused,
    trouble_in_sentences,
)
from transactions.services.entity_directory import (
    ACCOUNTS,
    CUSTOMERS,
    MERCHANTS,
    EntityDirectory,
    Noun,
)
from transactions.services.history_writing import HistoryWriter
from transactions.services.load_hooks import (
    LoadedHistory,
    Progress,
    after_load,
    during_load,
    run_hooks,
)

__all__ = ["HistoryRefused", "LoadReport", "Progress", "history_load"]

# Some 200 MB of frames and text at once; larger chunks are no faster.
CHUNK_ROWS = 250_000
ACTOR = Actor.system("history_load")


@dataclass(frozen=True, slots=True)
class LoadReport:
    """How many rows a load added; the rate is that of all of it."""

    customers: int
    accounts: int
    merchants: int
    devices: int
    addresses: int
    cards: int
    transactions: int
    labels: int
    duration_s: float

    @property
    def transactions_per_s(self) -> float:
        """Transactions in a second, everything that came with them included."""
        return self.transactions / max(self.duration_s, 1e-9)


def history_load(
    folder: Path, *, workspace_kind: str = "live", progress: Progress | None = None
) -> LoadReport:
    """Load a folder of Parquet files in the form of `transactions.columns`.

    1. Check the files' columns, and that no customer of theirs is in the workspace.
    2. In one transaction: entities, transactions, labels, and what hooks add.
    3. After it, the hooks that rebuild what depends on history.

    Raises
    ------
    HistoryRefused
        With a sentence; then nothing was loaded.
    """
    tables = folder_tables(folder)
    with trouble_in_sentences():
        workspace = workspace_of_kind(workspace_kind)
        with transaction.atomic():
            loader = _FolderLoader(tables, workspace, progress or _in_silence)
            report = loader.load()
            audit_record(
                actor=ACTOR, action="history.loaded", target=workspace, details=asdict(report)
            )
    run_hooks(after_load, loader.loaded)
    return report


def folder_tables(folder: Path) -> dict[str, pl.LazyFrame]:
    """Return the tables of a folder, not read yet; `transactions` must be there.

    Raises
    ------
    HistoryRefused
        If a file cannot be read or its columns are not those of `transactions.columns`.
    """
    if not (folder / "transactions.parquet").is_file():
        raise HistoryRefused(f"{folder} holds no transactions.parquet. {NOTHING_LOADED}")
    paths = {name: folder / f"{name}.parquet" for name in FILES}
    return {name: _table(path, FILES[name]) for name, path in paths.items() if path.is_file()}


def _table(path: Path, columns: Mapping[str, pl.DataType]) -> pl.LazyFrame:
    try:
        table = pl.scan_parquet(path)
        schema = table.collect_schema()
    except (OSError, pl.exceptions.PolarsError) as error:
        message = f"{path.name} is no Parquet file, or a damaged one. {NOTHING_LOADED}"
        raise HistoryRefused(message) from error
    for name, dtype in columns.items():
        if schema.get(name) != dtype:
            raise HistoryRefused(f"{path.name} has no column {name} of {dtype}. {NOTHING_LOADED}")
    return table.select(*columns)


class _FolderLoader:
    """One load, inside its transaction."""

    def __init__(
        self, tables: Mapping[str, pl.LazyFrame], workspace: Workspace, progress: Progress
    ) -> None:
        self._tables = tables
        self._progress = progress
        self._directory = EntityDirectory(workspace.pk)
        self._writer = HistoryWriter(self._directory)

    @property
    def loaded(self) -> LoadedHistory:
        """What hooks are told."""
        return LoadedHistory(
            workspace_id=self._directory.workspace_id,
            customers=self._directory.known(CUSTOMERS),
            progress=self._progress,
            tables=self._tables,
        )

    def load(self) -> LoadReport:
        started = time.monotonic()
        self._add_entities()
        devices, addresses = self._add_devices()
        with indexes_set_aside(Label, Transaction):
            numbers = self._add_transactions()
            labels = self._add_labels(numbers)
            self._progress(0, 0, "indexes")
        run_hooks(during_load, self.loaded)
        constraints_check()
        created = self._directory.created
        return LoadReport(
            customers=created["customers"],
            accounts=created["accounts"],
            merchants=created["merchants"],
            devices=devices,
            addresses=addresses,
            cards=created["cards"],
            transactions=len(numbers),
            labels=labels,
            duration_s=time.monotonic() - started,
        )

    def _add_entities(self) -> None:
        if (customers := self._read("customers")) is not None:
            self._demand_new(CUSTOMERS, customers)
            self._add(CUSTOMERS, customers.select("customer_id", created_at="opened_at"))
        if (accounts := self._read("accounts")) is not None:
            kind = pl.col("kind")
            is_known = kind.is_in(AccountKind.values)
            fallback = pl.lit(str(AccountKind.CURRENT))
            self._ensure_owners(accounts)
            self._add(
                ACCOUNTS,
                accounts.with_columns(kind=pl.when(is_known).then(kind).otherwise(fallback)),
            )
        if (merchants := self._read("merchants")) is not None:
            texts = pl.col("name", "country").fill_null("")
            # Only shops have a category; whom money is sent to has none.
            kind = pl.when(pl.col("mcc").is_null()).then(pl.lit(str(MerchantKind.PAYEE)))
            kind = kind.otherwise(pl.lit(str(MerchantKind.SHOP))).alias("kind")
            self._add(MERCHANTS, merchants.select("merchant_id", texts, "mcc", kind))

    def _add(self, noun: Noun, rows: pl.DataFrame) -> None:
        self._directory.add(noun, rows)
        self._progress(len(rows), len(rows), noun.name)

    def _ensure_owners(self, accounts: pl.DataFrame) -> None:
        """Make customers whom only an account names."""
        self._directory.look_up(CUSTOMERS, accounts["customer_id"])
        owners = accounts.group_by("customer_id").agg(created_at=pl.col("opened_at").min())
        known = self._directory.known(CUSTOMERS)
        if not (new := owners.join(known, on="customer_id", how="anti")).is_empty():
            self._directory.add(CUSTOMERS, new)

    def _demand_new(self, noun: Noun, rows: pl.DataFrame) -> None:
        there = self._directory.look_up(noun, rows[noun.id_column])
        if there:
            raise HistoryRefused(
                f"{there:,} of the {len(rows):,} {noun.name} of this folder are in the workspace "
                f"already; a history is loaded once. {NOTHING_LOADED}"
            )

    def _add_devices(self) -> tuple[int, int]:
        """Add devices and the addresses each used; return how many of both."""
        devices, history = self._read("devices"), self._read("ip_history")
        if devices is None:
            return 0, 0
        history = pl.DataFrame(schema=FILES["ip_history"]) if history is None else history
        last_seen = history.group_by("device_id").agg(pl.col("last_seen_at").max())
        keyed = devices.join(last_seen, on="device_id", how="left").with_columns(
            numbers_draw(Device, len(devices)).alias("id"),
            workspace_id=pl.lit(str(self._directory.workspace_id)),
            last_seen_at=pl.coalesce("last_seen_at", "first_seen_at"),
        )
        rows_copy(
            Device,
            keyed.rename({"device_id": "external_id"}).with_columns(
                pl.col("fingerprint").fill_null("")
            ),
        )
        addresses = history.join(keyed.select("device_id", "id"), on="device_id").select(
            "ip_address", "first_seen_at", "last_seen_at", device_id="id"
        )
        rows_copy(DeviceAddress, addresses)
        self._progress(len(devices), len(devices), "devices")
        return len(devices), len(addresses)

    def _add_transactions(self) -> pl.DataFrame:
        """Add all transactions; return `transaction_id` and the number each row was given."""
        fingerprints = self._fingerprints()
        numbers = []
        for chunk, done, total in self._chunks("transactions"):
            _demand_sound(chunk)
            self._directory.ensure(chunk)
            rows = self._writer.write_transactions(chunk, fingerprints)
            numbers.append(chunk.select("transaction_id", pl.Series("number", rows)))
            self._progress(done, total, "transactions")
        nothing = {"transaction_id": pl.String(), "number": pl.Int64()}
        return pl.concat([pl.DataFrame(schema=nothing), *numbers])

    def _add_labels(self, numbers: pl.DataFrame) -> int:
        added = 0
        for chunk, done, total in self._chunks("labels"):
            joined = chunk.join(numbers, on="transaction_id", how="left", maintain_order="left")
            if joined["number"].null_count():
                message = "labels.parquet names transactions that are not in the folder."
                raise HistoryRefused(f"{message} {NOTHING_LOADED}")
            self._writer.write_labels(joined, joined["number"].to_numpy())
            added += len(joined)
            self._progress(done, total, "labels")
        return added

    def _fingerprints(self) -> pl.DataFrame | None:
        devices = self._read("devices")
        return None if devices is None else devices.select("device_id", "fingerprint")

    def _read(self, name: str) -> pl.DataFrame | None:
        return self._tables[name].collect() if name in self._tables else None

    def _chunks(self, name: str) -> Iterator[tuple[pl.DataFrame, int, int]]:
        """Yield a table in chunks, with how many rows are read then, and how many there are."""
        if name not in self._tables:
            return
        table = self._tables[name]
        total = table.select(pl.len()).collect().item()
        for start in range(0, total, CHUNK_ROWS):
            chunk = table.slice(start, CHUNK_ROWS).collect()
            yield chunk, start + len(chunk), total


def workspace_of_kind(kind: str) -> Workspace:
    """Return the default workspace, "live" or "sandbox"."""
    return Workspace.objects.sandbox() if kind == "sandbox" else Workspace.objects.live()


def _demand_sound(chunk: pl.DataFrame) -> None:
    numbered = chunk.with_row_index(ROW, offset=1)
    _, refused = check_rows(numbered, transaction_checks())
    if not refused.is_empty():
        _, column, reason = refused.row(0)
        raise HistoryRefused(
            f"transactions.parquet holds {len(refused):,} rows that cannot be loaded, the first "
            f"for its {column}: {REASONS[reason]} {NOTHING_LOADED}"
        )


def _in_silence(_done: int, _total: int, _what: str) -> None:
    """Tell nobody."""
