"""Features in, judgement out: the model asked, the rules evaluated, the policy applied.

Knows no Django. The database's scoring and the in-process detector judge through here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from scoring.decision import Decision as Outcome
from scoring.decision import (
    DecisionInputs,
    JudgedRule,
    Lists,
    Policy,
    Score,
    ScoreProblem,
    Verdict,
    decide,
)
from scoring.ml import FraudModel
from scoring.ml.reasons import Reason, rank_reasons
from scoring.rule_fields import ListHit, RuleRow, row_columns, row_values
from scoring.rules import Effect, RuleSet
from scoring.rules import Outcome as RuleOutcome

Array = np.ndarray[Any, np.dtype[Any]]

# From here on columns are quicker than rows.
FEWEST_FOR_COLUMNS = 8
# Sets of outcomes that were seen; a few rules hit alone, and hardly ever many together.
MOST_REMEMBERED = 4_096
_RULE_OUTCOMES = tuple(RuleOutcome)


@dataclass(frozen=True, slots=True)
class RuleWords:
    """What a rule's version leads to and says."""

    effect: Effect
    sentence: str


@dataclass(frozen=True, slots=True)
class Subject:
    """One transaction to be judged, with what is known around it.

    Attributes
    ----------
    row : RuleRow
        What rules may ask.
    snoozed : frozenset of str
        Ids of rules that do not act on this customer.
    expired : tuple of str
        Lists past their validity that this decision needs.
    draw : float
        Uniform in [0, 1), for the holdout.
    """

    row: RuleRow
    snoozed: frozenset[str] = frozenset()
    expired: tuple[str, ...] = ()
    draw: float = 1.0


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came out.

    Attributes
    ----------
    score : float or None
        Probability of fraud, None without a usable model.
    rules, shadow_rules : tuple of JudgedRule
        Every rule that looked, and every one on trial.
    hits : tuple of ListHit
        Where its entities stand on lists.
    factors : tuple of Reason or None
        What raised the score, strongest first; None for an approval, where nobody asked.
    """

    score: float | None
    verdict: Verdict
    rules: tuple[JudgedRule, ...]
    shadow_rules: tuple[JudgedRule, ...]
    hits: tuple[ListHit, ...]
    factors: tuple[Reason, ...] | None = None


@dataclass(frozen=True, slots=True)
class Judge:
    """A model, rules and a policy, ready to be asked from several threads.

    Attributes
    ----------
    model : FraudModel or None
    problem : ScoreProblem or None
        Why there is no model.
    broken_rules : tuple of str
        Active rules that cannot be read: each counts as one that fails.
    has_reasons : bool
        Whether what is not simply approved gets its factors.
    """

    model: FraudModel | None
    problem: ScoreProblem | None
    policy: Policy
    rules: RuleSet = field(default_factory=lambda: RuleSet(()))
    shadow_rules: RuleSet = field(default_factory=lambda: RuleSet(()))
    words: Mapping[str, RuleWords] = field(default_factory=dict)
    broken_rules: tuple[str, ...] = ()
    is_demo: bool = False
    has_reasons: bool = True
    _judged_before: dict[Any, tuple[JudgedRule, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def judge(self, subjects: Sequence[Subject], features: Array) -> list[Judgement]:
        """Judge transactions.

        Parameters
        ----------
        subjects : sequence of Subject, length n
        features : ndarray of float32, shape (n, len(SCHEMA))
            In the same order.
        """
        scores = self._scores(features)
        rules = self._outcomes(self.rules, subjects, features)
        shadow_rules = self._outcomes(self.shadow_rules, subjects, features)
        decided = [
            self._decided(subject, score, ruled, tried)
            for subject, score, ruled, tried in zip(
                subjects, scores, rules, shadow_rules, strict=True
            )
        ]
        return self._explained(decided, features) if self.has_reasons else decided

    def verdict(self, score: float, outcomes: bytes) -> Verdict:
        """Return what a score and the codes of the rules' outcomes come to, with no list beside."""
        rules = self._judged(self.rules, outcomes, frozenset())
        return decide(DecisionInputs(Score(score, is_demo=self.is_demo), rules), self.policy)

    def factors(self, features: Array) -> list[tuple[Reason, ...]]:
        """Return what raised each score; empty without a model."""
        if self.model is None or not len(features):
            return [()] * len(features)
        contributions = self.model.contributions(features)
        return [
            rank_reasons(parts, vector)
            for vector, parts in zip(features, contributions, strict=True)
        ]

    def _scores(self, features: Array) -> list[Score]:
        if self.model is None:
            return [Score(None, self.problem or ScoreProblem.NO_MODEL)] * len(features)
        return [
            Score(value, is_demo=self.is_demo) for value in self.model.scores(features).tolist()
        ]

    def _outcomes(
        self, rules: RuleSet, subjects: Sequence[Subject], features: Array
    ) -> list[tuple[JudgedRule, ...]]:
        if not rules.rules:
            return [()] * len(subjects)
        if len(subjects) < FEWEST_FOR_COLUMNS:
            return [self._by_row(rules, subject) for subject in subjects]
        columns = row_columns([subject.row for subject in subjects], features, rules.names)
        codes = np.ascontiguousarray(rules.evaluate_columns(columns, len(subjects)).T)
        return [
            self._judged(rules, row.tobytes(), subject.snoozed)
            for subject, row in zip(subjects, codes, strict=True)
        ]

    def _by_row(self, rules: RuleSet, subject: Subject) -> tuple[JudgedRule, ...]:
        results = rules.evaluate_row(row_values(subject.row, rules.names))
        return self._judged(rules, bytes(one.outcome for one in results), subject.snoozed)

    def _judged(
        self, rules: RuleSet, codes: bytes, snoozed: frozenset[str]
    ) -> tuple[JudgedRule, ...]:
        """Return the rules with their outcomes; most transactions share one and the same answer."""
        key = (id(rules), codes, snoozed)
        judged = self._judged_before.get(key)
        if judged is None:
            if len(self._judged_before) >= MOST_REMEMBERED:
                self._judged_before.clear()
            judged = tuple(
                JudgedRule(
                    reference=rule.reference,
                    outcome=_RULE_OUTCOMES[code],
                    effect=self.words[rule.reference].effect,
                    sentence=self.words[rule.reference].sentence,
                    is_snoozed=rule.id in snoozed,
                )
                for rule, code in zip(rules.rules, codes, strict=True)
            )
            self._judged_before[key] = judged
        return judged

    def _decided(
        self,
        subject: Subject,
        score: Score,
        rules: tuple[JudgedRule, ...],
        shadow_rules: tuple[JudgedRule, ...],
    ) -> Judgement:
        rules += tuple(
            JudgedRule(reference, RuleOutcome.ERROR, Effect.REVIEW, "")
            for reference in self.broken_rules
        )
        inputs = DecisionInputs(
            score=score,
            rules=rules,
            shadow_rules=shadow_rules,
            lists=_lists(subject),
            amount_reference_minor=subject.row.facts.amount_reference_minor,
            holdout_draw=subject.draw,
        )
        verdict = decide(inputs, self.policy)
        return Judgement(verdict.score, verdict, rules, shadow_rules, subject.row.hits)

    def _explained(self, decided: list[Judgement], features: Array) -> list[Judgement]:
        """Add what raised the score to all that is not a plain approval."""
        asked = [
            place
            for place, one in enumerate(decided)
            if one.score is not None and one.verdict.would_be is not Outcome.APPROVE
        ]
        for place, factors in zip(asked, self.factors(features[asked]), strict=True):
            decided[place] = replace(decided[place], factors=factors)
        return decided


def _lists(subject: Subject) -> Lists:
    hits = subject.row.hits
    return Lists(
        blocked=tuple(hit.subject for hit in hits if hit.kind == "block"),
        allowed=tuple(hit.subject for hit in hits if hit.kind == "allow"),
        expired=subject.expired,
    )
