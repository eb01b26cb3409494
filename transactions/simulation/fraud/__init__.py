"""All frauds of a plan: how many of which type, and the modules that commit them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from transactions.simulation.batch import Batch
from transactions.simulation.fraud.deceived_customers import (
    account_takeover,
    blacklisted_counterparty,
    structuring,
)
from transactions.simulation.fraud.episodes import Task
from transactions.simulation.fraud.rings import (
    FRAUDS_PER_IDENTITY,
    FRAUDS_PER_MULE,
    mule_ring,
    synthetic_identity,
)
from transactions.simulation.fraud.stolen_cards import amount_spike, card_testing, velocity_burst
from transactions.simulation.plan import FRAUD_TYPES, SimulationPlan
from transactions.simulation.world import World

# Shares of the fraudulent transactions. No type outweighs the others, so that no single trait of
# one type gives most of the fraud away.
_SHARES = {
    "velocity_burst": 0.15,
    "amount_spike": 0.09,
    "account_takeover": 0.14,
    "structuring": 0.12,
    "blacklisted_counterparty": 0.12,
    "card_testing": 0.14,
    "mule_ring": 0.14,
    "synthetic_identity": 0.10,
}
_COMMITTED: dict[str, Callable[[World, Task, np.random.Generator], Batch]] = {
    "velocity_burst": velocity_burst,
    "amount_spike": amount_spike,
    "account_takeover": account_takeover,
    "structuring": structuring,
    "blacklisted_counterparty": blacklisted_counterparty,
    "card_testing": card_testing,
    "mule_ring": mule_ring,
    "synthetic_identity": synthetic_identity,
}


def tasks_of(plan: SimulationPlan) -> list[Task]:
    """Return how many frauds of each type there are; together exactly the plan's number.

    A type that appears late has its usual rate from then on, and the others make up for it.

    Examples
    --------
    >>> plan = SimulationPlan(transactions=1_000, novel_fraud="structuring", novel_from=90)
    >>> [(task.fraud_type, task.count) for task in tasks_of(plan)][2:5]
    [('account_takeover', 6), ('structuring', 3), ('blacklisted_counterparty', 5)]
    """
    weights = np.array(
        [_SHARES[name] * (1.0 - plan.first_day_of(name) / plan.days) for name in FRAUD_TYPES]
    )
    ends = np.round(np.cumsum(weights) / weights.sum() * plan.frauds).astype(int)
    counts = np.diff(ends, prepend=0)
    return [
        Task(name, int(count), plan.first_day_of(name))
        for name, count in zip(FRAUD_TYPES, counts, strict=True)
    ]


def recruits(tasks: list[Task]) -> tuple[int, int]:
    """Return how many mules and invented people these frauds take."""
    counts = {task.fraud_type: task.count for task in tasks}
    mules = -(-counts["mule_ring"] // FRAUDS_PER_MULE)
    return mules, -(-counts["synthetic_identity"] // FRAUDS_PER_IDENTITY)


def commit(world: World, tasks: list[Task], rng: np.random.Generator) -> list[Batch]:
    """Return the frauds of each type that has any."""
    return [_COMMITTED[task.fraud_type](world, task, rng) for task in tasks if task.count]
