"""Payment histories with honest and fraudulent behaviour, from one plan and its seed.

Knows no Django: plans in, tables in the form of `transactions.columns` out.
"""

from __future__ import annotations

from transactions.simulation.generate import STEPS, generate
from transactions.simulation.history import History
from transactions.simulation.plan import FRAUD_TYPES, PlanRefused, SimulationPlan

__all__ = ["FRAUD_TYPES", "STEPS", "History", "PlanRefused", "SimulationPlan", "generate"]
