"""Histories as folders of Parquet files."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl

from transactions.simulation.history import History
from transactions.simulation.plan import SimulationPlan

# Rows that are compressed at a time: bounds the memory that writing takes.
_ROW_GROUP = 250_000
# On disk a transaction takes 50 bytes with its label, and a customer 310 with all that is theirs:
# measured on 5,000,000 transactions of 50,000 users, rounded up.
_BYTES_PER_TRANSACTION = 60
_BYTES_PER_USER = 400


class FolderRefused(ValueError):
    """A folder that cannot take a history; the message is a sentence for people."""


def expected_bytes(plan: SimulationPlan) -> int:
    """Return about how much room the files of a plan take, rather too much than too little."""
    return plan.transactions * _BYTES_PER_TRANSACTION + plan.users * _BYTES_PER_USER


def demand_room(folder: Path, plan: SimulationPlan, *, may_replace: bool) -> None:
    """Check, before an hour of work, that a folder can take the files; make nothing.

    Raises
    ------
    FolderRefused
        It is a file, holds something already, or its disk is too full.
    """
    if folder.exists() and not folder.is_dir():
        raise FolderRefused(f"{folder} is a file; name a folder.")
    if folder.exists() and not may_replace and any(folder.iterdir()):
        raise FolderRefused(f"{folder} is not empty; --force replaces the history in it.")
    parent = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(parent).free
    if free < expected_bytes(plan):
        raise FolderRefused(
            f"The disk of {folder} has {free / 1e6:,.0f} MB left, and the history takes about "
            f"{expected_bytes(plan) / 1e6:,.0f} MB."
        )


def write(
    history: History, folder: Path, progress: Callable[[str], None] = lambda _: None
) -> dict[str, int]:
    """Write the eight tables and return the rows of each.

    Each file is written beside its place and then renamed, so that no file is ever half there.

    Raises
    ------
    FolderRefused
        The folder cannot be made or written, or the disk is full.
    """
    rows = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, frame in history.tables():
            _write_file(frame, folder / f"{name}.parquet")
            rows[name] = frame.height
            progress(name)
    except (OSError, pl.exceptions.ComputeError) as error:
        raise FolderRefused(f"The history cannot be written to {folder}: {error}.") from error
    return rows


def _write_file(frame: pl.DataFrame, path: Path) -> None:
    part = path.with_name(f"{path.name}.part")
    try:
        frame.write_parquet(part, row_group_size=_ROW_GROUP)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
