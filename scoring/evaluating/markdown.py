"""A report as the tables of docs/models.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scoring.evaluating.measuring import ModelMeasures
from scoring.evaluating.plan import Bars
from scoring.evaluating.report import Report

_MODELS = (
    *("model", "weight", "AUC", "AP", "F1", "recall, 1 %", "recall, 3.2 %"),
    *("recall, kept cut", "false positives, kept cut"),
)


def report_markdown(report: Report, bars: Bars) -> str:
    """Return the measures of each model, the recall of each type, and the bars."""
    tables = [_models(report.models), _types(report), _bars(report, bars)]
    return "\n\n".join([summary(report), *tables])


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
    weight = "" if model.role == "ensemble" else f"{model.weight:.3f}"
    rate = f"{model.kept_cut.false_positive_rate:.2%}"
    return [model.name, weight, *(f"{value:.4f}" for value in measures), rate]


def _types(report: Report) -> str:
    """Return the parts of each type that are caught at 1 % and, behind the stroke, at 3.2 %."""
    head = ["fraud type", "rows", *(model.name for model in report.models)]
    return _table(head, (_type_row(report, name) for name in report.models[0].by_type))


def _type_row(report: Report, name: str) -> list[str]:
    found = [model.by_type[name] for model in report.models]
    shares = [f"{one.at_1pct_fpr:.3f} / {one.at_3_2pct_fpr:.3f}" for one in found]
    novelty = " (never seen)" if name == report.plan.novel_fraud else ""
    return [f"`{name}`{novelty}", f"{found[0].rows:,}", *shares]


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
