"""What is remembered of each entity: one record a customer, a merchant, and a device, IP or card.

Lists are kept oldest first without gaps; the field named `…_used` says how many entries are valid.
Nothing points anywhere: a record is its bytes.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

# Raise it whenever a record below changes; blobs of another layout are refused and rebuilt.
LAYOUT_VERSION = 2


class EntityKind(IntEnum):
    """Whose state it is."""

    CUSTOMER = 1
    MERCHANT = 2
    DEVICE = 3
    IP = 4
    CARD = 5


ENTITY_KINDS: dict[EntityKind, str] = {kind: kind.name.lower() for kind in EntityKind}
"""The field of an event that holds the key of each kind."""

# Sizes: 64 transactions and 48 counterparties hold a month of all but the busiest customers (half
# of the generated ones make fewer than 17 in 30 days); what falls out of the 64 within 30 days is
# kept as sums by day. A customer's blob is at most 2.4 kB.
RECENT = 64
OVERFLOW_DAYS = 31
MERCHANTS = 48
DEVICES = 8
IPS = 8
COUNTRIES = 6
CATEGORIES = 12

CUSTOMER = np.dtype(
    [
        # `mean` and `log_mean` with their sums of squared deviations (Welford 1962) are of all time
        ("mean", "f8"),
        ("mean_squares", "f8"),
        ("log_mean", "f8"),
        ("log_squares", "f8"),
        ("applied", "u4"),
        ("clock", "u4"),
        ("first", "u4"),
        ("number", "u4"),
        ("amounts", "u4"),
        ("largest", "f4"),
        ("usual", "f4"),
        ("spread", "f4"),
        ("lately", "f4"),
        ("pause_days", "f4"),
        ("long_pause_days", "f4"),
        ("long_pause_end", "u4"),
        ("place_second", "u4"),
        ("latitude", "f4"),
        ("longitude", "f4"),
        ("home_latitude", "f4"),
        ("home_longitude", "f4"),
        ("places", "u4"),
        ("deposit_second", "u4"),
        ("deposit_amount", "f4"),
        ("labels", "u4"),
        ("frauds", "u4"),
        ("last_fraud", "u4"),
        ("fraud_share", "f4"),
        ("verified_second", "u4"),
        ("face_match_score", "f4"),
        ("liveness_score", "f4"),
        ("country", "u2"),
        ("verification_outcome", "i1"),
        ("verification_risk", "i1"),
        ("recent_used", "u1"),
        ("overflow_used", "u1"),
        ("merchant_used", "u1"),
        ("device_used", "u1"),
        ("ip_used", "u1"),
        ("country_used", "u1"),
        ("category_used", "u1"),
        ("hours", "u1", (24,)),
        ("weekdays", "u1", (7,)),
        ("recent_second", "u4", (RECENT,)),
        ("recent_amount", "f4", (RECENT,)),
        ("recent_transaction", "u4", (RECENT,)),
        ("overflow_sum", "f4", (OVERFLOW_DAYS,)),
        ("merchant_key", "u4", (MERCHANTS,)),
        ("merchant_last", "u4", (MERCHANTS,)),
        ("device_key", "u4", (DEVICES,)),
        ("device_first", "u4", (DEVICES,)),
        ("device_last", "u4", (DEVICES,)),
        ("ip_key", "u4", (IPS,)),
        ("ip_last", "u4", (IPS,)),
        ("country_last", "u4", (COUNTRIES,)),
        ("category_last", "u4", (CATEGORIES,)),
        ("category_usual", "f4", (CATEGORIES,)),
        ("overflow_day", "u2", (OVERFLOW_DAYS,)),
        ("overflow_count", "u2", (OVERFLOW_DAYS,)),
        ("merchant_count", "u2", (MERCHANTS,)),
        ("device_count", "u2", (DEVICES,)),
        ("country_key", "u2", (COUNTRIES,)),
        ("country_count", "u2", (COUNTRIES,)),
        ("category_key", "u2", (CATEGORIES,)),
        ("category_count", "u2", (CATEGORIES,)),
        ("recent_flags", "u1", (RECENT,)),
    ],
    align=True,
)

PAYERS = 24
SMALLS = 32
FRAUDS = 16

MERCHANT = np.dtype(
    [
        ("log_mean", "f8"),
        ("log_squares", "f8"),
        ("applied", "u4"),
        ("clock", "u4"),
        ("first", "u4"),
        ("number", "u4"),
        ("amounts", "u4"),
        ("usual", "f4"),
        ("customers", "u4"),
        ("new_share", "f4"),
        ("labels", "u4"),
        ("frauds", "u4"),
        ("ordinary_frauds", "u4"),
        ("fraud_share", "f4"),
        ("ordinary_share", "f4"),
        ("newest_labelled", "u4"),
        ("outbreak", "u4"),
        ("last_ordinary", "u4"),
        ("last_honest", "u4"),
        ("ordinary_outbreak", "u4"),
        ("run_least_z", "f4"),
        ("fraud_streak", "u2"),
        ("honest_streak", "u2"),
        ("ordinary_streak", "u2"),
        ("unexplained_streak", "u2"),
        ("last_label", "i1"),
        ("hour_used", "u1"),
        ("payer_used", "u1"),
        ("small_used", "u1"),
        ("fraud_used", "u1"),
        ("hour", "u4", (24,)),
        ("hour_count", "u4", (24,)),
        ("hour_sum", "f4", (24,)),
        ("payer_key", "u4", (PAYERS,)),
        ("payer_last", "u4", (PAYERS,)),
        ("small_second", "u4", (SMALLS,)),
        ("fraud_second", "u4", (FRAUDS,)),
    ],
    align=True,
)

USERS = 16
USES = 32

INSTRUMENT = np.dtype(
    [
        ("applied", "u4"),
        ("clock", "u4"),
        ("first", "u4"),
        ("number", "u4"),
        ("frauds", "u4"),
        ("customer_used", "u1"),
        ("card_used", "u1"),
        ("use_used", "u1"),
        ("customer_key", "u4", (USERS,)),
        ("customer_last", "u4", (USERS,)),
        ("card_key", "u4", (USERS,)),
        ("card_last", "u4", (USERS,)),
        ("use_second", "u4", (USES,)),
        ("use_small", "u1", (USES,)),
    ],
    align=True,
)

RECORDS: dict[EntityKind, np.dtype[np.void]] = {
    EntityKind.CUSTOMER: CUSTOMER,
    EntityKind.MERCHANT: MERCHANT,
    EntityKind.DEVICE: INSTRUMENT,
    EntityKind.IP: INSTRUMENT,
    EntityKind.CARD: INSTRUMENT,
}
