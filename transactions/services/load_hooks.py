"""What other apps do when a history comes in: registered by them, called by the loader.

News of a load does not travel through the outbox: the verification history belongs into the load's
own transaction, and features are rebuilt before the command that loaded says it is done.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Apps that register are imported by every process; most never see a frame.
    import polars as pl

# What is done so far, of how much, and of what.
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class LoadedHistory:
    """A history on its way into the database, as hooks see it.

    Attributes
    ----------
    workspace_id : UUID
    customers : DataFrame
        `customer_id` and `customer_id_key`, the primary key as text, of all customers it names.
    tables : mapping of str to LazyFrame
        What a folder of history held, by the names of `transactions.columns.FILES`; empty when
        a single file was imported.
    progress : callable
    verification_places : Series, optional
        In the order of application, the place of each row of `kyc_profiles`; None: not drawn yet.
    """

    workspace_id: uuid.UUID
    customers: pl.DataFrame
    progress: Progress
    tables: Mapping[str, pl.LazyFrame] = field(default_factory=dict)
    verification_places: pl.Series | None = None


LoadHook = Callable[[LoadedHistory], None]

# An app adds its own in `AppConfig.ready`. `during_load` runs in the load's transaction and fails
# with it; `after_load` once it is committed.
during_load: list[LoadHook] = []
after_load: list[LoadHook] = []


def run_hooks(hooks: list[LoadHook], loaded: LoadedHistory) -> None:
    """Call the hooks in the order in which they were registered."""
    for hook in hooks:
        hook(loaded)
