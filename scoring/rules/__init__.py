"""Rules: a small typed language over features and fields; see `docs/rules.md`."""

from __future__ import annotations

from scoring.rules.backtest import BacktestReport, backtest, count_outcomes
from scoring.rules.effect import Effect
from scoring.rules.evaluate import Rule, RuleResult, RuleSet
from scoring.rules.fields import FIELD_SCHEMA, FIELDS, hour_and_weekday, rule_schema
from scoring.rules.outcomes import Outcome
from scoring.rules.problems import RuleProblem, RuleRefused
from scoring.rules.schema import NameSpec, RuleSchema, ValueType
from scoring.rules.starter import STARTER_RULES, StarterRule

__all__ = [
    "FIELDS",
    "FIELD_SCHEMA",
    "STARTER_RULES",
    "BacktestReport",
    "Effect",
    "NameSpec",
    "Outcome",
    "Rule",
    "RuleProblem",
    "RuleRefused",
    "RuleResult",
    "RuleSchema",
    "RuleSet",
    "StarterRule",
    "ValueType",
    "backtest",
    "count_outcomes",
    "hour_and_weekday",
    "rule_schema",
]
