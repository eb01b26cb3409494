"""Reasons of a score: codes that stay, and sentences that people understand."""

from __future__ import annotations

from scoring.ml.reasons.ranked import Reason, rank_reasons

__all__ = ["Reason", "rank_reasons"]
