"""The chart of what came in and went out each week: bars for an SVG, and the same as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from transactions.selectors import WeekFlow
from transactions.views.amounts import amount_text, figure_text

# Units of the drawing, which the page stretches to its width.
WEEK_WIDTH = 20.0
BAR_WIDTH = 12.0
HALF_HEIGHT = 60.0
# A sum that is not nothing stays visible.
LEAST_HEIGHT = 1.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle of the drawing; y grows downwards from the top."""

    x: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class WeekRow:
    """One week of the table; amounts without their currency."""

    monday: date
    came_in: str
    went_out: str


@dataclass(frozen=True, slots=True)
class FlowChart:
    """Money in upwards and money out downwards, both to one scale."""

    width: float
    height: float
    bar_width: float
    incoming: Sequence[Bar]
    outgoing: Sequence[Bar]
    scale: str
    currency: str
    rows: Sequence[WeekRow]
    total_in: str
    total_out: str


def flow_chart(weeks: Sequence[WeekFlow], currency: str) -> FlowChart | None:
    """Return the chart of some weeks, None when nothing moved in them."""
    largest = max((max(week.in_minor, week.out_minor) for week in weeks), default=0)
    if not largest:
        return None
    incoming, outgoing = [], []
    for place, week in enumerate(weeks):
        x = place * WEEK_WIDTH + (WEEK_WIDTH - BAR_WIDTH) / 2
        up, down = _height(week.in_minor, largest), _height(week.out_minor, largest)
        if up:
            incoming.append(Bar(x, round(HALF_HEIGHT - up, 2), up))
        if down:
            outgoing.append(Bar(x, HALF_HEIGHT, down))
    return FlowChart(
        width=len(weeks) * WEEK_WIDTH,
        height=2 * HALF_HEIGHT,
        bar_width=BAR_WIDTH,
        incoming=incoming,
        outgoing=outgoing,
        scale=amount_text(largest, currency),
        currency=currency,
        rows=[_row(week, currency) for week in weeks],
        total_in=amount_text(sum(week.in_minor for week in weeks), currency),
        total_out=amount_text(sum(week.out_minor for week in weeks), currency),
    )


def _height(minor: int, largest: int) -> float:
    if not minor:
        return 0.0
    return max(LEAST_HEIGHT, round(minor / largest * HALF_HEIGHT, 2))


def _row(week: WeekFlow, currency: str) -> WeekRow:
    return WeekRow(
        week.monday, figure_text(week.in_minor, currency), figure_text(week.out_minor, currency)
    )
