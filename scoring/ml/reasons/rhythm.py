"""How features of speed, pauses and times of day are told."""

from __future__ import annotations

from scoring.ml.reasons.phrases import (
    counted,
    day_of_week,
    euros,
    flag,
    hour_of_day,
    lasting,
    lines,
    part,
    times,
)

_OTHER = "other transaction"
_SMALL = "earlier amount"

RHYTHM = {
    **lines(
        "velocity",
        {
            "tx_count_1h": counted("{n} of this customer within the last hour.", _OTHER),
            "tx_count_24h": counted("{n} of this customer within the last 24 hours.", _OTHER),
            "tx_count_7d": counted("{n} of this customer within the last 7 days.", _OTHER),
            "tx_count_30d": counted("{n} of this customer within the last 30 days.", _OTHER),
            "pace_24h": times("The pace of the last 24 hours is {x} this customer's of 30 days."),
        },
    ),
    **lines(
        "spending_speed",
        {
            "tx_sum_1h": euros("{sum} moved by this customer within the last hour."),
            "tx_sum_24h": euros("{sum} moved by this customer within the last 24 hours."),
            "tx_sum_7d": euros("{sum} moved by this customer within the last 7 days."),
            "tx_sum_30d": euros("{sum} moved by this customer within the last 30 days."),
        },
    ),
    **lines(
        "counterparty_switching",
        {
            "merchants_1h": counted(
                "{n} of this customer within the last hour.", "counterparty", "counterparties"
            ),
            "merchants_24h": counted(
                "{n} of this customer within the last 24 hours.", "counterparty", "counterparties"
            ),
            "merchants_7d": counted(
                "{n} of this customer within the last 7 days.", "counterparty", "counterparties"
            ),
            "merchants_30d": counted(
                "{n} of this customer within the last 30 days.", "counterparty", "counterparties"
            ),
        },
    ),
    **lines(
        "device_switching",
        {
            "devices_1h": counted("{n} used by this customer within the last hour.", "device"),
            "devices_24h": counted("{n} used by this customer within the last 24 hours.", "device"),
            "devices_7d": counted("{n} used by this customer within the last 7 days.", "device"),
            "devices_30d": counted("{n} used by this customer within the last 30 days.", "device"),
        },
    ),
    **lines(
        "country_switching",
        {
            "countries_1h": counted(
                "{n} of this customer within the last hour.", "country", "countries"
            ),
            "countries_24h": counted(
                "{n} of this customer within the last 24 hours.", "country", "countries"
            ),
            "countries_7d": counted(
                "{n} of this customer within the last 7 days.", "country", "countries"
            ),
            "countries_30d": counted(
                "{n} of this customer within the last 30 days.", "country", "countries"
            ),
            "is_country_changed": flag(
                "The country is another than at the last transaction.",
                "The country is the same as at the last transaction.",
            ),
        },
    ),
    **lines(
        "card_testing",
        {
            "small_count_1h": counted(
                "{n} below 5 euros of this customer within the last hour.", _SMALL
            ),
            "small_count_24h": counted(
                "{n} below 5 euros of this customer within the last 24 hours.", _SMALL
            ),
            "device_small_1h": counted(
                "{n} below 5 euros on this device within the last hour.", _SMALL
            ),
            "card_small_1h": counted(
                "{n} below 5 euros with this card within the last hour.", _SMALL
            ),
            "merchant_small_1h": counted(
                "{n} below 5 euros at this merchant within the last hour.", _SMALL
            ),
        },
    ),
    **lines(
        "recency",
        {
            "days_since_last": lasting("This customer's last transaction was {time} ago."),
            "gap_to_habit": times(
                "The pause since the last transaction is {x} this customer's usual."
            ),
        },
    ),
    **lines(
        "dormant_account",
        {
            "dormant_gap_7d": lasting(
                "The longest pause that ended within the last 7 days was {time}."
            )
        },
    ),
    **lines(
        "time_of_day",
        {
            "hour_sin": hour_of_day,
            "hour_cos": hour_of_day,
            "is_night": flag(
                "It is between midnight and six, UTC.", "It is not between midnight and six, UTC."
            ),
            "hour_share": part(
                "{part} of this customer's transactions were made around this hour."
            ),
        },
    ),
    **lines(
        "day_of_week",
        {
            "weekday_sin": day_of_week,
            "weekday_cos": day_of_week,
            "is_weekend": flag("It is a weekend, UTC.", "It is not a weekend, UTC."),
            "weekday_share": part(
                "{part} of this customer's transactions were made on this day of the week."
            ),
        },
    ),
    **lines(
        "transaction_kind",
        {
            "is_payment": flag("It is a payment.", "It is not a payment."),
            "is_transfer": flag("It is a transfer.", "It is not a transfer."),
            "is_withdrawal": flag("It is a withdrawal.", "It is not a withdrawal."),
            "is_deposit": flag("It is a deposit.", "It is not a deposit."),
        },
    ),
    **lines(
        "channel",
        {
            "is_web": flag("It was made on the web.", "It was not made on the web."),
            "is_mobile": flag(
                "It was made in the mobile app.", "It was not made in the mobile app."
            ),
            "is_pos": flag("It was made at a terminal.", "It was not made at a terminal."),
            "is_atm": flag("It was made at a cash machine.", "It was not made at a cash machine."),
        },
    ),
}
