"""A judge whose mind is made up: the rest of the scoring service is real."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from scoring.decision import DecisionInputs, JudgedRule, Policy, Score, decide
from scoring.judging import Judgement
from scoring.ml.reasons import Reason
from scoring.rules import Effect
from scoring.rules import Outcome as RuleOutcome
from transactions.services.references import references_forget


class Judge:
    """Decides what it is told to, by a rule that hits; counts whom it saw."""

    def __init__(self) -> None:
        self.outcome = "approve"
        self.rule = "velocity@1"
        self.factors: tuple[Reason, ...] | None = None
        self.seen = 0

    def judge_rows(
        self, rows: Sequence[Any], _facts: Any, _features: np.ndarray, _around: Any, _in_force: Any
    ) -> list[Judgement]:
        """Stand in for `scoring.services.judgements.judge_rows`."""
        self.seen += len(rows)
        return [self._judgement() for _ in rows]

    def _judgement(self) -> Judgement:
        rules: tuple[JudgedRule, ...] = ()
        if self.outcome != "approve":
            sentence = "SECRET: a rule for staff to read."
            rules = (JudgedRule(self.rule, RuleOutcome.HIT, Effect(self.outcome), sentence),)
        verdict = decide(DecisionInputs(score=Score(0.01), rules=rules), Policy())
        assert verdict.decision == self.outcome
        return Judgement(0.01, verdict, rules, (), (), self.factors)


def install(monkeypatch: pytest.MonkeyPatch) -> Judge:
    """Put the judge where the scoring service asks, which remembers no row of an earlier test."""
    references_forget()
    judge = Judge()
    monkeypatch.setattr("scoring.services.score.judge_rows", judge.judge_rows)
    return judge
