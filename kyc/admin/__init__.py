"""Staff pages of the identity verification."""

from __future__ import annotations

from kyc.admin.verification import VerificationAdmin

__all__ = ["VerificationAdmin"]
