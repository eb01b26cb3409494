"""Who has a say when a person is erased: apps above tell the service of an app below.

The service that erases asks here first whether anything must be kept, and then has every app
forget what is its own, in one transaction. Apps register in `AppConfig.ready`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fraudsite.core.actors import Actor


@dataclass(frozen=True, slots=True)
class ErasureObjection:
    """Why a customer is not erased now.

    Attributes
    ----------
    code : str
        Stable, for scripts and the audit trail.
    sentence : str
        For a person who may erase; it gives away nothing that they may not know.
    """

    code: str
    sentence: str


# What stands against erasing a customer, if anything does.
ErasureGuard = Callable[[uuid.UUID], ErasureObjection | None]
# Deletes what an app knows of a customer; returns how many rows, by what they were.
ErasureHook = Callable[[uuid.UUID, Actor], Mapping[str, int]]

_guards: list[ErasureGuard] = []
_hooks: list[ErasureHook] = []


def erasure_register(*, guard: ErasureGuard | None = None, hook: ErasureHook | None = None) -> None:
    """Have a guard asked and a hook called from now on; a second call changes nothing."""
    if guard is not None and guard not in _guards:
        _guards.append(guard)
    if hook is not None and hook not in _hooks:
        _hooks.append(hook)


def erasure_objection(customer_id: uuid.UUID) -> ErasureObjection | None:
    """Return the first objection of an app above, None if nobody has one."""
    found = (guard(customer_id) for guard in _guards)
    return next((objection for objection in found if objection is not None), None)


def erasure_forget(customer_id: uuid.UUID, actor: Actor) -> dict[str, int]:
    """Have the apps above forget a customer; return how many rows of what they deleted."""
    forgotten: dict[str, int] = {}
    for hook in _hooks:
        forgotten |= hook(customer_id, actor)
    return forgotten
