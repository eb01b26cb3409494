"""Generated payments as the bodies of requests, each with an id of its own in every run."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import msgspec

from transactions.simulation import SimulationPlan, generate
from transactions.simulation.stream import stream

USERS, TRANSACTIONS, BATCH = 2_000, 120_000, 1_000


class Payments:
    """Hands out payments of one generated history in their order, never one twice.

    Attributes
    ----------
    plan : SimulationPlan
    """

    def __init__(self, seed: int = 11) -> None:
        self.plan = SimulationPlan(
            users=USERS, transactions=TRANSACTIONS, fraud_rate=0.04, seed=seed
        )
        self._payments = _renamed(stream(generate(self.plan)), secrets.token_hex(4))

    def take(self, count: int) -> list[dict[str, object]]:
        """Return the next payments."""
        taken = list(islice(self._payments, count))
        if len(taken) < count:
            message = "the generated payments are used up; raise TRANSACTIONS"
            raise SystemExit(message)
        return taken

    def write_bodies(self, path: Path, count: int) -> None:
        """Write the bodies of single requests, one a line."""
        path.write_bytes(b"\n".join(map(msgspec.json.encode, self.take(count))))

    def write_batches(self, path: Path, count: int) -> None:
        """Write the bodies of batches, one a line."""
        path.write_bytes(b"\n".join(_batch(self.take(BATCH)) for _ in range(count)))


def _batch(payments: Sequence[dict[str, object]]) -> bytes:
    return msgspec.json.encode({"transactions": payments})


def _renamed(payments: Iterator[dict[str, object]], run: str) -> Iterator[dict[str, object]]:
    for payment in payments:
        yield {**payment, "transaction_id": f"{run}-{payment['transaction_id']}"}
