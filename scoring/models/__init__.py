"""Tables of feature state, models, rules, lists and decisions."""

from __future__ import annotations

from scoring.models.decision import Decision
from scoring.models.entity_list import EntityList, ListEntry
from scoring.models.entity_state import EntityState
from scoring.models.model_version import ModelVersion
from scoring.models.rule import Rule, RuleSnooze, RuleVersion
from scoring.models.verification_change import VerificationChange

__all__ = [
    "Decision",
    "EntityList",
    "EntityState",
    "ListEntry",
    "ModelVersion",
    "Rule",
    "RuleSnooze",
    "RuleVersion",
    "VerificationChange",
]
