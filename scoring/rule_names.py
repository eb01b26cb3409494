"""All names that rules know here: the fields of a transaction, and its features."""

from __future__ import annotations

from functools import cache

from scoring import rules
from scoring.features import SCHEMA


@cache
def rule_schema() -> rules.RuleSchema:
    """Return every name with its type."""
    return rules.rule_schema(SCHEMA.specs)
