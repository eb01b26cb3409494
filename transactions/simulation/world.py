"""Everything that exists before anybody pays, in one value, and how it is set up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transactions.simulation.addresses import Addresses, hand_out_addresses
from transactions.simulation.arrays import Floats, Ints
from transactions.simulation.calendar import Calendar, calendar_of
from transactions.simulation.devices import Devices, hand_out_devices
from transactions.simulation.favourites import Favourites, choose_favourites
from transactions.simulation.merchants import Directory, open_merchants
from transactions.simulation.plan import SimulationPlan
from transactions.simulation.population import Population, settle
from transactions.simulation.travel import Trips, plan_trips

# Fraudulent transactions to a device and to a rented host: an episode or two each.
_FRAUDS_PER_DEVICE = 9
_FRAUDS_PER_HOST = 14
# At most this share of the customers is recruited, and invented.
_ROLE_SHARE = 0.06


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """The customers, the counterparties, and what they use."""

    plan: SimulationPlan
    calendar: Calendar
    population: Population
    directory: Directory
    devices: Devices
    addresses: Addresses
    trips: Trips
    favourites: Favourites

    def opened_s(self, customer: Ints) -> Floats:
        """Return the second from which on these customers can pay within the history."""
        return np.maximum(self.population.opened_day[customer], 0.0) * 86_400.0


def set_up(plan: SimulationPlan, *, mules: int, synthetics: int, rng: np.random.Generator) -> World:
    """Return a world for a plan with about so many recruited and invented customers."""
    calendar = calendar_of(plan)
    limit = max(1, int(plan.users * _ROLE_SHARE))
    population = settle(plan, mules=min(mules, limit), synthetics=min(synthetics, limit), rng=rng)
    directory = open_merchants(plan, rng)
    devices = hand_out_devices(
        population, calendar, attackers=plan.frauds // _FRAUDS_PER_DEVICE, rng=rng
    )
    addresses = hand_out_addresses(
        population, calendar, hosts=plan.frauds // _FRAUDS_PER_HOST, rng=rng
    )
    trips = plan_trips(population, calendar, rng)
    favourites = choose_favourites(population, directory, rng)
    return World(plan, calendar, population, directory, devices, addresses, trips, favourites)
