"""A folder of history, as `generate_transactions` writes it, into the database: all or nothing."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl
from django.db import transaction

from fraudsite.core.actors import Actor
from fraudsite.core.models import Workspace
from fraudsite.core.services.audit import audit_record
from transactions.choices import AccountKind, MerchantKind
from transactions.columns import FILES
from transactions.models import Device, DeviceAddress, Label, Transaction
from transactions.services.application_order import HistoryOrder, order_draw
from transactions.services.copying import (
    constraints_check,
    indexes_set_aside,
    numbers_draw,
    rows_copy,
)
from transactions.services.database_trouble import (
    FEATURES_MISSING,
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
from transactions.services.history_folder import HistoryFolder, demand_sound
from transactions.services.history_writing import HistoryWriter
from transactions.services.load_hooks import (
    LoadedHistory,
    Progress,
    after_load,
    during_load,
    run_hooks,
)

__all__ = ["HistoryRefused", "LoadReport", "Progress", "history_load"]

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
        With sentences: why nothing was loaded, or that only step 3 is missing.
    """
    history = HistoryFolder(folder)
    with trouble_in_sentences():
        workspace = workspace_of_kind(workspace_kind)
        with transaction.atomic():
            loader = _FolderLoader(history, workspace, progress or _in_silence)
            report = loader.load()
            audit_record(
                actor=ACTOR, action="history.loaded", target=workspace, details=asdict(report)
            )
    with trouble_in_sentences(FEATURES_MISSING):
        run_hooks(after_load, loader.loaded)
    return report


class _FolderLoader:
    """One load, inside its transaction."""

    def __init__(self, history: HistoryFolder, workspace: Workspace, progress: Progress) -> None:
        self._history = history
        self._progress = progress
        self._directory = EntityDirectory(workspace.pk)
        self._writer = HistoryWriter(self._directory)
        self._order: HistoryOrder | None = None

    @property
    def loaded(self) -> LoadedHistory:
        """What hooks are told."""
        order = self._order
        return LoadedHistory(
            workspace_id=self._directory.workspace_id,
            customers=self._directory.known(CUSTOMERS),
            progress=self._progress,
            tables=self._history.tables,
            verification_places=None if order is None else pl.Series(order.verifications),
        )

    def load(self) -> LoadReport:
        started = time.monotonic()
        self._add_entities()
        devices, addresses = self._add_devices()
        with indexes_set_aside(Label, Transaction):
            # Behind the lock, so that nobody is judged between these places.
            self._order = self._drawn_order() if after_load else None
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
        if (customers := self._history.read("customers")) is not None:
            self._demand_new(CUSTOMERS, customers)
            self._add(CUSTOMERS, customers.select("customer_id", created_at="opened_at"))
        if (accounts := self._history.read("accounts")) is not None:
            kind = pl.col("kind")
            is_known = kind.is_in(AccountKind.values)
            fallback = pl.lit(str(AccountKind.CURRENT))
            self._ensure_owners(accounts)
            self._add(
                ACCOUNTS,
                accounts.with_columns(kind=pl.when(is_known).then(kind).otherwise(fallback)),
            )
        if (merchants := self._history.read("merchants")) is not None:
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
        devices, history = self._history.read("devices"), self._history.read("ip_history")
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
        places = None if self._order is None else self._order.transactions
        numbers = [pl.DataFrame(schema={"transaction_id": pl.String(), "number": pl.Int64()})]
        for chunk in self._history.chunks("transactions"):
            demand_sound(chunk.frame)
            self._directory.ensure(chunk.frame)
            rows = self._writer.write_transactions(
                chunk.frame,
                fingerprints=fingerprints,
                places=None if places is None else places[chunk.start : chunk.end],
            )
            numbers.append(chunk.frame.select("transaction_id", pl.Series("number", rows)))
            self._progress(chunk.end, chunk.total, "transactions")
        return pl.concat(numbers)

    def _add_labels(self, numbers: pl.DataFrame) -> int:
        places = None if self._order is None else self._order.labels
        added = 0
        for chunk in self._history.chunks("labels"):
            labels = chunk.frame.join(
                numbers, on="transaction_id", how="left", maintain_order="left"
            )
            if labels["number"].null_count():
                message = "labels.parquet names transactions that are not in the folder."
                raise HistoryRefused(f"{message} {NOTHING_LOADED}")
            self._writer.write_labels(
                labels,
                labels["number"].to_numpy(),
                places=None if places is None else places[chunk.start : chunk.end],
            )
            added += len(labels)
            self._progress(chunk.end, chunk.total, "labels")
        return added

    def _drawn_order(self) -> HistoryOrder | None:
        return order_draw(
            decided_at=self._history.times("kyc_profiles", "decided_at"),
            known_at=self._history.label_times(),
            arrived_at=self._history.arrivals(),
        )

    def _fingerprints(self) -> pl.DataFrame | None:
        devices = self._history.read("devices")
        return None if devices is None else devices.select("device_id", "fingerprint")


def workspace_of_kind(kind: str) -> Workspace:
    """Return the default workspace, "live" or "sandbox"."""
    return Workspace.objects.sandbox() if kind == "sandbox" else Workspace.objects.live()


def _in_silence(_done: int, _total: int, _what: str) -> None:
    """Tell nobody."""
