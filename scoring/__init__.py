"""Fraud scoring of transactions: features, models, rules and decisions.

`FraudDetector` is the whole of it in one process, without a database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scoring.detector import FraudDetector

__all__ = ["FraudDetector"]


def __getattr__(name: str) -> Any:
    """Load the detector when it is asked for: every process imports this package."""
    if name == "FraudDetector":
        from scoring.detector import FraudDetector  # noqa: PLC0415 - see above

        return FraudDetector
    raise AttributeError(name)
