"""What holds of the decision whatever comes in."""

from __future__ import annotations

import math
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from scoring.decision import (
    Decision,
    DecisionInputs,
    JudgedRule,
    Lists,
    Origin,
    Policy,
    Score,
    ScoreProblem,
    decide,
)
from scoring.rules import Effect, Outcome

rules_drawn = st.lists(
    st.builds(
        JudgedRule,
        st.sampled_from(["a@1", "b@2", "c@1"]),
        st.sampled_from(Outcome),
        st.sampled_from(Effect),
        st.just("A reason."),
        st.booleans(),
    ),
    max_size=4,
).map(tuple)
subjects = st.lists(st.sampled_from(["customer", "ip"]), max_size=1).map(tuple)
scores = st.builds(Score, st.floats(0, 1)) | st.builds(
    Score,
    st.sampled_from([None, math.nan, -1.0, 2.0, 0.0]),
    st.none() | st.sampled_from(ScoreProblem),
)
inputs_drawn = st.builds(
    DecisionInputs,
    score=scores,
    rules=rules_drawn,
    shadow_rules=rules_drawn,
    lists=st.builds(Lists, subjects, subjects, subjects),
    amount_reference_minor=st.none() | st.integers(1, 10_000),
    holdout_draw=st.floats(0, 1, exclude_max=True) | st.just(0.0),
)
policies = st.builds(
    Policy,
    review_from=st.just(0.2) | st.just(0.5),
    block_from=st.just(0.5) | st.just(0.7),
    decline_from=st.just(0.7) | st.just(1.0),
    holdout_share=st.sampled_from([0.0, 0.5, 1.0]),
    block_list_effect=st.sampled_from(Effect),
)


@given(inputs_drawn, policies)
def test_nobody_is_approved_unless_all_was_looked_at_and_nothing_was_found(
    inputs: DecisionInputs, policy: Policy
) -> None:
    verdict = decide(inputs, policy)

    if verdict.decision is Decision.APPROVE:
        assert inputs.lists.blocked == ()
        assert inputs.lists.expired == ()
        assert all(rule.is_snoozed or not rule.is_raised for rule in inputs.rules)
        assert inputs.score.problem is None
        assert 0 <= inputs.score.value <= 1
        if verdict.is_holdout:
            assert inputs.score.value >= policy.decline_from
            assert inputs.amount_reference_minor <= policy.holdout_max_minor
        elif inputs.lists.allowed:
            assert inputs.score.value < policy.block_from
        else:
            assert inputs.score.value < policy.review_from


@given(inputs_drawn, policies)
def test_a_verdict_is_its_strictest_cause_unless_it_is_held_out(
    inputs: DecisionInputs, policy: Policy
) -> None:
    verdict = decide(inputs, policy)

    ranks = [cause.leads_to.rank for cause in verdict.causes]
    assert ranks == sorted(ranks, reverse=True)
    assert verdict.would_be.rank == (ranks[0] if ranks else 0)
    assert verdict.is_holdout == (verdict.decision is not verdict.would_be)


@given(inputs_drawn, policies, st.floats(0, 1), st.floats(0, 1))
def test_a_higher_score_is_never_judged_milder(
    inputs: DecisionInputs, policy: Policy, one: float, other: float
) -> None:
    lower, higher = (
        decide(replace(inputs, score=Score(value), holdout_draw=1.0), policy)
        for value in sorted((one, other))
    )

    assert lower.decision.rank <= higher.decision.rank
    assert lower.risk_level.rank <= higher.risk_level.rank
    assert lower.is_fraud <= higher.is_fraud


@given(inputs_drawn, policies, rules_drawn)
def test_more_rules_are_never_milder(
    inputs: DecisionInputs, policy: Policy, more: tuple[JudgedRule, ...]
) -> None:
    without = decide(inputs, policy)
    with_more = decide(replace(inputs, rules=(*inputs.rules, *more)), policy)

    assert with_more.decision.rank >= without.decision.rank
    assert with_more.risk_level.rank >= without.risk_level.rank


@given(inputs_drawn, policies, rules_drawn)
def test_rules_on_trial_change_nothing_but_what_is_recorded(
    inputs: DecisionInputs, policy: Policy, trial: tuple[JudgedRule, ...]
) -> None:
    without = decide(replace(inputs, shadow_rules=()), policy)
    trying = decide(replace(inputs, shadow_rules=trial), policy)

    assert replace(trying, shadow_decision=without.shadow_decision) == without
    if_active = decide(replace(inputs, rules=(*inputs.rules, *trial)), policy)
    assert trying.shadow_decision is if_active.would_be


@given(inputs_drawn, policies)
def test_a_snoozed_rule_is_as_good_as_none(inputs: DecisionInputs, policy: Policy) -> None:
    snoozed = tuple(replace(each, is_snoozed=True) for each in inputs.rules)

    verdict = decide(replace(inputs, rules=snoozed), policy)

    assert replace(verdict, notes=()) == replace(
        decide(replace(inputs, rules=()), policy), notes=()
    )
    assert all(cause.origin is not Origin.RULE for cause in verdict.causes)
