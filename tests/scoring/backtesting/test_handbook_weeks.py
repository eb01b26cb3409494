"""The handbook's own data, on a week before the test weeks."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from scoring.backtesting.grid import GRID
from scoring.management.commands import backtest_model


@pytest.mark.slow  # 1.5 million rows are read and two models fitted: half a minute of one core
@pytest.mark.measurement
def test_one_plan_alone_beats_the_published_table_on_a_validation_week(
    measurement_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = [one for one in GRID if one.name == "xgboost, deep"]
    monkeypatch.setattr(backtest_model, "GRID", tuple(deep))
    out = StringIO()

    call_command(
        "backtest_model",
        "--data",
        str(measurement_data / "handbook" / "transactions.parquet"),
        "--map",
        str(Path(settings.BASE_DIR) / "docs" / "examples" / "handbook.toml"),
        "--start=2018-07-25",
        "--folds=1",
        "--validation-folds=1",
        "--json",
        stdout=out,
    )

    report = json.loads(out.getvalue())
    (week,) = report["folds"]
    # Measured with 60,000 honest rows: AP .761, AUC .884. The best published AP is .687.
    assert week["ap"] > 0.74
    assert week["auc"] > 0.87
    assert (report["transactions"], report["frauds"]) == (1_504_595, 12_484)
    assert report["refused"] == 33
