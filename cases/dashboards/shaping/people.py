"""What analysts did. Who manages no colleagues sees their own numbers, and the others' as one."""

from __future__ import annotations

from collections.abc import Sequence

from cases.dashboards.counts import AnalystCount
from cases.dashboards.panels import Chart, Column, Panel, Row, Tone, Unit

OTHERS = "All others"


def people_panel(counts: Sequence[AnalystCount], *, only: str = "") -> Panel:
    """Return what each analyst decided.

    Parameters
    ----------
    only : str
        Id of the one person who is named; empty: all are.
    """
    return Panel(
        id="people",
        title="Throughput of analysts",
        note="Decisions that took effect in these days, second looks among them, and the median "
        "time from the opening of a case to its decision.",
        empty="Nobody decided anything in these days.",
        chart=Chart.BARS,
        heading="Analyst",
        columns=(
            Column("decided", "Decided"),
            Column("second_looks", "Second looks", tone=Tone.QUIET),
            Column("median_hours", "Median time", Unit.HOURS, is_charted=False),
        ),
        rows=tuple(_row(count) for count in (_merged(counts, only) if only else counts)),
    )


def _merged(counts: Sequence[AnalystCount], only: str) -> list[AnalystCount]:
    own = [count for count in counts if count.user_id == only]
    others = [count for count in counts if count.user_id != only]
    if not others:
        return own
    decided = sum(count.decided for count in others)
    second_looks = sum(count.second_looks for count in others)
    # No median: it cannot be had from medians, and of one colleague it would be theirs.
    return [*own, AnalystCount("", OTHERS, decided, second_looks, None)]


def _row(count: AnalystCount) -> Row:
    hours = None if count.median_hours is None else round(count.median_hours, 2)
    return Row(count.name, (count.decided, count.second_looks, hours))
