"""What waits in each queue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cases.dashboards.panels import Chart, Column, Panel, Row, Tile, Tone

if TYPE_CHECKING:
    from cases.selectors import QueueCount


def queues_panel(counts: Sequence[QueueCount]) -> Panel:
    """Return how each queue stands."""
    return Panel(
        id="queues",
        title="Open work by queue",
        note="Cases that are not closed, of the queues you see. Now, whatever the days.",
        empty="Every queue is empty.",
        chart=Chart.BARS,
        heading="Queue",
        columns=(
            Column("in_time", "In time"),
            Column("breached", "Deadline missed", tone=Tone.BAD),
            Column("open", "Open", is_charted=False),
            Column("held", "In hand", is_charted=False),
            Column("pending_approval", "For approval", is_charted=False),
            Column("suspended", "Suspended", is_charted=False),
        ),
        rows=tuple(_row(count) for count in counts),
    )


def waiting_tiles(counts: Sequence[QueueCount]) -> list[Tile]:
    """Return what waits in all queues together."""
    breached = sum(count.breached for count in counts)
    return [
        Tile("waiting", "Not closed", sum(map(_unclosed, counts)), note="now"),
        Tile("breached", "Deadline missed", breached, note="of them, now"),
    ]


def _unclosed(count: QueueCount) -> int:
    return count.open + count.held + count.pending_approval + count.suspended


def _row(count: QueueCount) -> Row:
    parts = (count.open, count.held, count.pending_approval, count.suspended)
    return Row(count.title, (sum(parts) - count.breached, count.breached, *parts))
