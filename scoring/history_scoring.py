"""A whole history judged without a database: each row knowing those before it. Knows no Django."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from scoring.decision import Decision, Policy, Score
from scoring.decision.causes import usable
from scoring.features import EventKind, StateTable, events_from_frames, replay
from scoring.judging import Judge
from scoring.rule_columns import frame_columns
from scoring.rules import Outcome
from transactions.columns import TRANSACTIONS

Array = np.ndarray[Any, np.dtype[Any]]
# How many events were applied, of how many.
Progress = Callable[[int, int], None]

# Judged at once: small enough for the caches, large enough that Python costs little.
ROWS_AT_ONCE = 8_192
RESULT: dict[str, pl.DataType] = {
    "transaction_id": pl.String(),
    "decision": pl.String(),
    "fraud_score": pl.Float64(),
    "is_fraud": pl.Boolean(),
    "risk_level": pl.String(),
    "rules": pl.String(),
    "reasons": pl.String(),
    "model_version": pl.String(),
}


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Tables in the form of `transactions.columns`; a table that is not there is None."""

    transactions: pl.DataFrame
    labels: pl.DataFrame | None = None
    kyc_profiles: pl.DataFrame | None = None
    accounts: pl.DataFrame | None = None


@dataclass(frozen=True, slots=True)
class _Answer:
    """What all rows with the same outcome of rules and in the same range of the score get."""

    decision: str
    is_fraud: bool
    risk_level: str
    rules: str
    is_suspect: bool


class HistoryScorer:
    """Judges the rows of a history in the order in which they arrived.

    Parameters
    ----------
    judge : Judge
        With a model. Its rules see no lists, and nothing is held out.
    explains_all : bool
        Whether approvals get reasons too: 0.2 ms each.
    """

    def __init__(self, judge: Judge, *, explains_all: bool = False) -> None:
        if judge.model is None:
            raise ValueError("A history is judged with a model.")
        self._judge = judge
        self._model = judge.model
        self._explains_all = explains_all
        self._answers: dict[tuple[bytes, object], _Answer] = {}

    def score(
        self, history: History, progress: Progress = lambda _done, _all: None
    ) -> pl.DataFrame:
        """Return a row in the form of `RESULT` for each transaction, in the order of the table.

        Labels are learnt when they were known, verifications when they were decided.
        """
        told = _complete(history.transactions)
        timeline = events_from_frames(
            told,
            labels=history.labels,
            kyc_profiles=history.kyc_profiles,
            accounts=history.accounts,
        )
        parts, places, done = [], [np.empty(0, np.int64)], 0
        for stretch in replay(timeline, StateTable(), chunk=ROWS_AT_ONCE):
            chosen = stretch.events["kind"] == EventKind.TRANSACTION
            places.append(stretch.places[chosen])
            parts.append(self._judged(told[places[-1]], stretch.features[chosen]))
            done += stretch.events.size
            progress(done, len(timeline))
        judged = pl.concat([pl.DataFrame(schema=RESULT), *parts])
        return judged[np.argsort(np.concatenate(places))]

    def _judged(self, told: pl.DataFrame, features: Array) -> pl.DataFrame:
        scores = self._model.scores(features)
        answers = self._answers_of(told, features, scores)
        return pl.DataFrame(
            {
                "transaction_id": told["transaction_id"],
                "decision": [one.decision for one in answers],
                "fraud_score": pl.Series(scores).fill_nan(None),
                "is_fraud": [one.is_fraud for one in answers],
                "risk_level": [one.risk_level for one in answers],
                "rules": [one.rules for one in answers],
                "reasons": self._reasons(answers, features),
                "model_version": [self._model.manifest.version] * len(answers),
            },
            schema=RESULT,
        )

    def _answers_of(self, told: pl.DataFrame, features: Array, scores: Array) -> list[_Answer]:
        rules = self._judge.rules
        columns = frame_columns(told, features, rules.names)
        outcomes = np.ascontiguousarray(rules.evaluate_columns(columns, len(told)).T)
        return [
            self._answer(row.tobytes(), score)
            for row, score in zip(outcomes, scores.tolist(), strict=True)
        ]

    def _answer(self, outcomes: bytes, score: float) -> _Answer:
        key = (outcomes, _range(score, self._judge.policy))
        answer = self._answers.get(key)
        if answer is None:
            answer = self._answers[key] = self._decided(outcomes, score)
        return answer

    def _decided(self, outcomes: bytes, score: float) -> _Answer:
        verdict = self._judge.verdict(score, outcomes)
        hits = [
            rule.reference
            for rule, outcome in zip(self._judge.rules.rules, outcomes, strict=True)
            if outcome == Outcome.HIT
        ]
        return _Answer(
            verdict.decision.value,
            verdict.is_fraud,
            verdict.risk_level.value,
            " ".join(hits),
            is_suspect=verdict.decision is not Decision.APPROVE,
        )

    def _reasons(self, answers: list[_Answer], features: Array) -> list[str]:
        asked = np.array([self._explains_all or one.is_suspect for one in answers], dtype=bool)
        told = iter(self._judge.factors(features[asked]))
        return [" ".join(one.text for one in next(told)) if wanted else "" for wanted in asked]


def _range(score: float, policy: Policy) -> object:
    """Return what a policy sees of a score: scores of one range are decided alike."""
    value, problem = usable(Score(score))
    if value is None:
        return problem
    return policy.decision_of(value), policy.risk_of(value), value >= policy.fraud_threshold


def _complete(transactions: pl.DataFrame) -> pl.DataFrame:
    """Return all columns of a history; those left out are null."""
    return transactions.select(
        (pl.col(name) if name in transactions.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in TRANSACTIONS.items()
    )
