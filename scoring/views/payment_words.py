"""What a customer reads about a payment. Why fraud is suspected is never among it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from scoring.features import SCHEMA
from scoring.models import Decision
from transactions.choices import TransactionStatus
from transactions.models import Transaction
from transactions.views.movements import described, next_steps

S = TransactionStatus


@dataclass(frozen=True, slots=True)
class Words:
    """A result in words; `outcome` names its colour and sign."""

    outcome: str
    headline: str
    explanation: str
    reasons: Sequence[str]
    next_steps: Sequence[str]


HEADLINES = {
    S.APPROVED: ("approved", "Paid"),
    S.HELD: ("held", "We are checking this payment"),
    S.RELEASED: ("approved", "Paid after a check"),
    S.REFUSED: ("declined", "This payment was not carried out"),
    S.DECLINED: ("declined", "This payment was not carried out"),
}
GENERIC_HELD = "We check some payments before they leave. This is one of them."
GENERIC_DECLINED = "Our checks did not let this payment through."
HELD_NEXT = (
    "The money is set aside until then; it is not spent.",
    "A person looks at the payment, usually within a working day.",
    "You find the answer here and on your accounts' page. You need not do anything.",
)
BLOCKING_NEXT = "Until then you cannot make another payment."
DECLINED_NEXT = (
    "No money left your account.",
    "Check the name and the account number with the person you want to pay, by phone if you can.",
    "If you think this is wrong, ask for a person to look at it.",
)
REFUSED_NEXT = ("If you still want to make this payment, ask us before you try again.",)
RELEASED_NEXT = ("A person looked at the payment and let it through.",)


@dataclass(frozen=True, slots=True)
class SafeReason:
    """What a customer knows of the payment anyway.

    Said if one of `codes`, of causes and factors, is named and the feature is at least so large.
    """

    sentence: str
    codes: frozenset[str]
    feature: str
    at_least: float


# All others, however harmless they sound, tell a fraudster what to avoid next time.
SAFE_REASONS = (
    SafeReason(
        "It is larger than what you usually pay, so a person looks at it first.",
        frozenset({"amount_vs_habit", "rule.new_device_high_amount", "rule.new_payee_high_amount"}),
        "amount_to_usual",
        2.0,
    ),
    SafeReason(
        "You have not paid this payee before, so a person looks at it first.",
        frozenset({"counterparty_novelty", "rule.new_payee_high_amount"}),
        "is_merchant_new",
        1.0,
    ),
)
# Of the model's factors only the strongest are heard; the rest hardly moved the score.
FACTORS_HEARD = 3


def payment_words(made: Transaction, decision: Decision | None) -> Words:
    """Return what to tell about a payment as it stands now."""
    status = S(made.status)
    outcome, headline = HEADLINES[status]
    return Words(
        outcome=outcome,
        headline=headline,
        explanation=f"{described(made)}.",
        reasons=_reasons(status, decision),
        next_steps=_next_steps(made, decision),
    )


def safe_reasons(decision: Decision) -> list[str]:
    """Return the sentences a customer may read about a decision.

    Each is said only if it took part in the decision and is true of the payment. What is not listed
    stays unsaid: a fraudster reads this page too.
    """
    named = set(_codes(decision.causes)) | set(_codes(decision.factors or [])[:FACTORS_HEARD])
    return [
        safe.sentence for safe in SAFE_REASONS if named & safe.codes and _is_true(safe, decision)
    ]


def _codes(named: Sequence[Any]) -> list[str]:
    """Return the codes of causes or factors; a rule's without its version."""
    return [str(one.get("code", "")).partition("@")[0] for one in named]


def _is_true(safe: SafeReason, decision: Decision) -> bool:
    if decision.schema_hash != SCHEMA.hash:
        return False
    value = np.frombuffer(bytes(decision.features), "<f4")[SCHEMA.names.index(safe.feature)]
    return bool(value >= safe.at_least)


def _reasons(status: S, decision: Decision | None) -> list[str]:
    if status == S.HELD:
        return (safe_reasons(decision) if decision else []) or [GENERIC_HELD]
    return [GENERIC_DECLINED] if status == S.DECLINED else []


def _next_steps(made: Transaction, decision: Decision | None) -> list[str]:
    status = S(made.status)
    if status == S.HELD:
        is_blocking = decision is not None and decision.outcome == "block_and_review"
        return [*HELD_NEXT, *([BLOCKING_NEXT] if is_blocking else [])]
    if status == S.DECLINED:
        return list(DECLINED_NEXT)
    if status == S.REFUSED:
        return [next_steps(made), *REFUSED_NEXT]
    return list(RELEASED_NEXT) if status == S.RELEASED else []
