"""What happened day by day; a day on which nothing happened has a row too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from cases.dashboards.counts import DayCounts, Outcomes, StoppedMoney
from cases.dashboards.day_ranges import DayRange
from cases.dashboards.panels import Chart, Column, Panel, Row, Tone, Unit
from cases.dashboards.proportions import ratio_of

DAY = "Day (UTC)"


def decisions_panel(days: DayRange, columns: tuple[Column, ...], counts: DayCounts) -> Panel:
    """Return the decisions of each day; the columns' keys are the labels."""
    return Panel(
        id="decisions",
        title="Decisions by label",
        note="Decisions of analysts, by the day on which they took effect.",
        empty="No decision took effect in these days.",
        chart=Chart.DAYS,
        heading=DAY,
        columns=columns,
        rows=_counted(days, columns, counts),
    )


def alerts_panel(days: DayRange, columns: tuple[Column, ...], counts: DayCounts) -> Panel:
    """Return the alerts of each day; the columns' keys are the sources."""
    return Panel(
        id="alerts",
        title="Alerts by source",
        note="Alerts by the day on which they were raised, those noted on a closed case included.",
        empty="No alert was raised in these days.",
        chart=Chart.DAYS,
        heading=DAY,
        columns=columns,
        rows=_counted(days, columns, counts),
    )


def money_panel(days: DayRange, stopped: Iterable[StoppedMoney], currency: str) -> Panel:
    """Return what was stopped each day, and how much of it was fraud."""
    by_day = {money.day: money for money in stopped}
    rows = tuple(_money_row(day, by_day.get(day, StoppedMoney(day, 0, 0, 0, 0, 0))) for day in days)
    unpriced = sum(money.unpriced for money in by_day.values())
    return Panel(
        id="money",
        title="Fraud caught and blocked amount",
        note=_money_note(currency, unpriced),
        empty="No payment was stopped in these days.",
        chart=Chart.DAYS,
        heading=DAY,
        columns=(
            Column("fraud", "Fraud caught", Unit.MINOR, Tone.BAD),
            Column("other", "Blocked, not labelled fraud", Unit.MINOR, Tone.QUIET),
            Column("stopped", "Blocked in all", Unit.MINOR, is_charted=False),
            Column("fraud_payments", "Fraud payments", is_charted=False),
            Column("stopped_payments", "Blocked payments", is_charted=False),
        ),
        rows=rows,
    )


def honest_panel(days: DayRange, outcomes: Mapping[date, Outcomes]) -> Panel:
    """Return the share of alerts about payments that were no fraud, each day."""
    return Panel(
        id="false_positives",
        title="False-positive rate",
        note="Of the payment alerts decided on a day, the share that was no fraud. Inconclusive "
        "ones are left out; a day without decisions has no rate.",
        empty="No payment alert was decided in these days.",
        chart=Chart.LINE,
        heading=DAY,
        columns=(
            Column("rate", "False-positive rate", Unit.SHARE, Tone.WARN),
            Column("honest", "No fraud", is_charted=False),
            Column("decided", "Decided", is_charted=False),
        ),
        rows=tuple(_honest_row(day, outcomes.get(day)) for day in days),
    )


def _counted(days: DayRange, columns: tuple[Column, ...], counts: DayCounts) -> tuple[Row, ...]:
    return tuple(
        Row(day.isoformat(), tuple(counts.get((day, column.key), 0) for column in columns))
        for day in days
    )


def _money_row(day: date, money: StoppedMoney) -> Row:
    other = money.stopped_minor - money.fraud_minor
    amounts = (money.fraud_minor, other, money.stopped_minor)
    return Row(day.isoformat(), (*amounts, money.fraud_payments, money.stopped_payments))


def _money_note(currency: str, unpriced: int) -> str:
    note = (
        f"Payments declined or refused, by the day of their alert, in {currency}. Fraud is what "
        "the latest label says, so that recent days still grow."
    )
    if not unpriced:
        return note
    # The number would be read as the whole amount otherwise.
    return f"{note} Without an amount, as their currency has no rate: {unpriced}."


def _honest_row(day: date, outcomes: Outcomes | None) -> Row:
    if outcomes is None:
        return Row(day.isoformat(), (None, 0, 0))
    rate = ratio_of(outcomes.honest, outcomes.decided)
    return Row(day.isoformat(), (rate, outcomes.honest, outcomes.decided))
