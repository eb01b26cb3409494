"""The columns of transaction history in files and frames: one form for all who read and write it.

The generator writes these files, `import_transactions` and `score_file` read them, training and
backtests work on them. Knows no Django; the database's tables carry the same nouns.
"""

from __future__ import annotations

import polars as pl

INSTANT = pl.Datetime("us", "UTC")

KINDS = ("payment", "transfer", "withdrawal", "deposit")
CHANNELS = ("web", "mobile", "pos", "atm", "api")
OUTCOMES = ("approved", "in_review", "declined", "pending")
RISK_LEVELS = ("low", "medium", "high")

# One row a transaction. `merchant_id` is the counterparty: a shop, a payee, the other account.
TRANSACTIONS: dict[str, pl.DataType] = {
    "transaction_id": pl.String(),
    "customer_id": pl.String(),
    "account_id": pl.String(),
    "card_token": pl.String(),
    "device_id": pl.String(),
    "ip_address": pl.String(),
    "merchant_id": pl.String(),
    "kind": pl.String(),
    "channel": pl.String(),
    "amount_minor": pl.Int64(),
    "currency": pl.String(),
    "amount_reference_minor": pl.Int64(),
    "occurred_at": INSTANT,
    "arrived_at": INSTANT,
    "country": pl.String(),
    "latitude": pl.Float32(),
    "longitude": pl.Float32(),
    "mcc": pl.Int16(),
}
# What must be filled; the rest may be null or left out.
REQUIRED = ("transaction_id", "customer_id", "kind", "amount_minor", "currency", "occurred_at")

# One row a label, at the time it became known; a later row for the same transaction replaces it.
# `fraud_type` is for error analysis only and never a feature.
LABELS: dict[str, pl.DataType] = {
    "transaction_id": pl.String(),
    "is_fraud": pl.Boolean(),
    "source": pl.String(),
    "known_at": INSTANT,
    "fraud_type": pl.String(),
}

CUSTOMERS: dict[str, pl.DataType] = {
    "customer_id": pl.String(),
    "opened_at": INSTANT,
    "country": pl.String(),
    "birth_year": pl.Int16(),
}

# One row each time a verification reached an outcome; the newest counts. Scores: 0…1, best 1.
KYC_PROFILES: dict[str, pl.DataType] = {
    "customer_id": pl.String(),
    "decided_at": INSTANT,
    "outcome": pl.String(),
    "risk_level": pl.String(),
    "face_match_score": pl.Float32(),
    "liveness_score": pl.Float32(),
}

ACCOUNTS: dict[str, pl.DataType] = {
    "account_id": pl.String(),
    "customer_id": pl.String(),
    "kind": pl.String(),
    "currency": pl.String(),
    "opened_at": INSTANT,
}

MERCHANTS: dict[str, pl.DataType] = {
    "merchant_id": pl.String(),
    "name": pl.String(),
    "mcc": pl.Int16(),
    "country": pl.String(),
    "is_blacklisted": pl.Boolean(),
}

DEVICES: dict[str, pl.DataType] = {
    "device_id": pl.String(),
    "fingerprint": pl.String(),
    "first_seen_at": INSTANT,
}

IP_HISTORY: dict[str, pl.DataType] = {
    "device_id": pl.String(),
    "ip_address": pl.String(),
    "first_seen_at": INSTANT,
    "last_seen_at": INSTANT,
}

# File name of each table in a folder of history.
FILES: dict[str, dict[str, pl.DataType]] = {
    "customers": CUSTOMERS,
    "kyc_profiles": KYC_PROFILES,
    "accounts": ACCOUNTS,
    "merchants": MERCHANTS,
    "devices": DEVICES,
    "ip_history": IP_HISTORY,
    "transactions": TRANSACTIONS,
    "labels": LABELS,
}


def code_of(word: str, words: tuple[str, ...]) -> int:
    """Return the number a word travels under in compiled code: its place from 1 on, 0 if unknown.

    Examples
    --------
    >>> code_of("transfer", KINDS), code_of("gift", KINDS)
    (2, 0)
    """
    return words.index(word) + 1 if word in words else 0
