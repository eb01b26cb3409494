"""What measuring one engine on labelled material gives: figures, cases, a table to read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

# Called with a sentence and how many of how many are done.
Progress = Callable[[str, int, int], None]


class MaterialRefused(Exception):
    """The folder holds nothing to measure on, or not in the expected form; `str()` says which."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to measure on, and how.

    Attributes
    ----------
    folder : Path
        The root that holds ``mrz/``, ``pdf417/``, ``faces/``, ``videos/``, ``spoof/``, or the one
        of them that is wanted.
    today : date
        Settles the century of two-digit years.
    simulated : int
        How many renders of each kind to make and measure beside the material; 0 for none.
    seed : int
        Of those renders.
    engine : str
        Name of the engine, empty for the default one.
    """

    folder: Path
    today: date
    simulated: int = 0
    seed: int = 1
    engine: str = ""

    def subfolder(self, name: str) -> Path:
        """Return the folder of one kind of material, whether its root or itself was given."""
        return self.folder if self.folder.name == name else self.folder / name


@dataclass(frozen=True, slots=True)
class PartReport:
    """One part measured.

    Attributes
    ----------
    figures : mapping
        The summary, as it is written to the file; JSON values only.
    rows : sequence of mapping
        One for each case, JSON values only; no names of people beyond the file names given.
    table : sequence of (label, value)
        The summary for people.
    """

    figures: Mapping[str, Any]
    rows: Sequence[Mapping[str, Any]] = ()
    table: Sequence[tuple[str, str]] = field(default=())
