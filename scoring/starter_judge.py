"""A model with the starter rules, as it judges where there is no database. Knows no Django."""

from __future__ import annotations

from scoring.decision import Policy
from scoring.judging import Judge, RuleWords
from scoring.ml import FraudModel
from scoring.rule_names import rule_schema
from scoring.rules import STARTER_RULES, Rule, RuleSet


def starter_judge(
    model: FraudModel,
    policy: Policy | None = None,
    *,
    has_rules: bool = True,
    has_reasons: bool = True,
) -> Judge:
    """Return a judge with the rules that come along, and no lists.

    Parameters
    ----------
    policy : Policy, optional
        Thresholds; the shipped ones if left out.
    has_rules : bool
        Whether the starter rules judge too.
    has_reasons : bool
        Whether what is not simply approved gets its factors.
    """
    schema = rule_schema()
    starter = STARTER_RULES if has_rules else ()
    return Judge(
        model=model,
        problem=None,
        policy=policy or Policy(),
        rules=RuleSet(Rule.of(rule.id, 1, rule.expression, schema) for rule in starter),
        words={f"{rule.id}@1": RuleWords(rule.effect, rule.sentence) for rule in starter},
        is_demo=model.manifest.is_demo,
        has_reasons=has_reasons,
    )
