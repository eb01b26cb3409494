"""What other apps are told about a customer's verification."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class VerificationFacts:
    """What is known of a customer's verification at a moment; nothing that was read from them.

    Attributes
    ----------
    outcome : str
        "approved", "in_review", "declined", or "pending" while the customer is not through.
    risk_level : str
        "low": approved at the first attempt with nothing to consider; "high": declined, or a sign
        of fraud stands; "medium": the rest. Empty before the first decision.
    face_match_score, liveness_score : float or None
        0…1, best 1; .5 is the face match's limit. None where it was not judged.
    decided_at : datetime
        Since when this holds.
    """

    customer_id: uuid.UUID
    outcome: str
    risk_level: str
    face_match_score: float | None
    liveness_score: float | None
    decided_at: datetime
