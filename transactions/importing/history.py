"""Reading a history: rows in, transactions and labels in our columns out, refusals beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from transactions.columns import LABELS, TRANSACTIONS
from transactions.importing.amounts import reference_amounts
from transactions.importing.checks import Check, check_rows, transaction_checks
from transactions.importing.map_file import HistoryMap
from transactions.importing.mapping import IS_FRAUD, mapped, mapping_checks
from transactions.importing.reasons import refused_frame
from transactions.importing.sources import CHUNK_ROWS, ROW, Piece, pieces
from transactions.money import DEFAULT_RATES, ReferenceRates

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ImportedChunk:
    """Some rows of a file, read and checked.

    Attributes
    ----------
    rows : Series of UInt64
        The line or row each transaction came from.
    transactions, labels : DataFrame
        In the form of `transactions.columns`.
    refused : DataFrame
        In the form of `REFUSED_SCHEMA`.
    labels_ahead : int
        Labels left out because nobody can know them yet.
    done, total : int
        How far the file is read: bytes of a CSV file, rows of a Parquet file.
    """

    rows: pl.Series
    transactions: pl.DataFrame
    labels: pl.DataFrame
    refused: pl.DataFrame
    labels_ahead: int
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class ImportedHistory:
    """A whole file, read and checked; see `ImportedChunk`. Rows stay in the file's order."""

    transactions: pl.DataFrame
    labels: pl.DataFrame
    refused: pl.DataFrame


def read_history(
    path: Path,
    history_map: HistoryMap,
    *,
    rates: ReferenceRates = DEFAULT_RATES,
    latest: datetime | None = None,
    progress: Progress | None = None,
) -> ImportedHistory:
    """Return all of a file at once; `read_chunks` has the parameters and errors.

    Notes
    -----
    1.5 million rows of six columns take about a gigabyte while they are put together.
    """
    chunks = []
    for chunk in read_chunks(path, history_map, rates=rates, latest=latest):
        chunks.append(chunk)
        if progress is not None:
            progress(chunk.done, chunk.total)
    return ImportedHistory(
        *(
            pl.concat([getattr(chunk, name) for chunk in chunks])
            for name in ("transactions", "labels", "refused")
        )
    )


def read_chunks(
    path: Path,
    history_map: HistoryMap,
    *,
    rates: ReferenceRates = DEFAULT_RATES,
    latest: datetime | None = None,
    chunk_rows: int = CHUNK_ROWS,
) -> Iterator[ImportedChunk]:
    """Yield a file in chunks, at least one, in memory that does not grow with it but for ids.

    Parameters
    ----------
    path : Path
        Parquet if its name ends in .parquet or .pq, else CSV.
    rates : ReferenceRates
        What amounts are compared by.
    latest : datetime, optional
        Transactions after it are refused as lying in the future, labels known after it left out.
    chunk_rows : int
        How many rows are read at once.

    Raises
    ------
    SourceRefused
        If the file cannot be read or lacks a column.
    MapRefused
        If a column cannot be what the map says.

    Notes
    -----
    A row whose id an earlier row has, be that one refused or not, is refused: which of the two
    is meant nobody can tell. Ids of earlier chunks are kept as 64-bit hashes, 8 bytes a row: among
    5 million ids two share one with a chance of 7e-7.
    """
    checks: list[Check] = []
    seen = _SeenIds()
    for piece in _at_least_one(path, history_map, chunk_rows):
        rows = mapped(piece.frame, history_map)
        checks = checks or [
            *mapping_checks(history_map, rows.columns),
            *transaction_checks(latest=latest),
        ]
        is_new = seen.add(rows["transaction_id"])
        passed, refused = check_rows(
            rows.with_columns(is_new.alias("_is_new")),
            [*checks, Check("transaction_id", "duplicate_in_file", ~pl.col("_is_new"))],
        )
        yield _chunk(piece, passed, refused, _labels(passed, history_map), rates, latest)


def _at_least_one(path: Path, history_map: HistoryMap, chunk_rows: int) -> Iterator[Piece]:
    """Yield the file's pieces; of one without rows an empty piece, so that callers have columns."""
    columns, form = history_map.sources, history_map.csv
    is_empty = True
    for piece in pieces(path, columns, form, chunk_rows=chunk_rows):
        is_empty = False
        yield piece
    if is_empty:
        schema = {**dict.fromkeys(columns, pl.String()), ROW: pl.UInt64()}
        nothing = refused_frame(pl.Series([], dtype=pl.UInt64), "", "")
        yield Piece(pl.DataFrame(schema=schema), nothing, 0, 0)


def _chunk(
    piece: Piece,
    passed: pl.DataFrame,
    refused: pl.DataFrame,
    labels: pl.DataFrame,
    rates: ReferenceRates,
    latest: datetime | None,
) -> ImportedChunk:
    passed = passed.with_columns(reference_amounts(passed, rates))
    known = labels if latest is None else labels.filter(pl.col("known_at") <= latest)
    return ImportedChunk(
        rows=passed[ROW],
        transactions=passed.select(
            pl.col(name).cast(dtype) for name, dtype in TRANSACTIONS.items()
        ),
        labels=known,
        refused=pl.concat([piece.refused, refused]).sort("row"),
        labels_ahead=len(labels) - len(known),
        done=piece.done,
        total=piece.total,
    )


def _labels(passed: pl.DataFrame, history_map: HistoryMap) -> pl.DataFrame:
    if history_map.labels is None:
        return pl.DataFrame(schema=LABELS)
    labelled = passed.filter(pl.col(IS_FRAUD).is_not_null())
    if "fraud_type" not in labelled.columns:
        labelled = labelled.with_columns(fraud_type=pl.lit(None, dtype=pl.String))
    labelled = labelled.with_columns(
        source=pl.lit(history_map.labels.source),
        # Which kind of fraud an honest transaction was is no question.
        fraud_type=pl.when(IS_FRAUD).then("fraud_type"),
    )
    return labelled.select(pl.col(name).cast(dtype) for name, dtype in LABELS.items())


class _SeenIds:
    """The ids of the rows so far, as sorted hashes."""

    def __init__(self) -> None:
        self._hashes: npt.NDArray[np.uint64] = np.empty(0, dtype=np.uint64)

    def add(self, ids: pl.Series) -> pl.Series:
        """Return whether each id is new here, and remember them; no id is not one seen before."""
        hashes = ids.hash().to_numpy()
        is_new = ids.is_first_distinct() & ~pl.Series(np.isin(hashes, self._hashes))
        fresh = np.unique(hashes)
        # Two sorted runs: timsort merges them in one pass.
        self._hashes = np.sort(np.concatenate([self._hashes, fresh]), kind="stable")
        return is_new | ids.is_null()
