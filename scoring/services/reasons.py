"""The reason a person gives for what they do, as it is kept."""

from __future__ import annotations

from kyc.refusals import Refusal
from transactions.money import looks_like_pan

MAX_REASON_LENGTH = 200


def reason_checked(reason: str) -> str:
    """Return a reason without surrounding space. Raises `Refusal` for one that cannot be kept."""
    reason = reason.strip()
    if not reason:
        raise Refusal("reason_missing", "Say why, for whoever reads this later.", field="reason")
    if len(reason) > MAX_REASON_LENGTH:
        sentence = f"A reason has at most {MAX_REASON_LENGTH} characters."
        raise Refusal("reason_too_long", sentence, field="reason")
    if looks_like_pan(reason):
        sentence = "This holds what looks like a card number; leave it out."
        raise Refusal("card_number_refused", sentence, field="reason")
    return reason
