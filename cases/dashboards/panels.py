"""What a panel of the dashboard holds: one table, which the browser also draws as a chart.

There is one set of rows for both, so that table and chart cannot say different things.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

# None: there is nothing to say, such as a share of nothing. Never the same as 0.
Value = int | float | str | None


class Unit(StrEnum):
    """What a column's numbers are."""

    COUNT = "count"
    SHARE = "share"  # 0 to 1
    MINOR = "minor"  # cents of the reference currency
    HOURS = "hours"


class Chart(StrEnum):
    """How a panel is drawn."""

    DAYS = "days"  # a column a day, its charted values stacked
    BARS = "bars"  # a bar a row, its charted values stacked
    LINE = "line"  # a point a day, no point where there is no value
    SHARES = "shares"  # a bar from 0 to 1 a row, with its interval
    STEPS = "steps"  # a bar a row, each a share of the first


class Tone(StrEnum):
    """What a series means; the browser gives each tone a colour and a pattern."""

    PLAIN = "plain"
    BAD = "bad"
    GOOD = "good"
    WARN = "warn"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a panel's table; drawn as well where `is_charted`."""

    key: str
    label: str
    unit: Unit = Unit.COUNT
    tone: Tone = Tone.PLAIN
    is_charted: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """One line: what it is about, and a value for each column."""

    label: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """One question of the dashboard and its answer.

    Attributes
    ----------
    note : str
        What exactly is counted.
    empty : str
        What to say where there is nothing to show.
    heading : str
        Over the column of the rows' labels.
    """

    id: str
    title: str
    note: str
    empty: str
    chart: Chart
    heading: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    def __post_init__(self) -> None:
        widths = {len(row.values) for row in self.rows} - {len(self.columns)}
        if widths:
            message = f"The panel {self.id} has rows that do not fit its columns."
            raise ValueError(message)

    @property
    def is_empty(self) -> bool:
        """Whether there is no number in it that says anything."""
        return not any(value for row in self.rows for value in row.values)


@dataclass(frozen=True, slots=True)
class Tile:
    """One number above the panels."""

    id: str
    label: str
    value: Value
    unit: Unit = Unit.COUNT
    note: str = ""


def as_json(part: Panel | Tile) -> dict[str, Any]:
    """Return a panel or tile as the browser takes it.

    Examples
    --------
    >>> told = as_json(Tile("open", "Open now", 3))
    >>> told["label"], told["value"], told["unit"] == "count"
    ('Open now', 3, True)
    """
    told = asdict(part)
    return {**told, "is_empty": part.is_empty} if isinstance(part, Panel) else told
