"""The whole dashboard for one person: asked, shaped, and kept for some seconds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cases.choices import AlertSource, DecisionLabel
from cases.dashboards.day_ranges import DayRange
from cases.dashboards.kept import kept
from cases.dashboards.panels import Column, Tile, Tone, Unit, as_json
from cases.dashboards.selectors import deciding, payments, verifications, waiting
from cases.dashboards.shaping.ages import ages_panel
from cases.dashboards.shaping.daily import (
    alerts_panel,
    decisions_panel,
    honest_panel,
    money_panel,
)
from cases.dashboards.shaping.people import people_panel
from cases.dashboards.shaping.precision import models_panel, outcome_tiles, rules_panel
from cases.dashboards.shaping.queues import queues_panel, waiting_tiles
from cases.dashboards.shaping.verifications import funnel_panel
from cases.selectors import queue_counts
from fraudsite.core.models import User
from transactions.services.reference_rates import rates_of_settings

LABEL_TONES = {
    DecisionLabel.CONFIRMED_FRAUD: Tone.BAD,
    DecisionLabel.FALSE_POSITIVE: Tone.GOOD,
    DecisionLabel.VALUABLE_ALERT: Tone.PLAIN,
    DecisionLabel.INCONCLUSIVE: Tone.QUIET,
}
SOURCE_TONES = {
    AlertSource.TRANSACTION: Tone.PLAIN,
    AlertSource.VERIFICATION: Tone.GOOD,
    AlertSource.HUMAN_REVIEW: Tone.WARN,
    AlertSource.SCREENING: Tone.QUIET,
}
LABEL_COLUMNS = tuple(
    Column(code, DecisionLabel(code).label, tone=tone) for code, tone in LABEL_TONES.items()
)
SOURCE_COLUMNS = tuple(
    Column(code, AlertSource(code).label, tone=tone) for code, tone in SOURCE_TONES.items()
)


def board_of(user: User, days: DayRange, now: datetime) -> dict[str, Any]:
    """Return what a person sees: what waits in their queues, and what happened in these days."""
    own = kept(f"own:{user.pk}:{_name(days)}", lambda: _own(user, days, now))
    common = kept(f"common:{_name(days)}", lambda: _common(days))
    return {
        "from": days.first.isoformat(),
        "to": days.last.isoformat(),
        "days": days.days,
        "currency": rates_of_settings().currency,
        # Of the older half: what is shown is at least as new.
        "as_of": own["as_of"],
        "tiles": [*own["tiles"], *common["tiles"]],
        "panels": [*own["waiting"], *common["panels"], *own["people"]],
    }


def _own(user: User, days: DayRange, now: datetime) -> dict[str, Any]:
    """Return what depends on who looks."""
    counts = queue_counts(user)
    # Who gives work out, audits or manages risk sees each colleague by name.
    is_colleague = user.has_perm("cases.work_case") and not user.has_perm("cases.assign_case")
    people = people_panel(deciding.throughput(days), only=str(user.pk) if is_colleague else "")
    return {
        "as_of": now.isoformat(timespec="seconds"),
        "tiles": [as_json(tile) for tile in waiting_tiles(counts)],
        "waiting": [as_json(queues_panel(counts)), as_json(ages_panel(waiting.ages(user, now)))],
        "people": [as_json(people)],
    }


def _common(days: DayRange) -> dict[str, Any]:
    """Return what is the same for everybody."""
    daily = payments.outcomes_by_day(days)
    money = payments.stopped_money(days)
    tiles = [
        *outcome_tiles(daily.values(), payments.judged_payments(days)),
        Tile("fraud", "Fraud caught", sum(day.fraud_minor for day in money), Unit.MINOR),
        Tile("blocked", "Blocked in all", sum(day.stopped_minor for day in money), Unit.MINOR),
    ]
    panels = [
        alerts_panel(days, SOURCE_COLUMNS, deciding.alerts_by_source(days)),
        decisions_panel(days, LABEL_COLUMNS, deciding.decisions_by_label(days)),
        money_panel(days, money, rates_of_settings().currency),
        honest_panel(days, daily),
        rules_panel(payments.outcomes_by_rule(days)),
        models_panel(payments.outcomes_by_model(days)),
        funnel_panel(verifications.funnel(days)),
    ]
    return {"tiles": list(map(as_json, tiles)), "panels": list(map(as_json, panels))}


def _name(days: DayRange) -> str:
    return f"{days.first}:{days.last}"
