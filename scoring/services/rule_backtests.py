"""What a rule's version would have done: its expression over decisions that are stored.

Each decision kept its features bit for bit, so the rule sees exactly what it would have seen then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from numpy.typing import NDArray

from fraudsite.core.actors import Actor
from fraudsite.core.models import User
from fraudsite.core.services.audit import audit_record
from fraudsite.core.uuid7 import lowest_uuid7
from kyc.refusals import ChangedElsewhere, Refusal
from scoring.features import SCHEMA
from scoring.models import Decision, RuleVersion
from scoring.rule_fields import row_columns
from scoring.rule_names import rule_schema
from scoring.rules import Outcome, Rule, RuleRefused, RuleSet, count_outcomes
from scoring.rules.backtest import UNKNOWN
from scoring.services.rules import MOVED_ON, text_hash, version_state
from scoring.stored_rows import packed_features, stored_rows
from transactions.models import Label

# Read and evaluated at once: some 2 MB, and the progress bar moves several times a second.
CHUNK = 2000
# The figures of a result that people read, in this order.
BACKTEST_WORDS = (
    ("evaluated", "Decisions looked at"),
    ("matched", "Hits"),
    ("entities", "Customers hit"),
    ("labelled_fraud_caught", "Known frauds among the hits"),
    ("false_positives", "Known honest among the hits"),
    ("labelled_fraud", "Known frauds in all"),
    ("labelled_honest", "Known honest in all"),
    ("not_enough_data", "Not enough data"),
    ("errors", "Errors"),
    ("skipped", "Of other features, not looked at"),
)
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class BacktestPlan:
    """Which stored decisions to look at: the newest `limit` of the last `days` days."""

    days: int = 30
    limit: int = 200_000


@dataclass(slots=True)
class _Tally:
    """What the chunks so far came to."""

    outcomes: list[NDArray[np.int8]] = field(default_factory=list)
    entities: list[NDArray[Any]] = field(default_factory=list)
    labels: list[NDArray[np.int8]] = field(default_factory=list)
    evaluated_by_day: Counter[str] = field(default_factory=Counter)
    matched_by_day: Counter[str] = field(default_factory=Counter)
    skipped: int = 0


def rule_backtest(
    *,
    version: RuleVersion,
    plan: BacktestPlan,
    user: User | None = None,
    seen: str | None = None,
    progress: Progress = lambda _done, _total: None,
) -> dict[str, Any]:
    """Try a version on stored decisions, keep the result with it and return it.

    Decisions whose features were computed under another schema are counted as skipped. `seen` is
    the version as the page showed it; None for whoever saw no page.

    Raises
    ------
    ChangedElsewhere
        When the version has moved on, before or during the run; nothing is kept then.
    """
    if seen is not None and version_state(version) != seen:
        raise ChangedElsewhere(MOVED_ON)
    result = backtest_result(version, plan, progress)
    with transaction.atomic():
        _keep(version, result)
        audit_record(
            actor=Actor.of_user(user) if user else Actor.system("backtest_rule"),
            action="rule.backtested",
            target=version,
            details={
                "rule": str(version),
                "text_sha256": text_hash(version),
                "evaluated": result["evaluated"],
                "matched": result["matched"],
            },
        )
    return result


def backtest_result(
    version: RuleVersion, plan: BacktestPlan, progress: Progress = lambda _done, _total: None
) -> dict[str, Any]:
    """Return what a version would have done, and keep nothing."""
    rules = RuleSet([_compiled(version)])
    decisions = _decisions(plan)
    total = decisions.count()
    tally, done = _Tally(), 0
    for chunk in _chunks(decisions):
        _take(tally, rules, chunk)
        done += len(chunk)
        progress(done, total)
    return _result(tally, plan)


def _compiled(version: RuleVersion) -> Rule:
    try:
        return Rule.of(version.rule_id, version.number, version.expression, rule_schema())
    except RuleRefused as refused:
        sentence = f"Names have changed since this was written. {refused}"
        raise Refusal("invalid_expression", sentence, field="expression") from refused


def _decisions(plan: BacktestPlan) -> QuerySet[Decision]:
    since = timezone.now() - timedelta(days=plan.days)
    # Ids rise with time: the primary key's index is the index on time.
    first = lowest_uuid7(int(since.timestamp() * 1000))
    return (
        Decision.objects.filter(pk__gte=first)
        .select_related("transaction")
        .defer("causes", "notes", "factors", "rules", "rules_asked")
        .order_by("-pk")[: plan.limit]
    )


def _chunks(decisions: QuerySet[Decision]) -> Iterator[list[Decision]]:
    chunk: list[Decision] = []
    for decision in decisions.iterator(chunk_size=CHUNK):
        chunk.append(decision)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _take(tally: _Tally, rules: RuleSet, chunk: Sequence[Decision]) -> None:
    usable = [decision for decision in chunk if decision.schema_hash == SCHEMA.hash]
    tally.skipped += len(chunk) - len(usable)
    if not usable:
        return
    features = packed_features(usable)
    columns = row_columns(stored_rows(usable, features), features, rules.names)
    outcomes = rules.evaluate_columns(columns, len(usable))[0]
    tally.outcomes.append(outcomes)
    tally.entities.append(np.array([one.transaction.customer_id.int for one in usable], object))
    tally.labels.append(_labels(usable))
    for decision, outcome in zip(usable, outcomes.tolist(), strict=True):
        day = decision.decided_at.date().isoformat()
        tally.evaluated_by_day[day] += 1
        tally.matched_by_day[day] += outcome == Outcome.HIT


def _labels(decisions: Sequence[Decision]) -> NDArray[np.int8]:
    """Return the label that counts of each decision's transaction: the one known last."""
    newest = (
        Label.objects.filter(transaction_id__in=[one.transaction_id for one in decisions])
        .order_by("transaction_id", "-known_at", "-id")
        .distinct("transaction_id")
    )
    known = dict(newest.values_list("transaction_id", "is_fraud"))
    codes = [int(known.get(one.transaction_id, UNKNOWN)) for one in decisions]
    return np.array(codes, dtype=np.int8)


def _result(tally: _Tally, plan: BacktestPlan) -> dict[str, Any]:
    report = count_outcomes(
        _joined(tally.outcomes, np.int8),
        _joined(tally.entities, object),
        _joined(tally.labels, np.int8),
    )
    return {
        **asdict(report),
        "precision": report.precision,
        "recall": report.recall,
        "skipped": tally.skipped,
        "days": plan.days,
        "limit": plan.limit,
        "by_day": {
            day: {"evaluated": evaluated, "matched": tally.matched_by_day[day]}
            for day, evaluated in sorted(tally.evaluated_by_day.items())
        },
    }


def _joined(parts: Sequence[NDArray[Any]], dtype: Any) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.empty(0, dtype=dtype)


def _keep(version: RuleVersion, result: dict[str, Any]) -> None:
    """Keep a result with the very text it is about: an edit during the run refuses it."""
    now = timezone.now()
    same_text = RuleVersion.objects.filter(
        pk=version.pk, expression=version.expression, status=version.status
    )
    if not same_text.update(backtest=result, backtested_at=now):
        raise ChangedElsewhere(MOVED_ON)
    version.backtest, version.backtested_at = result, now
