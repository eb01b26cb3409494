"""How old what waits is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from cases.dashboards.counts import AgeCount
from cases.dashboards.panels import Chart, Column, Panel, Row, Tone


@dataclass(frozen=True, slots=True)
class AgeBucket:
    """Cases younger than `below` that are in no bucket before; None: all that are left."""

    label: str
    below: timedelta | None


# Narrow where most deadlines are: four hours for payments, a day for everything else.
AGE_BUCKETS = (
    AgeBucket("Under 1 hour", timedelta(hours=1)),
    AgeBucket("1 to 4 hours", timedelta(hours=4)),
    AgeBucket("4 to 24 hours", timedelta(hours=24)),
    AgeBucket("1 to 3 days", timedelta(days=3)),
    AgeBucket("3 to 7 days", timedelta(days=7)),
    AgeBucket("7 to 30 days", timedelta(days=30)),
    AgeBucket("30 days and more", None),
)


def ages_panel(counts: Iterable[AgeCount]) -> Panel:
    """Return how many unclosed cases are how old, each age in a row also where there is none.

    Examples
    --------
    >>> ages_panel([AgeCount(bucket=1, cases=5, breached=2)]).rows[1].values
    (5, 3, 2)
    """
    by_bucket = {count.bucket: count for count in counts}
    rows = [
        _row(bucket.label, by_bucket.get(number, AgeCount(number, 0, 0)))
        for number, bucket in enumerate(AGE_BUCKETS)
    ]
    return Panel(
        id="ages",
        title="Age of open work",
        note="Cases that are not closed, by the time since they opened. Now, whatever the days.",
        empty="Nothing is waiting.",
        chart=Chart.BARS,
        heading="Age",
        columns=(
            Column("cases", "All", is_charted=False),
            Column("in_time", "In time"),
            Column("breached", "Deadline missed", tone=Tone.BAD),
        ),
        rows=tuple(rows),
    )


def _row(label: str, count: AgeCount) -> Row:
    return Row(label, (count.cases, count.cases - count.breached, count.breached))
