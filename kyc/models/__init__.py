"""Tables of the identity verification."""

from __future__ import annotations

from kyc.models.capture import Capture
from kyc.models.challenge import LivenessChallenge
from kyc.models.consent import Consent
from kyc.models.customer import Customer
from kyc.models.decision import Decision
from kyc.models.device import Device, DeviceSighting
from kyc.models.document_fingerprint import DocumentFingerprint
from kyc.models.face_template import FaceTemplate
from kyc.models.risk import RiskAssessment
from kyc.models.screening import Rescreening, ScreeningHit
from kyc.models.stage_result import StageResult
from kyc.models.verification import Verification
from kyc.models.watchlist import (
    Watchlist,
    WatchlistEntry,
    WatchlistName,
    WatchlistVersion,
    WatchlistWord,
)

__all__ = [
    "Capture",
    "Consent",
    "Customer",
    "Decision",
    "Device",
    "DeviceSighting",
    "DocumentFingerprint",
    "FaceTemplate",
    "LivenessChallenge",
    "Rescreening",
    "RiskAssessment",
    "ScreeningHit",
    "StageResult",
    "Verification",
    "Watchlist",
    "WatchlistEntry",
    "WatchlistName",
    "WatchlistVersion",
    "WatchlistWord",
]
