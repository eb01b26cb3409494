"""Staff pages of the identity verification."""

from __future__ import annotations

from kyc.admin.risk import CustomerAdmin
from kyc.admin.verification import VerificationAdmin
from kyc.admin.watchlists import ScreeningHitAdmin, WatchlistAdmin

__all__ = ["CustomerAdmin", "ScreeningHitAdmin", "VerificationAdmin", "WatchlistAdmin"]
