"""How often what raised an alert was right."""

from __future__ import annotations

from collections.abc import Iterable

from cases.dashboards.counts import Outcomes
from cases.dashboards.panels import Chart, Column, Panel, Row, Tile, Tone, Unit
from cases.dashboards.proportions import ratio_of, share_of

COLUMNS = (
    Column("precision", "Precision", Unit.SHARE, Tone.GOOD),
    Column("low", "At least", Unit.SHARE, is_charted=False),
    Column("high", "At most", Unit.SHARE, is_charted=False),
    Column("fraud", "Fraud", is_charted=False),
    Column("honest", "No fraud", is_charted=False),
)
INTERVAL = "At least and at most are the 95 % interval: wide where little was decided."


def rules_panel(outcomes: Iterable[Outcomes]) -> Panel:
    """Return the precision of each version of a rule."""
    return Panel(
        id="rules",
        title="Precision by rule",
        note="Of the payment alerts that a rule had a part in and that were decided in these "
        f"days, the share that was fraud. {INTERVAL}",
        empty="No alert of a rule was decided in these days.",
        chart=Chart.SHARES,
        heading="Rule and version",
        columns=COLUMNS,
        rows=_rows(outcomes),
    )


def models_panel(outcomes: Iterable[Outcomes]) -> Panel:
    """Return the precision of each model version."""
    return Panel(
        id="models",
        title="Precision by model version",
        note="Of the payment alerts that a model's score had a part in and that were decided in "
        f"these days, the share that was fraud. {INTERVAL}",
        empty="No alert of a model was decided in these days.",
        chart=Chart.SHARES,
        heading="Model and version",
        columns=COLUMNS,
        rows=_rows(outcomes),
    )


def outcome_tiles(outcomes: Iterable[Outcomes], judged: int) -> list[Tile]:
    """Return how often payment alerts were right, and how many honest payments they disturbed.

    Examples
    --------
    >>> [tile.value for tile in outcome_tiles([Outcomes("2026-01-01", fraud=3, honest=1)], 200)]
    [0.75, 5.0]
    """
    known = list(outcomes)
    fraud, honest = sum(one.fraud for one in known), sum(one.honest for one in known)
    precision = ratio_of(fraud, fraud + honest)
    disturbed = 1000 * honest / judged if judged else None
    return [
        Tile("precision", "Precision", precision, Unit.SHARE, "payment alerts"),
        Tile("disturbed", "Honest payments stopped", disturbed, note="of 1,000 that were judged"),
    ]


def _rows(outcomes: Iterable[Outcomes]) -> tuple[Row, ...]:
    return tuple(_row(one) for one in outcomes)


def _row(one: Outcomes) -> Row:
    share = share_of(one.fraud, one.decided)
    interval = (share.value, share.low, share.high) if share else (None, None, None)
    return Row(one.name, (*interval, one.fraud, one.honest))
