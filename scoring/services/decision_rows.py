"""What is written of a judgement: the decision's row, and the news of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from django.utils import timezone

from fraudsite.core.insertion import row_new
from fraudsite.core.outbox import News
from fraudsite.core.uuid7 import uuid7
from scoring.configuration import Configuration
from scoring.decision import JudgedRule
from scoring.features import SCHEMA
from scoring.judging import Judgement
from scoring.models import Decision
from scoring.rules import Outcome as RuleOutcome
from scoring.services.explain import factors_json
from transactions.models import Transaction

Array = np.ndarray[Any, np.dtype[Any]]


def decision_rows(
    rows: Sequence[Transaction],
    features: Array,
    judgements: Sequence[Judgement],
    in_force: Configuration,
    *,
    started_ns: int,
) -> list[Decision]:
    """Return the decisions on transactions, not saved."""
    packed = features.astype("<f4", copy=False)
    told = _RulesTold()
    # One moment for all: they are committed together, and the last waits as long as the first.
    shared = {
        "schema_hash": SCHEMA.hash,
        "policy_version": in_force.policy_version,
        "processing_time_us": (time.perf_counter_ns() - started_ns) // 1000,
        "decided_at": timezone.now(),
    }
    return [
        _decision(row, vector.tobytes(), judgement, in_force, told, shared)
        for row, vector, judgement in zip(rows, packed, judgements, strict=True)
    ]


def news_of(decision: Decision) -> News:
    """Return what is published of a decision."""
    payload: dict[str, Any] = {
        "decision_id": str(decision.pk),
        "outcome": decision.outcome,
        "risk_level": decision.risk_level,
        "score": decision.score,
    }
    return News(f"scoring.decision.{decision.outcome}", decision.transaction, payload)


def _decision(
    row: Transaction,
    packed: bytes,
    judgement: Judgement,
    in_force: Configuration,
    told: _RulesTold,
    shared: dict[str, Any],
) -> Decision:
    verdict = judgement.verdict
    model = in_force.champion.row if judgement.score is not None else None
    asked, remarkable = told.of(judgement)
    columns = {
        "id": uuid7(),
        "transaction_id": row.pk,
        "model_id": model.pk if model else None,
        "outcome": verdict.decision.value,
        "risk_level": verdict.risk_level.value,
        "score": judgement.score,
        "is_fraud": verdict.is_fraud,
        "is_holdout": verdict.is_holdout,
        "shadow_outcome": verdict.shadow_decision.value,
        "causes": [{"code": one.code, "text": one.sentence} for one in verdict.causes],
        "notes": [{"code": one.code, "text": one.sentence} for one in verdict.notes],
        "factors": factors_json(judgement.factors),
        "rules_asked": asked,
        "rules": remarkable,
        "lists": [asdict(hit) for hit in judgement.hits],
        "features": packed,
        **shared,
    }
    return row_new(Decision, columns, {"transaction": row, "model": model})


class _RulesTold:
    """What is kept of rules, made once for all transactions whose rules came out the same."""

    def __init__(self) -> None:
        self._told: dict[tuple[int, int], tuple[list[str], list[dict[str, Any]]]] = {}

    def of(self, judgement: Judgement) -> tuple[list[str], list[dict[str, Any]]]:
        """Return the rules that were asked, and those that came out as anything but no hit."""
        # The judge gives equal outcomes as one and the same tuple, alive as long as the judgements.
        key = id(judgement.rules), id(judgement.shadow_rules)
        if key not in self._told:
            both = (*judgement.rules, *judgement.shadow_rules)
            remarkable = [
                *_remarkable(judgement.rules, is_on_trial=False),
                *_remarkable(judgement.shadow_rules, is_on_trial=True),
            ]
            self._told[key] = [one.reference for one in both], remarkable
        return self._told[key]


def _remarkable(rules: Sequence[JudgedRule], *, is_on_trial: bool) -> list[dict[str, Any]]:
    return [
        {
            "rule": one.reference,
            "outcome": one.outcome.name.lower(),
            "effect": one.effect.value,
            "is_snoozed": one.is_snoozed,
            "is_on_trial": is_on_trial,
        }
        for one in rules
        if one.outcome is not RuleOutcome.NO_HIT
    ]
