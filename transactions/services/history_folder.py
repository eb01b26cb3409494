"""A folder of history on disk: its tables, read whole or in chunks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from transactions.columns import FILES, INSTANT
from transactions.importing import REASONS, check_rows, transaction_checks
from transactions.importing.sources import ROW
from transactions.services.database_trouble import NOTHING_LOADED, HistoryRefused

# Some 200 MB of frames and text at once; larger chunks are no faster.
CHUNK_ROWS = 250_000


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows `start` to `end` of a table that has `total`."""

    frame: pl.DataFrame
    start: int
    end: int
    total: int


class HistoryFolder:
    """The tables of a folder; only `transactions` must be there.

    Raises
    ------
    HistoryRefused
        If a file cannot be read or its columns are not those of `transactions.columns`.
    """

    def __init__(self, folder: Path) -> None:
        if not (folder / "transactions.parquet").is_file():
            raise HistoryRefused(f"{folder} holds no transactions.parquet. {NOTHING_LOADED}")
        paths = {name: folder / f"{name}.parquet" for name in FILES}
        self.tables = {
            name: _table(path, FILES[name]) for name, path in paths.items() if path.is_file()
        }

    def read(self, name: str) -> pl.DataFrame | None:
        """Return a table, None if there is none."""
        return self.tables[name].collect() if name in self.tables else None

    def times(self, name: str, column: str) -> pl.Series:
        """Return a column of instants, empty if there is no such table."""
        if name not in self.tables:
            return pl.Series(column, [], dtype=INSTANT)
        return self.tables[name].select(column).collect().to_series()

    def arrivals(self) -> pl.Series:
        """Return when each transaction arrived; when it happened, where that is not told."""
        arrived = pl.coalesce("arrived_at", "occurred_at")
        return self.tables["transactions"].select(arrived).collect().to_series()

    def label_times(self) -> pl.Series:
        """Return when each label became known, but never before its transaction arrived."""
        if "labels" not in self.tables:
            return pl.Series("known_at", [], dtype=INSTANT)
        behind = pl.coalesce("arrived_at", "occurred_at") + pl.duration(microseconds=1)
        arrived = self.tables["transactions"].select("transaction_id", behind.alias("behind"))
        known = self.tables["labels"].select("transaction_id", "known_at")
        joined = known.join(arrived, on="transaction_id", how="left", maintain_order="left")
        return joined.select(pl.max_horizontal("known_at", "behind")).collect().to_series()

    def chunks(self, name: str) -> Iterator[Chunk]:
        """Yield a table in chunks; none if there is no such table."""
        if name not in self.tables:
            return
        total = self.tables[name].select(pl.len()).collect().item()
        for start in range(0, total, CHUNK_ROWS):
            frame = self.tables[name].slice(start, CHUNK_ROWS).collect()
            yield Chunk(frame, start, start + len(frame), total)


def demand_sound(transactions: pl.DataFrame) -> None:
    """Raise `HistoryRefused` unless every row is one that an import would take."""
    numbered = transactions.with_row_index(ROW, offset=1)
    _, refused = check_rows(numbered, transaction_checks())
    if not refused.is_empty():
        _, column, reason = refused.row(0)
        raise HistoryRefused(
            f"transactions.parquet holds {len(refused):,} rows that cannot be loaded, the first "
            f"for its {column}: {REASONS[reason]} {NOTHING_LOADED}"
        )


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
