"""Features of the amount and the time against this customer's habits."""

from __future__ import annotations

from scoring.features.spec import FeatureSpec

HABIT: tuple[FeatureSpec, ...] = (
    FeatureSpec("amount_eur", "EUR", "the amount", "amount", 0),
    FeatureSpec("amount_log", "log EUR", "the amount on a logarithmic scale", "amount"),
    FeatureSpec(
        "amount_roundness",
        "level",
        "how round the amount is: 0 has cents, then whole, tens, hundreds, thousands of euros",
        "amount",
        0,
        4,
    ),
    FeatureSpec(
        "amount_to_mean", "ratio", "the amount over this customer's mean so far", "amount", 0
    ),
    FeatureSpec(
        "amount_to_usual",
        "ratio",
        "the amount over this customer's usual, outliers weighing little",
        "amount",
        0,
    ),
    FeatureSpec(
        "amount_to_recent", "ratio", "the amount over this customer's recent mean", "amount", 0
    ),
    FeatureSpec(
        "amount_to_max", "ratio", "the amount over this customer's largest so far", "amount", 0
    ),
    FeatureSpec(
        "amount_to_mean_30d",
        "ratio",
        "the amount over this customer's mean of the last 30 days",
        "amount",
        0,
    ),
    FeatureSpec(
        "amount_z",
        "deviations",
        "how many standard deviations the amount is above this customer's mean",
        "amount",
    ),
    FeatureSpec(
        "amount_usual_z",
        "deviations",
        "how many usual deviations the amount is above this customer's usual",
        "amount",
    ),
    FeatureSpec(
        "amount_log_z",
        "deviations",
        "how many deviations the amount's logarithm is above this customer's mean",
        "amount",
    ),
    FeatureSpec(
        "amount_to_category",
        "ratio",
        "the amount over this customer's usual in this category of merchant",
        "amount",
        0,
    ),
    FeatureSpec(
        "amount_to_merchant",
        "ratio",
        "the amount over what this merchant usually receives",
        "amount",
        0,
    ),
    FeatureSpec(
        "amount_merchant_log_z",
        "deviations",
        "how many deviations the amount's logarithm is above this merchant's mean",
        "amount",
    ),
    FeatureSpec("customer_mean", "EUR", "this customer's mean amount so far", "amount", 0),
    FeatureSpec(
        "customer_std",
        "EUR",
        "the standard deviation of this customer's amounts so far",
        "amount",
        0,
    ),
    FeatureSpec(
        "customer_usual",
        "EUR",
        "this customer's usual amount, outliers weighing little",
        "amount",
        0,
    ),
    FeatureSpec("customer_max", "EUR", "this customer's largest amount so far", "amount", 0),
    FeatureSpec(
        "high_amounts_14d",
        "count",
        "this customer's amounts of the last 14 days that were far above their usual",
        "amount",
        0,
        64,
    ),
    FeatureSpec(
        "max_to_usual_14d",
        "ratio",
        "this customer's largest amount of the last 14 days over their usual",
        "amount",
        0,
    ),
    FeatureSpec(
        "open_high_amounts_14d",
        "count",
        "this customer's amounts of the last 14 days that were far above their usual and are not "
        "known to be honest",
        "amount",
        0,
        64,
    ),
    FeatureSpec(
        "open_max_to_usual_14d",
        "ratio",
        "this customer's largest amount of the last 14 days not known to be honest over their "
        "usual",
        "amount",
        0,
    ),
    FeatureSpec(
        "days_since_last", "days", "time since this customer's last transaction", "recency", 0
    ),
    FeatureSpec(
        "gap_to_habit",
        "ratio",
        "time since the last transaction over this customer's usual pause",
        "recency",
        0,
    ),
    FeatureSpec(
        "dormant_gap_7d",
        "days",
        "the longest pause of this customer that ended within 7 days or now",
        "recency",
        0,
    ),
    FeatureSpec(
        "days_since_merchant",
        "days",
        "time since this customer last paid this counterparty",
        "recency",
        0,
    ),
    FeatureSpec(
        "days_since_deposit", "days", "time since this customer's last deposit", "recency", 0
    ),
    FeatureSpec("hour_sin", "cycle", "the hour of the day (sine)", "time", -1, 1),
    FeatureSpec("hour_cos", "cycle", "the hour of the day (cosine)", "time", -1, 1),
    FeatureSpec("weekday_sin", "cycle", "the day of the week (sine)", "time", -1, 1),
    FeatureSpec("weekday_cos", "cycle", "the day of the week (cosine)", "time", -1, 1),
    FeatureSpec("is_night", "flag", "whether it is between midnight and six, UTC", "time", 0, 1),
    FeatureSpec("is_weekend", "flag", "whether it is Saturday or Sunday, UTC", "time", 0, 1),
    FeatureSpec(
        "hour_share",
        "share",
        "how much of this customer's history falls into this hour of the day or the ones beside it",
        "time",
        0,
        1,
    ),
    FeatureSpec(
        "weekday_share",
        "share",
        "how much of this customer's history falls on this day of the week",
        "time",
        0,
        1,
    ),
    FeatureSpec("is_payment", "flag", "whether it is a payment", "transaction", 0, 1),
    FeatureSpec("is_transfer", "flag", "whether it is a transfer", "transaction", 0, 1),
    FeatureSpec("is_withdrawal", "flag", "whether it is a withdrawal", "transaction", 0, 1),
    FeatureSpec("is_deposit", "flag", "whether it is a deposit", "transaction", 0, 1),
    FeatureSpec("is_web", "flag", "whether it was made on the web", "transaction", 0, 1),
    FeatureSpec("is_mobile", "flag", "whether it was made in the mobile app", "transaction", 0, 1),
    FeatureSpec("is_pos", "flag", "whether it was made at a terminal", "transaction", 0, 1),
    FeatureSpec("is_atm", "flag", "whether it was made at a cash machine", "transaction", 0, 1),
)
