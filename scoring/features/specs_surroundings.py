"""Features of place, device, IP address, card and counterparty."""

from __future__ import annotations

from scoring.features.spec import FeatureSpec

SURROUNDINGS: tuple[FeatureSpec, ...] = (
    FeatureSpec("km_from_last", "km", "distance from the last known place", "place", 0, 20040),
    FeatureSpec("speed_kmh", "km/h", "speed needed from the last known place", "place", 0),
    FeatureSpec(
        "is_impossible_travel",
        "flag",
        "whether nobody could have travelled here from the last known place in that time",
        "place",
        0,
        1,
    ),
    FeatureSpec(
        "km_from_home", "km", "distance from where this customer usually is", "place", 0, 20040
    ),
    FeatureSpec(
        "is_country_new",
        "flag",
        "whether this customer was never seen in this country",
        "place",
        0,
        1,
    ),
    FeatureSpec(
        "country_share",
        "share",
        "how much of this customer's history is in this country",
        "place",
        0,
        1,
    ),
    FeatureSpec(
        "is_country_changed",
        "flag",
        "whether the country differs from the last transaction's",
        "place",
        0,
        1,
    ),
    FeatureSpec(
        "is_device_new",
        "flag",
        "whether this customer was never seen with this device",
        "device",
        0,
        1,
    ),
    FeatureSpec(
        "device_age_days",
        "days",
        "time since this customer was first seen with this device",
        "device",
        0,
    ),
    FeatureSpec(
        "device_share",
        "share",
        "how much of this customer's history is on this device",
        "device",
        0,
        1,
    ),
    FeatureSpec(
        "device_known_days",
        "days",
        "time since anybody was first seen with this device",
        "device",
        0,
    ),
    FeatureSpec(
        "device_customers_24h",
        "count",
        "other customers on this device in the last 24 hours",
        "device",
        0,
        16,
    ),
    FeatureSpec(
        "device_customers", "count", "other customers ever seen on this device", "device", 0, 16
    ),
    FeatureSpec(
        "device_cards_1h",
        "count",
        "different cards on this device in the last hour",
        "device",
        0,
        16,
    ),
    FeatureSpec(
        "device_cards_24h",
        "count",
        "different cards on this device in the last 24 hours",
        "device",
        0,
        16,
    ),
    FeatureSpec(
        "device_count_1h", "count", "transactions on this device in the last hour", "device", 0, 32
    ),
    FeatureSpec(
        "device_count_24h",
        "count",
        "transactions on this device in the last 24 hours",
        "device",
        0,
        32,
    ),
    FeatureSpec(
        "is_ip_new",
        "flag",
        "whether this customer was never seen at this IP address",
        "device",
        0,
        1,
    ),
    FeatureSpec(
        "ip_known_days", "days", "time since anybody was first seen at this IP address", "device", 0
    ),
    FeatureSpec(
        "ip_customers_24h",
        "count",
        "other customers at this IP address in the last 24 hours",
        "device",
        0,
        16,
    ),
    FeatureSpec(
        "ip_customers", "count", "other customers ever seen at this IP address", "device", 0, 16
    ),
    FeatureSpec(
        "ip_count_1h",
        "count",
        "transactions from this IP address in the last hour",
        "device",
        0,
        32,
    ),
    FeatureSpec(
        "ip_count_24h",
        "count",
        "transactions from this IP address in the last 24 hours",
        "device",
        0,
        32,
    ),
    FeatureSpec("card_known_days", "days", "time since this card was first seen", "device", 0),
    FeatureSpec(
        "card_customers", "count", "other customers ever seen with this card", "device", 0, 16
    ),
    FeatureSpec(
        "card_count_1h", "count", "transactions with this card in the last hour", "device", 0, 32
    ),
    FeatureSpec(
        "card_count_24h",
        "count",
        "transactions with this card in the last 24 hours",
        "device",
        0,
        32,
    ),
    FeatureSpec(
        "is_merchant_new",
        "flag",
        "whether this customer never paid this counterparty",
        "counterparty",
        0,
        1,
    ),
    FeatureSpec(
        "merchant_share",
        "share",
        "how much of this customer's history is with this counterparty",
        "counterparty",
        0,
        1,
    ),
    FeatureSpec(
        "merchant_known_days",
        "days",
        "time since anybody first paid this counterparty",
        "counterparty",
        0,
    ),
    FeatureSpec(
        "merchant_customers",
        "count",
        "customers who ever paid this counterparty",
        "counterparty",
        0,
    ),
    FeatureSpec(
        "merchant_customers_24h",
        "count",
        "other customers who paid this counterparty in the last 24 hours",
        "counterparty",
        0,
        24,
    ),
    FeatureSpec(
        "merchant_count_24h",
        "count",
        "transactions at this counterparty in the last 24 hours",
        "counterparty",
        0,
    ),
    FeatureSpec(
        "merchant_sum_24h",
        "EUR",
        "what this counterparty received in the last 24 hours",
        "counterparty",
        0,
    ),
    FeatureSpec(
        "merchant_new_share",
        "share",
        "how many of this counterparty's recent payers were new to it",
        "counterparty",
        0,
        1,
    ),
    FeatureSpec(
        "merchant_pace",
        "ratio",
        "transactions at this counterparty in the last 24 hours over its daily pace",
        "counterparty",
        0,
    ),
    FeatureSpec(
        "is_category_new",
        "flag",
        "whether this customer never paid in this category of merchant",
        "counterparty",
        0,
        1,
    ),
    FeatureSpec(
        "category_share",
        "share",
        "how much of this customer's history is in this category of merchant",
        "counterparty",
        0,
        1,
    ),
)
