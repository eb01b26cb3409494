"""The decision on a transaction: score, rules and lists in, an outcome with its reasons out."""

from __future__ import annotations

from scoring.decision.causes import Cause, Note, Origin
from scoring.decision.inputs import DecisionInputs, JudgedRule, Lists, Score, ScoreProblem
from scoring.decision.levels import Decision, RiskLevel, riskiest, strictest
from scoring.decision.policy import Verdict, decide
from scoring.decision.thresholds import Policy

__all__ = [
    "Cause",
    "Decision",
    "DecisionInputs",
    "JudgedRule",
    "Lists",
    "Note",
    "Origin",
    "Policy",
    "RiskLevel",
    "Score",
    "ScoreProblem",
    "Verdict",
    "decide",
    "riskiest",
    "strictest",
]
