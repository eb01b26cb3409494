"""Customers with their habits: where they live, when and how they pay, what they own."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from transactions.simulation.arrays import Flags, Floats, Ints
from transactions.simulation.geography import CITIES, home_cities, scattered
from transactions.simulation.plan import SimulationPlan

# Customers who join within half a year.
_JOINING_SHARE = 0.15
_MEAN_AGE_DAYS = 900.0
_OLDEST_DAYS = 3_650.0
# Sizes of households, and their shares.
_HOUSEHOLDS = ((1, 2, 3, 4, 5), (0.42, 0.30, 0.13, 0.11, 0.04))
# Standard deviations of the logarithm of how often and how dear people buy.
_ACTIVITY_SPREAD = 0.55
_SPENDING_SPREAD = 0.40
# Whoever lends their account rarely uses it; invented people pretend to live, but only so much.
_ROLE_ACTIVITY = (1.0, 0.5, 0.6)


class Role(IntEnum):
    """What somebody is in the simulation; nothing of it is ever written."""

    ORDINARY = 0
    MULE = 1
    SYNTHETIC = 2


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """All customers, each known by their place in these arrays, all of shape (users,).

    Attributes
    ----------
    opened_day : ndarray
        When they joined, in days since the start; negative: before.
    activity : ndarray
        Relative number of payments in a day.
    log_spending : ndarray
        Logarithm of their amounts against the average customer's.
    noon_h, evening_h, night_h : ndarray
        Local hours about which they pay.
    peak_shares : ndarray of shape (users, 2)
        Share of payments at noon, and up to the evening.
    """

    role: Ints
    city: Ints
    latitude: Floats
    longitude: Floats
    household: Ints
    employer: Ints
    opened_day: Floats
    activity: Floats
    log_spending: Floats
    noon_h: Floats
    evening_h: Floats
    night_h: Floats
    peak_shares: Floats
    mobile_share: Floats
    has_wallet: Flags
    works_in_office: Flags
    is_vpn_user: Flags
    is_business: Flags
    is_freelancer: Flags
    has_second_card: Flags
    birth_year: Ints

    def __len__(self) -> int:
        return len(self.role)

    def of_role(self, role: Role) -> Ints:
        """Return the places of everybody in a role."""
        return np.flatnonzero(self.role == role)


def settle(
    plan: SimulationPlan, *, mules: int, synthetics: int, rng: np.random.Generator
) -> Population:
    """Return the customers, of whom so many are recruited or invented."""
    users = plan.users
    role = np.zeros(users, dtype=np.int64)
    picked = rng.permutation(users)[: mules + synthetics]
    role[picked[:mules]] = Role.MULE
    role[picked[mules:]] = Role.SYNTHETIC
    household, city, latitude, longitude = _homes(users, rng)
    noon_share = rng.uniform(0.2, 0.5, users)
    return Population(
        role=role,
        city=city,
        latitude=latitude,
        longitude=longitude,
        household=household,
        employer=rng.integers(0, max(5, users // 40), users),
        opened_day=_opening_days(plan, role, rng),
        activity=rng.lognormal(0.0, _ACTIVITY_SPREAD, users) * np.array(_ROLE_ACTIVITY)[role],
        log_spending=rng.normal(0.0, _SPENDING_SPREAD, users),
        noon_h=rng.normal(12.3, 1.3, users),
        evening_h=rng.normal(18.2, 1.2, users),
        night_h=rng.normal(21.3, 1.0, users) - 10.0 * (rng.random(users) < 0.05),
        peak_shares=np.column_stack([noon_share, noon_share + rng.uniform(0.2, 0.4, users)]),
        mobile_share=rng.beta(4.0, 2.5, users),
        has_wallet=rng.random(users) < 0.45,
        works_in_office=rng.random(users) < 0.35,
        is_vpn_user=rng.random(users) < 0.05,
        is_business=rng.random(users) < 0.02,
        is_freelancer=rng.random(users) < 0.04,
        has_second_card=rng.random(users) < 0.3,
        birth_year=plan.start.year - np.clip(rng.normal(42, 15, users), 18, 92).astype(np.int64),
    )


def _homes(users: int, rng: np.random.Generator) -> tuple[Ints, Ints, Floats, Floats]:
    """Return household, city and coordinates; who lives together is spread over the places."""
    sizes = rng.choice(_HOUSEHOLDS[0], users, p=_HOUSEHOLDS[1])
    household = np.repeat(np.arange(users), sizes)[:users]
    count = int(household[-1]) + 1
    cities = home_cities(users)
    weights = np.array([city.weight for city in CITIES[:cities]])
    city = rng.choice(cities, count, p=weights / weights.sum())
    latitude, longitude = scattered(city, rng)
    mixed = rng.permutation(household)
    return mixed, city[mixed], latitude[mixed], longitude[mixed]


def _opening_days(plan: SimulationPlan, role: Ints, rng: np.random.Generator) -> Floats:
    """Return when customers joined: most long ago, the invented ones not long before they act."""
    users = len(role)
    opened = -1.0 - np.minimum(rng.exponential(_MEAN_AGE_DAYS, users), _OLDEST_DAYS)
    joins = rng.random(users) < min(0.5, _JOINING_SHARE * plan.days / 180)
    is_young = (role == Role.SYNTHETIC) | ((role == Role.MULE) & (rng.random(users) < 0.35))
    opened[joins] = rng.uniform(0, plan.days * 0.95, int(joins.sum()))
    opened[is_young] = rng.uniform(-75.0, plan.days * 0.7, int(is_young.sum()))
    return opened
