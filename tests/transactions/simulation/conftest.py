"""One history for all that only look at it."""

from __future__ import annotations

import pytest

from transactions.simulation import History, SimulationPlan, generate


@pytest.fixture(scope="session")
def history() -> History:
    return generate(SimulationPlan(users=1_000, transactions=100_000, seed=5))
