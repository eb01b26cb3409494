"""A backtest as plain values, for JSON, and as sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from scoring.backtesting.backtest import Backtest
from scoring.backtesting.baseline import Baseline
from scoring.backtesting.figures import Figures, mean_figures, spread_figures

DIGITS = 4


def rounded(figures: Figures) -> dict[str, float]:
    """Return the figures as they are told.

    Examples
    --------
    >>> rounded(Figures(0.87654321, 0.75, 0.3))
    {'auc': 0.8765, 'ap': 0.75, 'cp100': 0.3}
    """
    return {name: round(value, DIGITS) for name, value in asdict(figures).items()}


def weeks_report(weeks: Sequence[Figures]) -> dict[str, dict[str, float]]:
    """Return mean and standard deviation over weeks."""
    return {"mean": rounded(mean_figures(weeks)), "std": rounded(spread_figures(weeks))}


def backtest_report(found: Backtest) -> dict[str, Any]:
    """Return what a backtest found."""
    folds = [
        {
            "test_start": week.fold.test_start,
            **rounded(week.figures),
            "transactions": week.rows,
            "frauds": week.frauds,
            "learnt_from": week.rows_before,
        }
        for week in found.weeks
    ]
    return {
        "folds": folds,
        **weeks_report([week.figures for week in found.weeks]),
        "chosen": {
            "on": [fold.test_start for fold in found.validation],
            "members": {one.candidate.name: one.votes for one in found.choice.members},
            "validation": rounded(found.choice.figures),
            "tried": {name: rounded(figures) for name, figures in found.choice.alone.items()},
        },
    }


def baseline_report(found: Baseline, test_starts: Sequence[str]) -> dict[str, Any]:
    """Return what the book's way came to on the same weeks."""
    folds = [
        {"test_start": start, **rounded(figures)}
        for start, figures in zip(test_starts, found.weeks, strict=True)
    ]
    return {"folds": folds, **weeks_report(found.weeks), "chosen": asdict(found.chosen)}


def sentences(report: dict[str, Any]) -> str:
    """Return a report as a table and what it rests on."""
    lines = [f"{'test week from':<16} {'AUC':>7} {'AP':>7} {'CP@100':>7}"]
    lines += [_line(fold["test_start"], fold) for fold in report["folds"]]
    lines += [_line("mean", report["mean"]), _line("std", report["std"])]
    if "baseline" in report:
        lines += [
            _line("the book's mean", report["baseline"]["mean"]),
            _line("the book's std", report["baseline"]["std"]),
        ]
    chosen = report["chosen"]
    members = ", ".join(f"{name} ({votes})" for name, votes in chosen["members"].items())
    lines.append(f"Chosen on the weeks from {', '.join(chosen['on'])}: {members}.")
    return "\n".join(lines)


def _line(head: str, figures: dict[str, float]) -> str:
    return f"{head:<16} {figures['auc']:>7.3f} {figures['ap']:>7.3f} {figures['cp100']:>7.3f}"
