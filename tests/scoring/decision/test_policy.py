"""The decision: what leads to what, and what never happens."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from scoring.choices import DecisionOutcome
from scoring.choices import RiskLevel as StoredRiskLevel
from scoring.decision import (
    Decision,
    DecisionInputs,
    JudgedRule,
    Lists,
    Policy,
    RiskLevel,
    Score,
    ScoreProblem,
    Verdict,
    decide,
)
from scoring.rules import Effect, Outcome

APPROVE, REVIEW = Decision.APPROVE, Decision.REVIEW
BLOCK, DECLINE = Decision.BLOCK_AND_REVIEW, Decision.DECLINE
POLICY = Policy(
    fraud_threshold=0.5,
    review_from=0.3,
    block_from=0.6,
    decline_from=0.9,
    holdout_share=0.02,
    holdout_max_minor=5000,
)
CALM = DecisionInputs(Score(0.1), amount_reference_minor=4000, holdout_draw=0.5)


def rule(
    effect: Effect = Effect.REVIEW, outcome: Outcome = Outcome.HIT, **others: Any
) -> JudgedRule:
    return JudgedRule("velocity@3", outcome, effect, "Too many transactions.", **others)


def decided(inputs: DecisionInputs = CALM, policy: Policy = POLICY, **changes: Any) -> Verdict:
    return decide(replace(inputs, **changes), policy)


def codes(verdict: Verdict) -> list[str]:
    return [cause.code for cause in verdict.causes]


def test_a_low_score_and_nothing_else_is_approved_without_a_cause() -> None:
    verdict = decided()

    assert verdict == Verdict(
        decision=APPROVE,
        risk_level=RiskLevel.LOW,
        score=0.1,
        is_fraud=False,
        causes=(),
        notes=(),
        is_holdout=False,
        would_be=APPROVE,
        shadow_decision=APPROVE,
        policy_version=POLICY.version,
    )


@pytest.mark.parametrize(
    ("score", "decision", "risk", "is_fraud"),
    [
        (0.0, APPROVE, "low", False),
        (0.2999, APPROVE, "low", False),
        (0.3, REVIEW, "medium", False),
        (0.5, REVIEW, "medium", True),
        (0.6, BLOCK, "high", True),
        (0.8999, BLOCK, "high", True),
        (0.9, DECLINE, "critical", True),
        (1.0, DECLINE, "critical", True),
    ],
)
def test_the_score_leads_to(score: float, decision: Decision, risk: str, is_fraud: bool) -> None:
    verdict = decided(score=Score(score))

    assert (verdict.decision, verdict.risk_level, verdict.is_fraud) == (decision, risk, is_fraud)
    assert codes(verdict) == ([] if decision is APPROVE else [f"model.{decision}"])


@pytest.mark.parametrize("effect", Effect)
def test_a_rule_that_hits_leads_to_its_effect_and_raises_the_risk(effect: Effect) -> None:
    verdict = decided(rules=(rule(effect),))

    assert verdict.decision == effect
    assert (
        verdict.risk_level
        is {
            "review": RiskLevel.MEDIUM,
            "block_and_review": RiskLevel.HIGH,
            "decline": RiskLevel.CRITICAL,
        }[effect]
    )
    assert codes(verdict) == ["rule.velocity@3"]
    assert verdict.causes[0].sentence == "Too many transactions."
    assert verdict.is_fraud is False


@pytest.mark.parametrize("outcome", [Outcome.NO_HIT, Outcome.NOT_ENOUGH_DATA])
def test_a_rule_that_does_not_hit_changes_nothing(outcome: Outcome) -> None:
    assert decided(rules=(rule(Effect.DECLINE, outcome),)) == decided()


def test_a_snoozed_rule_does_nothing_and_is_noted() -> None:
    verdict = decided(rules=(rule(Effect.DECLINE, is_snoozed=True),))

    assert verdict.decision is APPROVE
    assert [note.code for note in verdict.notes] == ["rule_snoozed.velocity@3"]


def test_a_rule_on_trial_is_recorded_and_never_acts() -> None:
    verdict = decided(shadow_rules=(rule(Effect.DECLINE),))

    assert replace(verdict, shadow_decision=APPROVE) == decided()
    assert verdict.shadow_decision is DECLINE


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"score": Score(None, ScoreProblem.NO_MODEL)}, "model.no_model"),
        ({"score": Score(None, ScoreProblem.SCHEMA_MISMATCH)}, "model.schema_mismatch"),
        ({"score": Score(None, ScoreProblem.MODEL_ERROR)}, "model.model_error"),
        ({"score": Score(None)}, "model.model_error"),
        ({"score": Score(math.nan)}, "model.model_error"),
        ({"score": Score(math.inf)}, "model.model_error"),
        ({"score": Score(-0.1)}, "model.model_error"),
        ({"score": Score(0.1, ScoreProblem.SCHEMA_MISMATCH)}, "model.schema_mismatch"),
        ({"lists": Lists(expired=("sanctions",))}, "list.expired.sanctions"),
        ({"rules": (rule(outcome=Outcome.ERROR),)}, "rule_error.velocity@3"),
        ({"rules": (rule(Effect.DECLINE, Outcome.ERROR),)}, "rule_error.velocity@3"),
    ],
)
def test_what_could_not_be_looked_at_goes_to_a_person_and_says_so(
    changes: dict[str, Any], code: str
) -> None:
    verdict = decided(**changes)

    assert verdict.decision is REVIEW
    assert codes(verdict) == [code]
    assert verdict.score == (None if code.startswith("model.") else 0.1)
    assert verdict.causes[0].sentence.endswith("a person looks.") or verdict.causes[
        0
    ].sentence.endswith("A person looks.")


@pytest.mark.parametrize(
    "changes",
    [
        {"score": Score(None, ScoreProblem.NO_MODEL)},
        {"lists": Lists(expired=("sanctions",))},
        {"rules": (rule(outcome=Outcome.ERROR),)},
    ],
)
def test_no_allow_list_outweighs_what_could_not_be_looked_at(changes: dict[str, Any]) -> None:
    lists = replace(changes.get("lists", Lists()), allowed=("customer",))

    assert decided(**{**changes, "lists": lists}).decision is REVIEW


def test_without_a_required_model_rules_decide_alone_and_the_answer_says_so() -> None:
    policy = replace(POLICY, is_model_required=False)
    no_model = Score(None, ScoreProblem.NO_MODEL)

    verdict = decided(policy=policy, score=no_model)

    assert verdict.decision is APPROVE
    assert [note.code for note in verdict.notes] == ["model.no_score"]
    assert decided(policy=policy, score=no_model, rules=(rule(Effect.DECLINE),)).decision is DECLINE


def test_a_block_list_declines_and_names_what_stands_on_it() -> None:
    verdict = decided(lists=Lists(blocked=("merchant", "ip")))

    assert verdict.decision is DECLINE
    assert codes(verdict) == ["list.blocked.merchant", "list.blocked.ip"]
    assert verdict.causes[0].sentence == "The counterparty is on a block list."


def test_the_operator_may_have_a_block_list_only_review() -> None:
    policy = replace(POLICY, block_list_effect=Effect.REVIEW)

    assert decided(policy=policy, lists=Lists(blocked=("device",))).decision is REVIEW


ALLOWED = Lists(allowed=("customer",))


@pytest.mark.parametrize(
    ("changes", "decision"),
    [
        ({"score": Score(0.45)}, APPROVE),
        ({"score": Score(0.7)}, BLOCK),
        ({"score": Score(0.95)}, DECLINE),
        ({"score": Score(0.45), "rules": (rule(Effect.REVIEW),)}, REVIEW),
        ({"score": Score(0.1), "rules": (rule(Effect.DECLINE),)}, DECLINE),
        ({"score": Score(0.45), "lists": Lists(allowed=("customer",), blocked=("ip",))}, DECLINE),
    ],
)
def test_an_allow_list_outweighs_the_models_review_and_nothing_else(
    changes: dict[str, Any], decision: Decision
) -> None:
    assert decided(**{"lists": ALLOWED, **changes}).decision is decision


def test_an_allow_list_that_did_something_is_noted_and_the_risk_follows() -> None:
    verdict = decided(score=Score(0.55), lists=ALLOWED)

    assert [note.code for note in verdict.notes] == ["list.allowed"]
    assert (verdict.causes, verdict.is_fraud, verdict.risk_level) == ((), True, RiskLevel.MEDIUM)
    assert decided(lists=ALLOWED).notes == ()


def test_what_stands_on_both_kinds_of_list_is_not_let_through() -> None:
    both = Lists(allowed=("customer",), blocked=("ip",))

    verdict = decided(score=Score(0.45), lists=both)

    assert codes(verdict) == ["list.blocked.ip", "model.review"]
    assert verdict.notes == ()


def test_a_demo_model_is_named_in_every_answer() -> None:
    for value in (0.1, 0.4, 0.95):
        notes = decided(score=Score(value, is_demo=True)).notes
        assert [note.code for note in notes] == ["model.demo"]


def test_a_small_share_of_the_models_declines_is_approved_and_marked() -> None:
    verdict = decided(score=Score(0.95), holdout_draw=0.0199)

    assert (verdict.decision, verdict.would_be, verdict.is_holdout) == (APPROVE, DECLINE, True)
    assert verdict.risk_level is RiskLevel.CRITICAL
    assert codes(verdict) == ["model.decline"]
    assert [note.code for note in verdict.notes] == ["holdout"]


@pytest.mark.parametrize(
    "changes",
    [
        {"holdout_draw": 0.02},
        {"holdout_draw": -0.1},
        {"holdout_draw": math.nan},
        {"amount_reference_minor": 5001},
        {"amount_reference_minor": None},
        {"lists": Lists(blocked=("card",))},
        {"lists": Lists(expired=("sanctions",))},
        {"rules": (rule(Effect.REVIEW),)},
        {"rules": (rule(Effect.REVIEW, Outcome.ERROR),)},
    ],
)
def test_nothing_but_a_small_decline_of_the_model_alone_is_held_out(
    changes: dict[str, Any],
) -> None:
    verdict = decided(replace(CALM, score=Score(0.95), holdout_draw=0.001), **changes)

    assert (verdict.decision, verdict.is_holdout) == (DECLINE, False)


@pytest.mark.parametrize("score", [0.45, 0.7])
def test_only_declines_are_held_out(score: float) -> None:
    verdict = decided(score=Score(score), holdout_draw=0.0)

    assert (verdict.decision, verdict.is_holdout) == (verdict.would_be, False)


def test_the_strictest_cause_comes_first_then_lists_rules_failures_and_the_model() -> None:
    verdict = decided(
        score=Score(0.95),
        lists=Lists(blocked=("ip",), expired=("sanctions",)),
        rules=(
            rule(Effect.REVIEW),
            replace(rule(Effect.DECLINE), reference="blacklist@1"),
            replace(rule(outcome=Outcome.ERROR), reference="broken@2"),
        ),
    )

    assert codes(verdict) == [
        "list.blocked.ip",
        "rule.blacklist@1",
        "model.decline",
        "rule.velocity@3",
        "list.expired.sanctions",
        "rule_error.broken@2",
    ]


def test_a_customer_may_read_only_what_was_marked_so() -> None:
    told = rule(is_customer_safe=True)
    verdict = decided(
        score=Score(0.95), lists=Lists(blocked=("ip",), expired=("x",)), rules=(told, rule())
    )

    assert [cause.code for cause in verdict.causes if cause.is_customer_safe] == ["rule.velocity@3"]


def test_the_words_are_those_of_the_database() -> None:
    assert list(Decision) == DecisionOutcome.values
    assert list(RiskLevel) == StoredRiskLevel.values
    assert [decision.rank for decision in Decision] == [0, 1, 2, 3]
