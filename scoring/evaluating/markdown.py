"""A report as the tables of docs/models.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from scoring.evaluating.measuring import ModelMeasures, TypeRecall
from scoring.evaluating.plan import Bars
from scoring.evaluating.report import Report

_MODELS = (
    *("model", "share", "AUC", "AP", "F1", "recall, 1 %", "recall, 3.2 %"),
    *("recall, kept cut", "false positives, kept cut"),
)


def report_markdown(report: Report, bars: Bars) -> str:
    """Return the measures of each model, the recall of each type, and the bars."""
    parts = [
        summary(report),
        _models(report.models),
        _probabilities(report.models[0]),
        "Recall of each type at 1 % false positives:",
        _types(report, lambda found: found.at_1pct_fpr),
        "And at 3.2 %:",
        _types(report, lambda found: found.at_3_2pct_fpr),
        *([_bars(report, bars)] if bars.are_of(report.plan) else []),
    ]
    return "\n\n".join(parts)


def summary(report: Report) -> str:
    """Return in two sentences what was learned from and what was measured."""
    plan, learned = report.plan, report.trained_on
    return (
        f"Trained on {learned.rows:,} rows with {learned.frauds:,} frauds of seed {plan.seed}, "
        f"known on day {plan.days_learned}. Measured on {report.rows:,} rows with "
        f"{report.frauds:,} frauds of seed {plan.test_seed}, days {plan.days_learned} to "
        f"{plan.days}."
    )


def _models(models: Sequence[ModelMeasures]) -> str:
    return _table(_MODELS, map(_model_row, models))


def _model_row(model: ModelMeasures) -> list[str]:
    measures = (
        *(model.auc, model.average_precision, model.f1),
        *(model.recall_at_1pct_fpr, model.recall_at_3_2pct_fpr, model.kept_cut.recall),
    )
    share = "" if model.share is None else f"{model.share:.0%}"
    rate = f"{model.kept_cut.false_positive_rate:.2%}"
    return [model.name, share, *(f"{value:.4f}" for value in measures), rate]


def _probabilities(ensemble: ModelMeasures) -> str:
    return (
        f"Probabilities of the ensemble: log loss {ensemble.log_loss:.4f}, calibration error "
        f"{ensemble.calibration_error:.4f}."
    )


def _types(report: Report, part: Callable[[TypeRecall], float]) -> str:
    """Return how much of each type each model catches."""
    head = ["fraud type", "rows", *(model.name for model in report.models)]
    rows = []
    for name, first in report.models[0].by_type.items():
        novelty = " (never seen)" if name == report.plan.novel_fraud else ""
        shares = [f"{part(model.by_type[name]):.3f}" for model in report.models]
        rows.append([f"`{name}`{novelty}", f"{first.rows:,}", *shares])
    return _table(head, rows)


def _bars(report: Report, bars: Bars) -> str:
    rows = (
        [one.what, f"≥ {one.bar}", f"{one.reached:.4f}", "met" if one.is_met else "**missed**"]
        for one in report.verdicts(bars)
    )
    return _table(("what", "bar", "reached", ""), rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(map(_line, [head, ["---"] * len(head), *rows]))


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |".replace("| --- ", "|---").replace("|  |", "| |")
