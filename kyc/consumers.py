"""What the onboarding learns from its own news."""

from __future__ import annotations

from kyc import tasks_screening  # noqa: F401 - imported for what it registers
from kyc.services import risk_news, watchlist_alarms  # noqa: F401 - the same
