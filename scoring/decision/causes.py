"""Why a transaction is not simply approved: each cause with what it leads to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from scoring.decision.inputs import JudgedRule, Lists, Score, ScoreProblem
from scoring.decision.levels import Decision
from scoring.decision.thresholds import Policy
from scoring.rules.outcomes import Outcome


class Origin(IntEnum):
    """Where a cause comes from; of equally strict ones the earlier comes first."""

    LIST = 0
    RULE = 1
    FAIL_CLOSED = 2
    MODEL = 3


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason against approving.

    Attributes
    ----------
    code : str
        Stable: ``list.blocked.merchant``, ``rule.velocity@3``, ``model.no_model``, …
    sentence : str
        The reason in words, without personal data.
    leads_to : Decision
        What it would lead to alone.
    is_customer_safe : bool
        Whether the customer may read the sentence: what warns a fraudster may not be told.
    """

    code: str
    sentence: str
    leads_to: Decision
    origin: Origin
    is_customer_safe: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """Something the answer says beside its causes; leads to nothing."""

    code: str
    sentence: str


SCORE_PROBLEMS = {
    ScoreProblem.NO_MODEL: "There is no model to score with.",
    ScoreProblem.SCHEMA_MISMATCH: "The model was made for other features than these.",
    ScoreProblem.MODEL_ERROR: "The model failed on this transaction.",
}


def list_causes(lists: Lists, policy: Policy) -> list[Cause]:
    """Return a cause for each entity on a block list and for each expired list."""
    blocked = [
        Cause(
            f"list.blocked.{subject}",
            f"The {_SUBJECTS.get(subject, subject)} is on a block list.",
            Decision(policy.block_list_effect),
            Origin.LIST,
        )
        for subject in lists.blocked
    ]
    expired = [
        Cause(
            f"list.expired.{name}",
            f"The list {name} is past its validity, so a person looks.",
            Decision.REVIEW,
            Origin.FAIL_CLOSED,
        )
        for name in lists.expired
    ]
    return blocked + expired


def rule_causes(rules: tuple[JudgedRule, ...]) -> list[Cause]:
    """Return a cause for each rule that hits or fails, unless it is snoozed."""
    # Hardly any rule is raised: the others are passed over without a call for each.
    raised = [
        rule for rule in rules if rule.outcome is Outcome.HIT or rule.outcome is Outcome.ERROR
    ]
    return [cause for rule in raised if not rule.is_snoozed for cause in _of_rule(rule)]


def model_causes(score: float | None, problem: ScoreProblem | None, policy: Policy) -> list[Cause]:
    """Return the cause that the score is, or that its absence is; none for a low score."""
    if score is None:
        return _without_score(problem or ScoreProblem.MODEL_ERROR, policy)
    leads_to = policy.decision_of(score)
    if leads_to is Decision.APPROVE:
        return []
    sentence = "The model sees a raised risk of fraud."
    return [Cause(f"model.{leads_to.value}", sentence, leads_to, Origin.MODEL)]


def usable(score: Score) -> tuple[float | None, ScoreProblem | None]:
    """Return a score that can be compared with thresholds, or why there is none.

    NaN is neither below nor above anything: it would approve whatever it stands for.

    Examples
    --------
    >>> usable(Score(0.25)), usable(Score(float("nan")))[1].value
    ((0.25, None), 'model_error')
    """
    if score.problem is not None:
        return None, score.problem
    if score.value is None or not 0.0 <= score.value <= 1.0:
        return None, ScoreProblem.MODEL_ERROR
    return score.value, None


def _without_score(problem: ScoreProblem, policy: Policy) -> list[Cause]:
    if not policy.is_model_required:
        return []
    code, sentence = f"model.{problem.value}", SCORE_PROBLEMS[problem]
    return [Cause(code, f"{sentence} A person looks.", Decision.REVIEW, Origin.FAIL_CLOSED)]


def _of_rule(rule: JudgedRule) -> list[Cause]:
    if rule.outcome is Outcome.HIT:
        code, effect = f"rule.{rule.reference}", Decision(rule.effect)
        return [Cause(code, rule.sentence, effect, Origin.RULE, rule.is_customer_safe)]
    if rule.outcome is Outcome.ERROR:
        code = f"rule_error.{rule.reference}"
        sentence = f"The rule {rule.reference} failed, so a person looks."
        return [Cause(code, sentence, Decision.REVIEW, Origin.FAIL_CLOSED)]
    return []


_SUBJECTS = {
    "customer": "customer",
    "merchant": "counterparty",
    "device": "device",
    "ip": "IP address",
    "card": "card",
}
