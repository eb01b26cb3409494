"""The policy in force: the shipped one, with what the operator's settings change."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any

from django.conf import settings

from kyc.decision.policy import Policy
from kyc.decision.rules import DEFAULT_EFFECTS, Effect, Rules


def current_policy() -> Policy:
    """Return the policy in force; its version tells apart what settings have changed."""
    rules = Rules(
        minimum_age_years=settings.MINIMUM_AGE_YEARS,
        needs_screening=settings.SCREENING_REQUIRED,
        needs_passive_liveness=settings.PASSIVE_LIVENESS_REQUIRED,
        certain_face_share=settings.CERTAIN_FACE_SHARE,
        effects={**DEFAULT_EFFECTS, **changed_effects(settings.POLICY_EFFECTS)},
    )
    shipped = Policy()
    if rules == shipped.rules:
        return shipped
    return Policy(version=f"{shipped.version}+{_digest(rules)}", rules=rules)


def changed_effects(configured: dict[str, Any]) -> dict[str, Effect]:
    """Return the operator's effects by check code.

    Raises
    ------
    ValueError
        For a check or an effect that there is not.
    """
    unknown = sorted(set(configured) - set(DEFAULT_EFFECTS))
    if unknown:
        raise ValueError(f"There is no check {unknown[0]!r}.")
    return {code: Effect(effect) for code, effect in configured.items()}


def _digest(rules: Rules) -> str:
    written = json.dumps(asdict(rules), sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()[:8]
