"""Transactions as the requests that an integrator would send."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from transactions.simulation.history import History

# Column of the files to field of the API, where they differ.
_FIELDS = {
    "transaction_id": "transaction_id",
    "customer_id": "user_id",
    "amount_minor": "amount_minor",
    "currency": "currency",
    "kind": "kind",
    "channel": "channel",
    "occurred_at": "timestamp",
    "merchant_id": "merchant_id",
    "device_id": "device_id",
    "ip_address": "ip_address",
    "country": "country",
    "latitude": "latitude",
    "longitude": "longitude",
    "mcc": "mcc",
    "card_token": "card_token",
    "account_id": "account_id",
}
_SLICE = 4_096


def stream(history: History) -> Iterator[dict[str, object]]:
    """Yield each transaction as the fields of a request, in the order of arrival.

    What is not known is left out; `timestamp` is ISO 8601 in UTC.

    Examples
    --------
    >>> from transactions.simulation import SimulationPlan, generate
    >>> request = next(stream(generate(SimulationPlan(users=50, transactions=1_000))))
    >>> sorted(request)[:2], request["timestamp"][:10]
    (['account_id', 'amount_minor'], '2026-01-01')
    """
    rows = history.transactions.select(
        history.transactions[column].alias(field) for column, field in _FIELDS.items()
    )
    for row_slice in rows.iter_slices(_SLICE):
        for row in row_slice.iter_rows(named=True):
            yield {field: _plain(value) for field, value in row.items() if value is not None}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
