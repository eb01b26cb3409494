"""Who the customer is and which way the transaction came."""

from __future__ import annotations

from typing import Any

from scoring.features.clock import days_between, stored_second
from scoring.features.kernel import compiled, whole

# Codes of `transactions.columns.OUTCOMES`, KINDS and CHANNELS.
APPROVED, IN_REVIEW, DECLINED = 1, 2, 3
PAYMENT, TRANSFER, WITHDRAWAL, DEPOSIT = 1, 2, 3, 4
WEB, MOBILE, POS, ATM = 1, 2, 3, 4


@compiled
def describe_identity(customer: Any, event: Any, second: int, out: Any) -> None:
    """Write what verification found out, and how long the account exists."""
    outcome = customer.verification_outcome
    out.is_verification_approved = 1.0 if outcome == APPROVED else 0.0
    out.is_verification_in_review = 1.0 if outcome == IN_REVIEW else 0.0
    out.is_verification_declined = 1.0 if outcome == DECLINED else 0.0
    out.verification_age_days = days_between(customer.verified_second, second)
    if customer.verification_risk > 0:
        out.verification_risk = customer.verification_risk
    if customer.verified_second > 0:
        out.face_match_score = customer.face_match_score
        out.liveness_score = customer.liveness_score
    if event.account_opened_us > 0:
        out.account_age_days = days_between(stored_second(event.account_opened_us), second)
    out.tx_number = customer.number


@compiled
def describe_way(event: Any, out: Any) -> None:
    """Write kind and channel as flags; missing if unknown."""
    kind, channel = event.transaction_kind, event.channel
    if kind > 0:
        out.is_payment = 1.0 if kind == PAYMENT else 0.0
        out.is_transfer = 1.0 if kind == TRANSFER else 0.0
        out.is_withdrawal = 1.0 if kind == WITHDRAWAL else 0.0
        out.is_deposit = 1.0 if kind == DEPOSIT else 0.0
    if channel > 0:
        out.is_web = 1.0 if channel == WEB else 0.0
        out.is_mobile = 1.0 if channel == MOBILE else 0.0
        out.is_pos = 1.0 if channel == POS else 0.0
        out.is_atm = 1.0 if channel == ATM else 0.0


@compiled
def learn_verification(customer: Any, event: Any) -> None:
    """Replace what is known of the customer's identity, unless something newer is known."""
    second = stored_second(event.time_us)
    if second < whole(customer.verified_second):
        return
    customer.verified_second = second
    customer.verification_outcome = event.verification_outcome
    customer.verification_risk = event.verification_risk
    customer.face_match_score = event.face_match_score
    customer.liveness_score = event.liveness_score
