"""How features of place, device, IP address, card and counterparty are told."""

from __future__ import annotations

from scoring.ml.reasons.phrases import (
    counted,
    euros,
    flag,
    lasting,
    lines,
    number,
    part,
    times,
)

_CUSTOMER = "other customer"
_TRANSACTION = "other transaction"

SURROUNDINGS = {
    **lines(
        "geo_velocity",
        {
            "km_from_last": number("The last known place is {n} km away."),
            "speed_kmh": number("Coming here from the last known place takes {n} km/h."),
            "is_impossible_travel": flag(
                "Nobody can have travelled here from the last known place in that time.",
                "The way from the last known place can be travelled in that time.",
            ),
        },
    ),
    **lines(
        "unusual_place",
        {
            "km_from_home": number("The place is {n} km from where this customer usually is."),
            "is_country_new": flag(
                "First transaction of this customer in this country.",
                "This customer was in this country before.",
            ),
            "country_share": part("{part} of this customer's transactions were in this country."),
        },
    ),
    **lines(
        "device_novelty",
        {
            "is_device_new": flag(
                "First transaction of this customer from this device.",
                "This customer used this device before.",
            ),
            "device_age_days": lasting("This customer has used this device for {time}."),
            "device_share": part("{part} of this customer's transactions were on this device."),
            "device_known_days": lasting("The device has been known for {time}."),
        },
    ),
    **lines(
        "device_sharing",
        {
            "device_customers_24h": counted(
                "Device was used by {n} within the last 24 hours.", _CUSTOMER
            ),
            "device_customers": counted("Device was used by {n}.", _CUSTOMER),
            "device_cards_1h": counted("{n} on this device within the last hour.", "card"),
            "device_cards_24h": counted("{n} on this device within the last 24 hours.", "card"),
        },
    ),
    **lines(
        "device_activity",
        {
            "device_count_1h": counted("{n} on this device within the last hour.", _TRANSACTION),
            "device_count_24h": counted(
                "{n} on this device within the last 24 hours.", _TRANSACTION
            ),
        },
    ),
    **lines(
        "ip_novelty",
        {
            "is_ip_new": flag(
                "First transaction of this customer from this IP address.",
                "This customer used this IP address before.",
            ),
            "ip_known_days": lasting("The IP address has been known for {time}."),
        },
    ),
    **lines(
        "ip_sharing",
        {
            "ip_customers_24h": counted(
                "IP address was used by {n} within the last 24 hours.", _CUSTOMER
            ),
            "ip_customers": counted("IP address was used by {n}.", _CUSTOMER),
        },
    ),
    **lines(
        "ip_activity",
        {
            "ip_count_1h": counted("{n} from this IP address within the last hour.", _TRANSACTION),
            "ip_count_24h": counted(
                "{n} from this IP address within the last 24 hours.", _TRANSACTION
            ),
        },
    ),
    **lines(
        "card_activity",
        {
            "card_known_days": lasting("The card has been known for {time}."),
            "card_customers": counted("Card was used by {n}.", _CUSTOMER),
            "card_count_1h": counted("{n} with this card within the last hour.", _TRANSACTION),
            "card_count_24h": counted("{n} with this card within the last 24 hours.", _TRANSACTION),
        },
    ),
    **lines(
        "counterparty_novelty",
        {
            "is_merchant_new": flag(
                "First transaction of this customer with this counterparty.",
                "This customer dealt with this counterparty before.",
            ),
            "merchant_share": part(
                "{part} of this customer's transactions were with this counterparty."
            ),
            "days_since_merchant": lasting(
                "The last transaction with this counterparty was {time} ago."
            ),
        },
    ),
    **lines(
        "counterparty_activity",
        {
            "merchant_known_days": lasting("The counterparty has been known for {time}."),
            "merchant_customers": counted("Counterparty was paid by {n} so far.", "customer"),
            "merchant_customers_24h": counted(
                "Counterparty was paid by {n} within the last 24 hours.", _CUSTOMER
            ),
            "merchant_count_24h": counted(
                "{n} at this counterparty within the last 24 hours.", _TRANSACTION
            ),
            "merchant_sum_24h": euros(
                "{sum} received by this counterparty within the last 24 hours."
            ),
            "merchant_new_share": part(
                "{part} of this counterparty's recent payers were new to it."
            ),
            "merchant_pace": times(
                "Transactions of 24 hours at this counterparty are {x} its daily pace."
            ),
        },
    ),
    **lines(
        "category_novelty",
        {
            "is_category_new": flag(
                "First transaction of this customer in this category of merchant.",
                "This customer paid in this category of merchant before.",
            ),
            "category_share": part(
                "{part} of this customer's transactions were in this category of merchant."
            ),
        },
    ),
}
