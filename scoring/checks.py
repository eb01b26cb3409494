"""What of the scoring's configuration would otherwise fail at the first payment."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import InvalidOperation
from typing import Any

from django.core.checks import CheckMessage, Error, register


@register()
def check_scoring_settings(
    app_configs: Sequence[Any] | None,  # noqa: ARG001 - Django's signature
    **kwargs: Any,  # noqa: ARG001
) -> list[CheckMessage]:
    """Check that thresholds rise and that reference rates are rates."""
    # Needs models and rules, which needs the apps to be ready.
    from scoring.configuration import policy_of_settings  # noqa: PLC0415
    from transactions.services.reference_rates import rates_of_settings  # noqa: PLC0415

    found: list[CheckMessage] = []
    try:
        policy_of_settings()
    except ValueError as error:
        hint = "Set REVIEW_FROM, BLOCK_FROM and DECLINE_FROM so that each is above the one before."
        found.append(Error(f"The scoring policy cannot be: {error}", hint=hint, id="scoring.E001"))
    try:
        rates_of_settings()
    except (ValueError, InvalidOperation, AttributeError) as error:
        hint = 'Write REFERENCE_RATES as JSON such as {"USD": "0.92"}: euros for one unit.'
        found.append(Error(f"REFERENCE_RATES cannot be: {error}", hint=hint, id="scoring.E002"))
    return found
