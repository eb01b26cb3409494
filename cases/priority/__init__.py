"""How urgent a case is, and why; when two people must agree. Knows no Django."""

from __future__ import annotations

from cases.priority.scale import Priority, PriorityInputs, PriorityPart, PriorityPolicy, prioritise
from cases.priority.second_look import SecondLookFacts, SecondLookPolicy, second_look_reason
from cases.priority.waiting import WAITING_STEPS, next_step_at, waiting_share

__all__ = [
    "WAITING_STEPS",
    "Priority",
    "PriorityInputs",
    "PriorityPart",
    "PriorityPolicy",
    "SecondLookFacts",
    "SecondLookPolicy",
    "next_step_at",
    "prioritise",
    "second_look_reason",
    "waiting_share",
]
