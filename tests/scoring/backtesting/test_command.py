"""The command: what it prints, and what it says where nothing can be measured."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from scoring.backtesting.candidates import Candidate
from scoring.management.commands import backtest_model
from scoring.ml.xgboost_fit import XGBoostPlan
from tests.scoring.backtesting.histories import LABELS, MAP, write_history

QUICK = (
    Candidate("quick", XGBoostPlan(rounds=10, learning_rate=0.3, max_depth=3, threads=1)),
    Candidate("quicker", XGBoostPlan(rounds=3, learning_rate=0.3, max_depth=2, threads=1)),
)


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_history(tmp_path_factory.mktemp("history"), np.random.default_rng(6))


@pytest.fixture
def map_file(tmp_path: Path) -> Path:
    path = tmp_path / "map.toml"
    path.write_text(MAP + LABELS)
    return path


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backtest_model, "GRID", QUICK)


def run(*words: object) -> str:
    out = StringIO()
    call_command("backtest_model", *map(str, words), stdout=out)
    return out.getvalue()


def test_it_prints_the_figures_of_each_week_and_over_all(history: Path, map_file: Path) -> None:
    report = json.loads(
        run("--data", history, "--map", map_file, "--start", "2026-02-26", "--folds", 2, "--json")
    )

    assert [fold["test_start"] for fold in report["folds"]] == ["2026-02-26", "2026-03-05"]
    for figure in ("auc", "ap", "cp100"):
        weeks = [fold[figure] for fold in report["folds"]]
        assert report["mean"][figure] == pytest.approx(np.mean(weeks), abs=1e-4)
        assert report["std"][figure] == pytest.approx(np.std(weeks), abs=1e-4)
    assert all(fold["auc"] > 0.99 for fold in report["folds"])
    assert report["transactions"] == report["labelled"] == 6_000
    assert report["refused"] == 0
    # The newest validation week ends a week before the first test week.
    assert report["chosen"]["on"][-1] == "2026-02-12"
    assert set(report["chosen"]["tried"]) == {"quick", "quicker"}


def test_the_books_row_stands_beside_it(history: Path, map_file: Path) -> None:
    words: tuple[Any, ...] = ("--data", history, "--map", map_file, "--start", "2026-02-26")

    text = run(*words, "--folds", 1, "--validation-folds", 1, "--baseline")

    lines = text.splitlines()
    assert [line.split()[0] for line in lines[:3]] == ["test", "2026-02-26", "mean"]
    assert any(line.startswith("the book's mean") for line in lines)
    assert lines[-1].startswith("Chosen on the weeks from 2026-02-12: ")


def test_the_delay_of_the_command_counts_not_the_maps(history: Path, map_file: Path) -> None:
    words: tuple[Any, ...] = ("--data", history, "--map", map_file, "--start", "2026-02-26")

    report = json.loads(run(*words, "--folds", 1, "--delay-days", 3, "--json"))

    assert report["chosen"]["on"][-1] == "2026-02-16"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--start", "2026-03-10"], "the week from 2026-03-10, with labels before 2026-03-03"),
        (["--start", "2026-01-17"], "Nothing can be chosen before the test. The history runs from"),
        (["--start", "2026-02-26", "--folds", "0"], "--folds is at least 1."),
        (["--start", "2026-02-26", "--delay-days", "-1"], "--delay-days is at least 1."),
    ],
)
def test_what_cannot_be_measured_is_said(
    history: Path, map_file: Path, words: list[str], sentence: str
) -> None:
    with pytest.raises(CommandError) as refused:
        run("--data", history, "--map", map_file, "--folds", "1", *words)

    assert sentence in str(refused.value)
    assert refused.value.returncode == 1


def test_a_history_without_labels_is_refused(history: Path, tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_text(MAP)

    with pytest.raises(CommandError, match="No transaction has a label"):
        run("--data", history, "--map", path, "--start", "2026-02-26")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path, map_file: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        run("--data", tmp_path / "none.csv", "--map", map_file, "--start", "2026-02-26")


def test_a_date_that_is_none_is_refused() -> None:
    with pytest.raises(CommandError, match="--start"):
        run("--data", "x.csv", "--start", "the ides of March")
