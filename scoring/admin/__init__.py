"""Staff pages of decisions, rules, lists and models."""

from __future__ import annotations

from scoring.admin.entity_lists import EntityListAdmin
from scoring.admin.list_entries import ListEntryAdmin
from scoring.admin.model_versions import ModelVersionAdmin
from scoring.admin.rules import RuleAdmin
from scoring.admin.snoozes import RuleSnoozeAdmin
from scoring.admin.transactions import TransactionAdmin

__all__ = [
    "EntityListAdmin",
    "ListEntryAdmin",
    "ModelVersionAdmin",
    "RuleAdmin",
    "RuleSnoozeAdmin",
    "TransactionAdmin",
]
