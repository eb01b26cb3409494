"""Requests without end: generated transactions that happen now."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from itertools import count

from transactions.simulation import SimulationPlan, generate
from transactions.simulation.stream import stream

# Made in a third of a second; 15 minutes at 20 a second.
USERS, TRANSACTIONS = 500, 18_000


def live_requests(seed: int, *, fraud_rate: float = 0.04) -> Iterator[dict[str, object]]:
    """Yield the fields of requests; whoever sends one sets its `timestamp`.

    The same seed gives the same payments of the same customers; ids of transactions are new in each
    run, or the site would answer what it answered before. When a history is used up, the next
    seed's follows.

    Examples
    --------
    >>> first, again = next(live_requests(1)), next(live_requests(1))
    >>> first["amount_minor"] == again["amount_minor"]
    True
    >>> first["transaction_id"] == again["transaction_id"]
    False
    """
    run = secrets.token_hex(4)
    for one in count(seed):
        plan = SimulationPlan(
            users=USERS, transactions=TRANSACTIONS, fraud_rate=fraud_rate, seed=one
        )
        for request in stream(generate(plan)):
            yield {**request, "transaction_id": f"{run}-{one}-{request['transaction_id']}"}
