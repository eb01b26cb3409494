"""From counts to the rows that are read and drawn."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from cases.dashboards.counts import AnalystCount, Funnel, Outcomes, StoppedMoney
from cases.dashboards.day_ranges import DayRange
from cases.dashboards.panels import Chart, Column, Panel, Row, as_json
from cases.dashboards.shaping.ages import ages_panel
from cases.dashboards.shaping.daily import decisions_panel, honest_panel, money_panel
from cases.dashboards.shaping.people import people_panel
from cases.dashboards.shaping.precision import outcome_tiles, rules_panel
from cases.dashboards.shaping.queues import queues_panel, waiting_tiles
from cases.dashboards.shaping.verifications import funnel_panel
from cases.selectors import QueueCount

MONDAY, TUESDAY = date(2026, 3, 9), date(2026, 3, 10)
DAYS = DayRange(MONDAY, TUESDAY)
OPENED = datetime(2026, 3, 1, tzinfo=UTC)


def test_a_day_without_anything_has_a_row_of_noughts() -> None:
    columns = (Column("fraud", "Fraud"), Column("honest", "Honest"))

    panel = decisions_panel(DAYS, columns, {(TUESDAY, "honest"): 4})

    assert panel.rows == (Row("2026-03-09", (0, 0)), Row("2026-03-10", (0, 4)))


def test_a_day_without_decisions_has_no_rate_rather_than_none() -> None:
    panel = honest_panel(DAYS, {TUESDAY: Outcomes("2026-03-10", fraud=4, honest=0)})

    assert panel.rows == (Row("2026-03-09", (None, 0, 0)), Row("2026-03-10", (0.0, 0, 4)))


def test_what_is_no_fraud_is_the_rest_of_what_was_blocked() -> None:
    panel = money_panel(DAYS, [StoppedMoney(MONDAY, 500_00, 3, 120_00, 1, 2)], "EUR")

    assert panel.rows[0].values == (120_00, 380_00, 500_00, 1, 3)
    assert panel.rows[1].values == (0, 0, 0, 0, 0)
    assert panel.note.endswith("as their currency has no rate: 2.")


def test_nothing_is_said_of_currencies_that_all_have_rates() -> None:
    assert "no rate" not in money_panel(DAYS, [StoppedMoney(MONDAY, 1, 1, 0, 0, 0)], "EUR").note


def test_what_missed_its_deadline_is_part_of_its_queue_and_not_counted_twice() -> None:
    counts = [QueueCount("payments", "Payments", 5, 3, 1, 1, 4, OPENED)]

    assert queues_panel(counts).rows == (Row("Payments", (6, 4, 5, 3, 1, 1)),)
    assert [tile.value for tile in waiting_tiles(counts)] == [10, 4]


def test_precision_comes_with_how_far_it_can_be_trusted() -> None:
    (row,) = rules_panel([Outcomes("velocity@3", fraud=1, honest=0)]).rows

    assert row.label == "velocity@3"
    assert row.values == (1.0, pytest.approx(0.2065, abs=1e-4), 1.0, 1, 0)


def test_without_judged_payments_no_share_of_them_is_told() -> None:
    tiles = outcome_tiles([], judged=0)

    assert [(tile.id, tile.value) for tile in tiles] == [("precision", None), ("disturbed", None)]


def test_analysts_see_their_own_numbers_and_the_others_together() -> None:
    counts = [
        AnalystCount("1", "ben@example.com", 9, 0, 2.0),
        AnalystCount("2", "anna@example.com", 5, 1, 1.256),
        AnalystCount("3", "sam@example.com", 0, 4, None),
    ]

    own = people_panel(counts, only="2").rows

    assert own == (Row("anna@example.com", (5, 1, 1.26)), Row("All others", (9, 4, None)))
    assert [row.label for row in people_panel(counts).rows] == [one.name for one in counts]


def test_funnel_steps_are_shares_of_what_was_begun() -> None:
    rows = funnel_panel(Funnel(8, 4, 1, 2, 2, 1)).rows

    assert [row.values for row in rows] == [
        (8, 1.0), (4, 0.5), (1, 0.125), (2, 0.25), (2, 0.25), (1, 0.125),
    ]  # fmt: skip
    assert all(row.values == (0, None) for row in funnel_panel(Funnel()).rows)


@pytest.mark.parametrize(
    "panel",
    [
        ages_panel([]),
        queues_panel([QueueCount("payments", "Payments", 0, 0, 0, 0, 0, None)]),
        rules_panel([]),
        funnel_panel(Funnel()),
        money_panel(DAYS, [], "EUR"),
        honest_panel(DAYS, {}),
        people_panel([]),
    ],
    ids=lambda panel: panel.id,
)
def test_a_panel_of_nothing_says_so_in_words(panel: Panel) -> None:
    told = as_json(panel)

    assert told["is_empty"] is True
    assert told["empty"].endswith(".")


def test_a_rate_of_nought_over_decided_alerts_is_something() -> None:
    assert not honest_panel(DAYS, {MONDAY: Outcomes("", fraud=2, honest=0)}).is_empty


def test_a_row_that_does_not_fit_its_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="panel odd"):
        Panel("odd", "", "", "", Chart.BARS, "", (Column("a", "A"),), (Row("x", (1, 2)),))
