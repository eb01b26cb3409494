"""The decision on a transaction: score, rules and lists in, one outcome with its reasons out."""

from __future__ import annotations

from dataclasses import dataclass

from scoring.decision.causes import (
    SCORE_PROBLEMS,
    Cause,
    Note,
    Origin,
    list_causes,
    model_causes,
    rule_causes,
    usable,
)
from scoring.decision.inputs import DecisionInputs, JudgedRule, ScoreProblem
from scoring.decision.levels import Decision, RiskLevel, riskiest, strictest
from scoring.decision.thresholds import Policy

# A transaction that goes this far is at least this risky, whatever its score.
RISK_FLOORS = {
    Decision.APPROVE: RiskLevel.LOW,
    Decision.REVIEW: RiskLevel.MEDIUM,
    Decision.BLOCK_AND_REVIEW: RiskLevel.HIGH,
    Decision.DECLINE: RiskLevel.CRITICAL,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision and everything it stands on.

    Attributes
    ----------
    decision : Decision
        What is done.
    risk_level : RiskLevel
        That of the score, raised to what the decision is worth; a holdout keeps that of the decline
        it would have been.
    score : float or None
        The score that was used, 0…1; None if there was none that can be.
    is_fraud : bool
        Whether the score reaches the fraud threshold; False without a score.
    causes : tuple of Cause
        Strictest first; empty for a plain approval.
    notes : tuple of Note
        What else the answer says: demo model, allow list, snoozed rules, holdout, no score.
    is_holdout : bool
        Whether a decline was approved at random, to learn from.
    would_be : Decision
        What the decision is without the holdout.
    shadow_decision : Decision
        What the decision would be if the rules on trial were active, without the holdout.
    policy_version : str
        Of the thresholds used.
    """

    decision: Decision
    risk_level: RiskLevel
    score: float | None
    is_fraud: bool
    causes: tuple[Cause, ...]
    notes: tuple[Note, ...]
    is_holdout: bool
    would_be: Decision
    shadow_decision: Decision
    policy_version: str


def decide(inputs: DecisionInputs, policy: Policy) -> Verdict:
    """Judge one transaction.

    1. Whatever speaks against it is a cause: a block list, a rule that hits, the score, and what
       should have been looked at and could not be (fail closed).
    2. An allow list takes away the model's wish for a review, if that is the mildest it has: no
       stricter wish of the model, and nothing that a rule, a block list or a failure says.
    3. The strictest cause decides; without any it is approved.
    4. Of declines that only the model wants, a small share below an amount is approved and marked.

    Parameters
    ----------
    inputs : DecisionInputs
        Score, rules, lists, amount and a random draw.
    policy : Policy
        Thresholds.
    """
    score, problem = usable(inputs.score)
    causes = _causes(inputs, score, problem, policy)
    allowed = _is_let_through(inputs, causes)
    standing = tuple(cause for cause in causes if not (allowed and cause.origin is Origin.MODEL))
    unsaid = None if policy.is_model_required else problem
    would_be = strictest(*(cause.leads_to for cause in standing))
    is_holdout = would_be is Decision.DECLINE and _is_held_out(inputs, standing, policy)
    return Verdict(
        decision=Decision.APPROVE if is_holdout else would_be,
        risk_level=_risk(score, would_be, policy),
        score=score,
        is_fraud=score is not None and score >= policy.fraud_threshold,
        causes=standing,
        notes=_notes(inputs, unsaid, is_allowed=allowed, is_holdout=is_holdout),
        is_holdout=is_holdout,
        would_be=would_be,
        shadow_decision=_with_shadow_rules(would_be, inputs.shadow_rules),
        policy_version=policy.version,
    )


def _causes(
    inputs: DecisionInputs, score: float | None, problem: ScoreProblem | None, policy: Policy
) -> list[Cause]:
    """Return all causes, the strictest first, then by origin, then as they came."""
    causes = [
        *list_causes(inputs.lists, policy),
        *rule_causes(inputs.rules),
        *model_causes(score, problem, policy),
    ]
    return sorted(causes, key=lambda cause: (-cause.leads_to.rank, cause.origin))


def _is_let_through(inputs: DecisionInputs, causes: list[Cause]) -> bool:
    """Whether an allow list outweighs the model; it never outweighs a block list."""
    if not inputs.lists.allowed or inputs.lists.blocked:
        return False
    of_model = [cause.leads_to for cause in causes if cause.origin is Origin.MODEL]
    return of_model == [Decision.REVIEW]


def _is_held_out(inputs: DecisionInputs, causes: tuple[Cause, ...], policy: Policy) -> bool:
    amount = inputs.amount_reference_minor
    return (
        all(cause.origin is Origin.MODEL for cause in causes)
        and amount is not None
        and 0 < amount <= policy.holdout_max_minor
        and 0.0 <= inputs.holdout_draw < policy.holdout_share
    )


def _risk(score: float | None, would_be: Decision, policy: Policy) -> RiskLevel:
    floor = RISK_FLOORS[would_be]
    return floor if score is None else riskiest(floor, policy.risk_of(score))


def _with_shadow_rules(would_be: Decision, shadow_rules: tuple[JudgedRule, ...]) -> Decision:
    if not shadow_rules:
        return would_be
    return strictest(would_be, *(cause.leads_to for cause in rule_causes(shadow_rules)))


def _notes(
    inputs: DecisionInputs, unsaid: ScoreProblem | None, *, is_allowed: bool, is_holdout: bool
) -> tuple[Note, ...]:
    """Return what else the answer says; `unsaid` is a lack of score that made no cause."""
    notes = [_snoozed(rule) for rule in inputs.rules if rule.is_snoozed and rule.is_raised]
    if unsaid is not None:
        notes.append(Note("model.no_score", SCORE_PROBLEMS[unsaid]))
    if inputs.score.is_demo:
        notes.append(Note("model.demo", "Scored by a demo model, trained on generated data."))
    if is_allowed:
        notes.append(Note("list.allowed", "An allow list outweighs the model's review."))
    if is_holdout:
        notes.append(Note("holdout", "Would be declined; approved at random, to learn from."))
    return tuple(notes)


def _snoozed(rule: JudgedRule) -> Note:
    words = f"The rule {rule.reference} is snoozed for this customer."
    return Note(f"rule_snoozed.{rule.reference}", words)
