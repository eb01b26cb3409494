from __future__ import annotations

import json
from datetime import datetime

from transactions.simulation import History, SimulationPlan, generate
from transactions.simulation.stream import stream

FIELDS = {
    "transaction_id",
    "user_id",
    "amount_minor",
    "currency",
    "kind",
    "channel",
    "timestamp",
    "merchant_id",
    "device_id",
    "ip_address",
    "country",
    "latitude",
    "longitude",
    "mcc",
    "card_token",
    "account_id",
}
ALWAYS = FIELDS - {"device_id", "ip_address", "latitude", "longitude", "mcc", "card_token"}


def test_each_transaction_becomes_one_request_in_the_order_of_arrival() -> None:
    small = generate(SimulationPlan(users=50, transactions=5_000))

    requests = list(stream(small))

    ids = [request["transaction_id"] for request in requests]
    assert ids == small.transactions["transaction_id"].to_list()


def test_requests_leave_out_what_is_not_known_and_are_plain_json(history: History) -> None:
    rows = history.transactions.head(5_000).iter_rows(named=True)
    for row, request in zip(rows, stream(history), strict=False):
        assert set(request) >= ALWAYS
        assert set(request) <= FIELDS
        assert None not in request.values()
        assert json.loads(json.dumps(request)) == request
        assert datetime.fromisoformat(request["timestamp"]) == row["occurred_at"]
        assert request["user_id"] == row["customer_id"]
        assert request["amount_minor"] == row["amount_minor"]
        assert ("mcc" in request) == (row["mcc"] is not None)
