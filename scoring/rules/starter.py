"""The rules that come along: a beginning, to be backtested on one's own history."""

from __future__ import annotations

from dataclasses import dataclass

from scoring.rules.effect import Effect


@dataclass(frozen=True, slots=True)
class StarterRule:
    """One rule as it is shipped, version 1.

    Attributes
    ----------
    id, title : str
        For lists and answers.
    expression : str
        In the rule language.
    effect : Effect
        What a hit leads to.
    sentence : str
        The reason in words, for staff.
    is_customer_safe : bool
        Whether the customer may read the sentence. What warns a fraudster may not be told.
    """

    id: str
    title: str
    expression: str
    effect: Effect
    sentence: str
    is_customer_safe: bool = False


# Limits without a source are set by hand, so that together they hit about one in a hundred honest
# transactions of a generated history (`docs/rules.md` has the figures of each).
STARTER_RULES: tuple[StarterRule, ...] = (
    StarterRule(
        "velocity",
        "Many transactions at once",
        "tx_count_1h >= 6 or (tx_count_24h >= 15 and pace_24h >= 6)",
        Effect.REVIEW,
        "Far more transactions within a short time than a person makes.",
    ),
    # 10,000 EUR: limit of cash payments and of reports, Regulation (EU) 2024/1624, article 80.
    StarterRule(
        "structuring",
        "Amounts split below the reporting limit",
        "amount < 10000 and ((is_below_report_limit and below_limit_count_7d >= 2)"
        " or (amount >= 1000 and split_sum_7d + amount >= 25000))",
        Effect.REVIEW,
        "Several amounts just under the reporting limit within a week.",
    ),
    StarterRule(
        "new_device_high_amount",
        "High amount from a new device",
        "is_device_new and amount >= 300 and amount_to_usual >= 4 and tx_number >= 5",
        Effect.BLOCK_AND_REVIEW,
        "A device this customer never used, and far more than their usual amount.",
    ),
    StarterRule(
        "new_payee_high_amount",
        "High amount to a new payee",
        'is_merchant_new and kind == "transfer" and amount >= 1000 and amount_to_usual >= 8',
        Effect.BLOCK_AND_REVIEW,
        "A first transfer to this payee, and far more than the customer's usual amount.",
    ),
    StarterRule(
        "blacklisted_counterparty",
        "Counterparty on a block list",
        "blocked_merchant",
        Effect.DECLINE,
        "The counterparty is on a block list.",
    ),
    StarterRule(
        "impossible_travel",
        "Impossible travel",
        "is_impossible_travel and km_from_last >= 500",
        Effect.REVIEW,
        "Nobody could have travelled here from the last place in that time.",
    ),
    StarterRule(
        "dormant_account",
        "Dormant account wakes up",
        "dormant_gap_7d >= 60 and amount >= 500",
        Effect.REVIEW,
        "After a long pause the account moves a high amount.",
    ),
    # 1,000 EUR: above it, payers are to be verified: Regulation (EU) 2023/1113, articles 5
    # and 6.
    StarterRule(
        "unverified_customer",
        "Customer not verified",
        "not is_verified and amount > 1000",
        Effect.REVIEW,
        "An amount above 1,000 EUR needs a verified identity.",
        is_customer_safe=True,
    ),
    StarterRule(
        "declined_verification",
        "Verification was declined",
        'coalesce(verification_outcome, "pending") == "declined"',
        Effect.BLOCK_AND_REVIEW,
        "The customer's verification was declined.",
    ),
    StarterRule(
        "card_testing",
        "Cards tried out",
        "coalesce(card_small_1h, 0) >= 3 or coalesce(device_cards_1h, 0) >= 3"
        " or (small_count_1h >= 4 and amount >= 50)",
        Effect.BLOCK_AND_REVIEW,
        "Several tiny amounts or cards within an hour, as when stolen cards are tried out.",
    ),
    StarterRule(
        "shared_device",
        "Device shared by many customers",
        "has_device and (device_customers_24h >= 3 or device_customers >= 6)",
        Effect.REVIEW,
        "More customers use this device than a household has.",
    ),
    StarterRule(
        "passed_through",
        "Money passes straight through",
        "deposits_24h >= 1000 and passed_through_24h >= 0.8",
        Effect.REVIEW,
        "Most of what came in within a day leaves again.",
    ),
)
