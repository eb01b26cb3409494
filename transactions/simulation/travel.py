"""Trips: where a customer is at a given time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transactions.simulation.arrays import Flags, Floats, Ints
from transactions.simulation.calendar import DAY_S, HOUR_S, Calendar
from transactions.simulation.geography import another_city
from transactions.simulation.population import Population

# Most people travel once or twice in half a year, some never.
_TRIPS = 3
_TRIP_CHANCE = 0.35
# Median length of a trip and standard deviation of its logarithm.
_LENGTH_DAYS = (5.0, 0.6)
_LONGEST_DAYS = 28.0


@dataclass(frozen=True, slots=True, eq=False)
class Trips:
    """Three trips a customer, arrays of shape (users, 3); `starts_s` is infinite for none."""

    starts_s: Floats
    ends_s: Floats
    city: Ints

    def city_at(self, population: Population, customer: Ints, time_s: Floats) -> Ints:
        """Return the city each of these customers is in at each of these times."""
        city = population.city[customer]
        for trip in range(_TRIPS):
            is_away = (self.starts_s[customer, trip] <= time_s) & (
                time_s < self.ends_s[customer, trip]
            )
            city = np.where(is_away, self.city[customer, trip], city)
        return city

    def is_home(self, population: Population, customer: Ints, time_s: Floats) -> Flags:
        """Whether these customers are in their own city."""
        is_home: Flags = self.city_at(population, customer, time_s) == population.city[customer]
        return is_home


def plan_trips(population: Population, calendar: Calendar, rng: np.random.Generator) -> Trips:
    """Return everybody's trips; they begin and end by day, so that the way back takes its time."""
    shape = (len(population), _TRIPS)
    chance = min(1.0, _TRIP_CHANCE * calendar.days / 180)
    starts = np.floor(rng.uniform(0, calendar.days, shape)) * DAY_S
    starts += rng.uniform(8, 14, shape) * HOUR_S
    length = rng.lognormal(np.log(_LENGTH_DAYS[0]), _LENGTH_DAYS[1], shape)
    ends = starts + np.ceil(np.minimum(length, _LONGEST_DAYS)) * DAY_S
    starts[rng.random(shape) >= chance] = np.inf
    homes = np.repeat(population.city, _TRIPS)
    return Trips(starts, ends, another_city(homes, rng).reshape(shape))
