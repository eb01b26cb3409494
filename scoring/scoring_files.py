"""Histories to be judged, from files, and what came of it, to a file. Knows no Django."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from scoring.history_scoring import History
from transactions.columns import ACCOUNTS, KYC_PROFILES, LABELS, REQUIRED, TRANSACTIONS
from transactions.importing import HistoryMap, SourceRefused, read_history, read_map
from transactions.money import ReferenceRates

PARQUET_ENDINGS = (".parquet", ".pq")
ENDINGS = (*PARQUET_ENDINGS, ".csv")
# What an amount is worth in the reference currency is computed, never read.
COMPUTED = "amount_reference_minor"

Progress = Callable[[int, int], None]


class FileRefused(ValueError):
    """A file that cannot be read or written; its text is a sentence for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where a history lies.

    Attributes
    ----------
    transactions : Path
        CSV or Parquet, in the form of `transactions.columns` or in the one that `map` describes.
    map : Path or None
        A map of `manage.py import_transactions`.
    labels, kyc_profiles, accounts : Path or None
        Tables in the form of `transactions.columns`. Labels of the map are taken as well.
    """

    transactions: Path
    map: Path | None = None
    labels: Path | None = None
    kyc_profiles: Path | None = None
    accounts: Path | None = None

    @property
    def paths(self) -> tuple[Path, ...]:
        """All files that are read."""
        named = (self.transactions, self.map, self.labels, self.kyc_profiles, self.accounts)
        return tuple(path for path in named if path is not None)


@dataclass(frozen=True, slots=True, eq=False)
class SourceHistory:
    """A history as it was read, and the rows that were refused (`importing.REFUSED_SCHEMA`)."""

    history: History
    refused: pl.DataFrame


def read_sources(
    sources: Sources, rates: ReferenceRates, progress: Progress | None = None
) -> SourceHistory:
    """Return a history from files, every row checked as an import checks it.

    Raises
    ------
    FileRefused, transactions.importing.SourceRefused, transactions.importing.MapRefused
        A file cannot be read, or is not what it should be.
    """
    history_map = _own_form(sources.transactions) if sources.map is None else read_map(sources.map)
    read = read_history(sources.transactions, history_map, rates=rates, progress=progress)
    labels = _table(sources.labels, LABELS)
    if history_map.labels is not None:
        labels = read.labels if labels is None else pl.concat([read.labels, labels])
    history = History(
        transactions=read.transactions,
        labels=labels,
        kyc_profiles=_table(sources.kyc_profiles, KYC_PROFILES),
        accounts=_table(sources.accounts, ACCOUNTS),
    )
    return SourceHistory(history, read.refused)


def demand_writable(out: Path, sources: Sources, *, may_replace: bool) -> None:
    """Refuse a result that could not be written, before anything is computed.

    Raises
    ------
    FileRefused
        Its ending is none we write, it is read too, is there already, or has no folder.
    """
    if out.suffix.lower() not in ENDINGS:
        raise FileRefused(f"{out} ends neither in .csv nor in .parquet.")
    if any(out.resolve() == path.resolve() for path in sources.paths):
        raise FileRefused(f"{out} is read as well; name another file for the result.")
    if out.is_dir() or not out.parent.is_dir():
        raise FileRefused(f"{out} is a folder, or its folder is not there.")
    if out.exists() and not may_replace:
        raise FileRefused(f"{out} is there already; name another file, or add --force.")


def write_result(frame: pl.DataFrame, out: Path) -> None:
    """Write a result as the file's ending says; what is there before stays until it is complete.

    Raises
    ------
    FileRefused
        The disk is full, or writing there is not permitted.
    """
    unfinished = out.with_name(f".{out.name}.unfinished")
    try:
        if out.suffix.lower() in PARQUET_ENDINGS:
            frame.write_parquet(unfinished)
        else:
            frame.write_csv(unfinished)
        unfinished.replace(out)
    except OSError as error:
        raise FileRefused(f"{out} cannot be written: {error.strerror or error}.") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _own_form(path: Path) -> HistoryMap:
    """Return the map of a file that has our columns under our names."""
    there = _columns(path)
    missing = [name for name in REQUIRED if name not in there]
    if missing:
        raise SourceRefused(
            f"{path} has no column {missing[0]}; say with --map MAP.toml which of its columns is."
        )
    return HistoryMap(
        columns={name: name for name in TRANSACTIONS if name in there and name != COMPUTED}
    )


def _columns(path: Path) -> list[str]:
    return _scan(path).collect_schema().names()


def _table(path: Path | None, columns: Mapping[str, pl.DataType]) -> pl.DataFrame | None:
    """Return a table with exactly these columns; those that the file lacks are null."""
    if path is None:
        return None
    frame = _scan(path)
    there = frame.collect_schema().names()
    first = next(iter(columns))
    if first not in there:
        raise SourceRefused(f"{path} has no column {first}.")
    try:
        return frame.select(
            pl.col(name).cast(kind) if name in there else pl.lit(None, kind).alias(name)
            for name, kind in columns.items()
        ).collect()
    except pl.exceptions.PolarsError as error:
        reason = str(error).split("\n", 1)[0]
        raise SourceRefused(f"{path} holds what cannot be there: {reason}.") from error


def _scan(path: Path) -> pl.LazyFrame:
    try:
        if path.suffix.lower() in PARQUET_ENDINGS:
            frame = pl.scan_parquet(path)
        else:
            frame = pl.scan_csv(path, try_parse_dates=True, infer_schema_length=None)
        frame.collect_schema()
    except OSError as error:
        raise SourceRefused(f"{path} cannot be read: {error.strerror or error}.") from error
    except pl.exceptions.PolarsError as error:
        raise SourceRefused(f"{path} is no table that can be read.") from error
    return frame
