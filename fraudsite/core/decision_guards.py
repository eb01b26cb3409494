"""Who else has a say before a person decides: apps above tell the services of apps below.

A service that decides asks here first, so that what two people must agree on in one place is not
decided by one of them in another. Apps register in `AppConfig.ready`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Model


@dataclass(frozen=True, slots=True)
class Objection:
    """Why something is not decided here, and the page on which it is."""

    sentence: str
    url: str


Guard = Callable[[Model], Objection | None]
_guards: list[Guard] = []


def guard_register(guard: Guard) -> None:
    """Have a guard asked from now on; a second call changes nothing."""
    if guard not in _guards:
        _guards.append(guard)


def objection_to(subject: Model) -> Objection | None:
    """Return the first objection to deciding about this, None if nobody has one."""
    return next((found for guard in _guards if (found := guard(subject)) is not None), None)
