"""The decisions and risk levels, each in its order."""

from __future__ import annotations

from enum import StrEnum


class Decision(StrEnum):
    """What is done with a transaction, from mild to strict."""

    APPROVE = "approve"
    REVIEW = "review"
    BLOCK_AND_REVIEW = "block_and_review"
    DECLINE = "decline"

    @property
    def rank(self) -> int:
        """Its place in the order, from 0."""
        return _DECISIONS.index(self)


class RiskLevel(StrEnum):
    """How risky a transaction is, in one word."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """Its place in the order, from 0."""
        return _RISK_LEVELS.index(self)


_DECISIONS = tuple(Decision)
_RISK_LEVELS = tuple(RiskLevel)


def strictest(*decisions: Decision) -> Decision:
    """Return the strictest decision; without any, APPROVE.

    Examples
    --------
    >>> strictest(Decision.REVIEW, Decision.DECLINE, Decision.APPROVE).value
    'decline'
    """
    return max(decisions, key=lambda decision: decision.rank, default=Decision.APPROVE)


def riskiest(*levels: RiskLevel) -> RiskLevel:
    """Return the highest level; without any, LOW."""
    return max(levels, key=lambda level: level.rank, default=RiskLevel.LOW)
