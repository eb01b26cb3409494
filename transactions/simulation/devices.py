"""Whose devices there are, and which of their own somebody takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transactions.simulation.arrays import Flags, Floats, Ints
from transactions.simulation.calendar import DAY_S, Calendar
from transactions.simulation.population import Population

# Telephones replaced within half a year.
_REPLACED_SHARE = 0.18
# People with a computer of their own; the others share the household's.
_OWN_COMPUTER_SHARE = 0.55
# Online payments in the browser that are made on the telephone all the same.
_BROWSER_ON_PHONE = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class Devices:
    """Numbers of devices: telephones old and new, computers of people and households, thieves'.

    The ranges say only where the numbers lie inside the simulation. Ids are drawn over all of them
    alike (see `identifiers`).
    """

    replaced_s: Floats
    has_own_computer: Flags
    households: int
    attackers: range

    def __len__(self) -> int:
        return self.attackers.stop

    def phone(self, customer: Ints, time_s: Floats) -> Ints:
        """Return the telephone these customers carry at these times."""
        is_new = time_s >= self.replaced_s[customer]
        device: Ints = customer + np.where(is_new, len(self.replaced_s), 0)
        return device

    def computer(self, population: Population, customer: Ints) -> Ints:
        """Return their own computer or their household's."""
        users = len(self.replaced_s)
        own = 2 * users + customer
        shared = 3 * users + population.household[customer]
        return np.where(self.has_own_computer[customer], own, shared)

    def for_web(
        self, population: Population, customer: Ints, time_s: Floats, rng: np.random.Generator
    ) -> Ints:
        """Return what they use in a browser."""
        takes_phone = rng.random(len(customer)) < _BROWSER_ON_PHONE
        computer = self.computer(population, customer)
        return np.where(takes_phone, self.phone(customer, time_s), computer)

    def of_attackers(self, places: Ints) -> Ints:
        """Return the thieves' devices of these places, counted round."""
        return self.attackers.start + places % len(self.attackers)


def hand_out_devices(
    population: Population, calendar: Calendar, *, attackers: int, rng: np.random.Generator
) -> Devices:
    """Return everybody's devices and so many of thieves."""
    users = len(population)
    replaced = rng.uniform(0, calendar.days, users) * DAY_S
    is_kept = rng.random(users) >= min(0.9, _REPLACED_SHARE * calendar.days / 180)
    replaced[is_kept] = np.inf
    households = int(population.household.max()) + 1
    first = 3 * users + households
    return Devices(
        replaced,
        rng.random(users) < _OWN_COMPUTER_SHARE,
        households,
        range(first, first + max(4, attackers)),
    )
