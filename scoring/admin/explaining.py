"""Factors of a decision that kept none, worked out because somebody asks."""

from __future__ import annotations

from typing import Any

from scoring.models import Decision


def factors_now(decision: Decision) -> list[dict[str, Any]] | None:
    """Return what raised the score, from the features that the decision kept; None: it is lost."""
    # Loads the model's engine, which the other staff pages do without.
    from scoring.services.explain import decision_factors  # noqa: PLC0415

    return decision_factors(decision)
