"""Reasons of a score: codes that stay, and sentences that people understand."""

from __future__ import annotations

from scoring.ml.reasons.ranked import Reason, reasons_of

__all__ = ["Reason", "reasons_of"]
