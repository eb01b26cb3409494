"""Features of speed and of sums: bursts, card testing, split amounts, money passing through."""

from __future__ import annotations

from scoring.features.spec import FeatureSpec

VELOCITY: tuple[FeatureSpec, ...] = (
    FeatureSpec(
        "tx_count_1h", "count", "this customer's transactions in the last hour", "velocity", 0, 64
    ),
    FeatureSpec(
        "tx_count_24h",
        "count",
        "this customer's transactions in the last 24 hours",
        "velocity",
        0,
        64,
    ),
    FeatureSpec(
        "tx_count_7d", "count", "this customer's transactions in the last 7 days", "velocity", 0
    ),
    FeatureSpec(
        "tx_count_30d", "count", "this customer's transactions in the last 30 days", "velocity", 0
    ),
    FeatureSpec("tx_sum_1h", "EUR", "what this customer moved in the last hour", "velocity", 0),
    FeatureSpec(
        "tx_sum_24h", "EUR", "what this customer moved in the last 24 hours", "velocity", 0
    ),
    FeatureSpec("tx_sum_7d", "EUR", "what this customer moved in the last 7 days", "velocity", 0),
    FeatureSpec("tx_sum_30d", "EUR", "what this customer moved in the last 30 days", "velocity", 0),
    FeatureSpec(
        "merchants_1h",
        "count",
        "different counterparties of this customer in the last hour",
        "velocity",
        0,
        48,
    ),
    FeatureSpec(
        "merchants_24h",
        "count",
        "different counterparties of this customer in the last 24 hours",
        "velocity",
        0,
        48,
    ),
    FeatureSpec(
        "merchants_7d",
        "count",
        "different counterparties of this customer in the last 7 days",
        "velocity",
        0,
        48,
    ),
    FeatureSpec(
        "merchants_30d",
        "count",
        "different counterparties of this customer in the last 30 days",
        "velocity",
        0,
        48,
    ),
    FeatureSpec(
        "devices_1h",
        "count",
        "different devices of this customer in the last hour",
        "velocity",
        0,
        8,
    ),
    FeatureSpec(
        "devices_24h",
        "count",
        "different devices of this customer in the last 24 hours",
        "velocity",
        0,
        8,
    ),
    FeatureSpec(
        "devices_7d",
        "count",
        "different devices of this customer in the last 7 days",
        "velocity",
        0,
        8,
    ),
    FeatureSpec(
        "devices_30d",
        "count",
        "different devices of this customer in the last 30 days",
        "velocity",
        0,
        8,
    ),
    FeatureSpec(
        "countries_1h",
        "count",
        "different countries of this customer in the last hour",
        "velocity",
        0,
        6,
    ),
    FeatureSpec(
        "countries_24h",
        "count",
        "different countries of this customer in the last 24 hours",
        "velocity",
        0,
        6,
    ),
    FeatureSpec(
        "countries_7d",
        "count",
        "different countries of this customer in the last 7 days",
        "velocity",
        0,
        6,
    ),
    FeatureSpec(
        "countries_30d",
        "count",
        "different countries of this customer in the last 30 days",
        "velocity",
        0,
        6,
    ),
    FeatureSpec(
        "pace_24h",
        "ratio",
        "transactions of 24 hours, this one included, over this customer's daily pace of 30 days",
        "velocity",
        0,
    ),
    FeatureSpec(
        "small_count_1h",
        "count",
        "this customer's amounts below 5 euros in the last hour",
        "card_testing",
        0,
        64,
    ),
    FeatureSpec(
        "small_count_24h",
        "count",
        "this customer's amounts below 5 euros in the last 24 hours",
        "card_testing",
        0,
        64,
    ),
    FeatureSpec(
        "device_small_1h",
        "count",
        "amounts below 5 euros on this device in the last hour",
        "card_testing",
        0,
        32,
    ),
    FeatureSpec(
        "card_small_1h",
        "count",
        "amounts below 5 euros with this card in the last hour",
        "card_testing",
        0,
        32,
    ),
    FeatureSpec(
        "merchant_small_1h",
        "count",
        "amounts below 5 euros at this merchant in the last hour",
        "card_testing",
        0,
        32,
    ),
    FeatureSpec(
        "is_below_report_limit",
        "flag",
        "whether the amount is just under the reporting limit of 10,000 euros",
        "structuring",
        0,
        1,
    ),
    FeatureSpec(
        "below_limit_count_7d",
        "count",
        "this customer's amounts just under the reporting limit in the last 7 days",
        "structuring",
        0,
        64,
    ),
    FeatureSpec(
        "below_limit_sum_7d",
        "EUR",
        "the sum of this customer's amounts just under the reporting limit in the last 7 days",
        "structuring",
        0,
        640000,
    ),
    FeatureSpec(
        "split_sum_7d",
        "EUR",
        "the sum of this customer's amounts from 1,000 to 9,999.99 euros in the last 7 days",
        "structuring",
        0,
        640000,
    ),
    FeatureSpec(
        "deposits_24h", "EUR", "what this customer deposited in the last 24 hours", "flow", 0
    ),
    FeatureSpec(
        "deposits_48h", "EUR", "what this customer deposited in the last 48 hours", "flow", 0
    ),
    FeatureSpec(
        "outflow_24h",
        "EUR",
        "what this customer withdrew or transferred in the last 24 hours",
        "flow",
        0,
    ),
    FeatureSpec(
        "outflow_48h",
        "EUR",
        "what this customer withdrew or transferred in the last 48 hours",
        "flow",
        0,
    ),
    FeatureSpec(
        "passed_through_24h",
        "ratio",
        "what left again, this transaction included, over what was deposited in 24 hours",
        "flow",
        0,
    ),
    FeatureSpec(
        "passed_through_48h",
        "ratio",
        "what left again, this transaction included, over what was deposited in 48 hours",
        "flow",
        0,
    ),
    FeatureSpec(
        "amount_to_deposit", "ratio", "the amount over this customer's last deposit", "flow", 0
    ),
)
