from __future__ import annotations

from dataclasses import replace

import pytest

from scoring.evaluating import Bars, Report
from scoring.evaluating.markdown import report_markdown


def tables(text: str) -> list[list[list[str]]]:
    """Return the cells of each table."""
    blocks = [block for block in text.split("\n\n") if block.startswith("|")]
    return [
        [[cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines()]
        for block in blocks
    ]


ALL = ["ensemble", "xgboost", "xgboost_2"]


def test_every_model_has_a_row_with_its_measures(report: Report) -> None:
    head, rule, *rows = tables(report_markdown(report, Bars()))[0]

    ensemble = report.models[0]
    assert head[:4] == ["model", "share", "AUC", "AP"]
    assert set(rule) == {"---"}
    assert [row[0] for row in rows] == ALL
    assert rows[0][1:4] == ["", f"{ensemble.auc:.4f}", f"{ensemble.average_precision:.4f}"]
    assert rows[1][1] == f"{report.models[1].share:.0%}"
    assert {len(row) for row in rows} == {len(head)}


@pytest.mark.parametrize(("table", "rate"), [(1, "at_1pct_fpr"), (2, "at_3_2pct_fpr")])
def test_every_type_has_a_row_with_the_recall_of_every_model(
    report: Report, table: int, rate: str
) -> None:
    head, _, *rows = tables(report_markdown(report, Bars()))[table]

    assert head == ["fraud type", "rows", *ALL]
    assert [row[0].strip("`") for row in rows] == list(report.models[0].by_type)
    found = [getattr(model.by_type["velocity_burst"], rate) for model in report.models]
    assert rows[0][2:] == [f"{share:.3f}" for share in found]


def test_a_type_that_nobody_saw_is_marked(report_of_novelty: Report) -> None:
    found = tables(report_markdown(report_of_novelty, Bars()))
    rows = found[1]

    assert len(found) == 3
    assert [row[0] for row in rows if "never seen" in row[0]] == ["`structuring` (never seen)"]


def test_a_missed_bar_stands_out(report: Report) -> None:
    low = replace(report, models=(replace(report.models[0], auc=0.9, f1=0.95),))

    rows = tables(report_markdown(low, Bars()))[3]

    assert rows[2:] == [
        ["ensemble, AUC", "≥ 0.96", "0.9000", "**missed**"],
        ["ensemble, F1", "≥ 0.91", "0.9500", "met"],
    ]


def test_it_tells_how_good_the_probabilities_are(report: Report) -> None:
    ensemble = report.models[0]

    assert (
        f"log loss {ensemble.log_loss:.4f}, calibration error {ensemble.calibration_error:.4f}."
        in report_markdown(report, Bars())
    )


def test_it_begins_with_what_was_learned_and_measured(report: Report) -> None:
    first = report_markdown(report, Bars()).split("\n\n")[0]

    assert f"Trained on {report.trained_on.rows:,} rows" in first
    assert f"Measured on {report.rows:,} rows with {report.frauds:,} frauds of seed 2" in first
