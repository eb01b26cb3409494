"""Why a customer cannot pay yet, and what they can do about it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from kyc.selectors import is_verified, verification_facts


@dataclass(frozen=True, slots=True)
class VerificationBanner:
    """What stands between a customer and paying."""

    headline: str
    text: str
    button: str


START = VerificationBanner(
    "Verify your identity to pay",
    "You can look at your accounts. Payments need a verified identity: a photo of your document "
    "and a few seconds before the camera.",
    "Verify now",
)
BANNERS = {
    "in_review": VerificationBanner(
        "Your identity is being checked",
        "A person looks at what you sent. You can look at your accounts, and pay as soon as that "
        "is done.",
        "See where it stands",
    ),
    "declined": VerificationBanner(
        "You cannot pay",
        "We could not verify your identity, and payments need that. You can ask for a person to "
        "look at it.",
        "See the result",
    ),
}


def verification_banner(customer_id: uuid.UUID) -> VerificationBanner | None:
    """Return what to tell a customer who is not verified, None for one who is."""
    if is_verified(customer_id):
        return None
    facts = verification_facts(customer_id)
    return BANNERS.get(facts.outcome, START) if facts else START
