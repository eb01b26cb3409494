"""IP addresses: homes, offices, mobile networks, hotels, VPN exits, and hosts that thieves rent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transactions.simulation.arrays import Floats, Ints
from transactions.simulation.calendar import DAY_S, Calendar
from transactions.simulation.geography import CITIES, COUNTRIES, COUNTRY_OF_CITY
from transactions.simulation.population import Population

# A provider gives a home another address after so many days.
_LEASE_DAYS = (40.0, 200.0)
# Customers to an address of a mobile network, and how many of its addresses one customer meets.
_BEHIND_MOBILE = 12
_MOBILE_HABIT = 5
_HOTELS_PER_CITY = 60
_BEHIND_VPN = 150


@dataclass(frozen=True, slots=True, eq=False)
class Addresses:
    """Numbers of addresses, by what they are; `exit_city` is where VPN exits and hosts stand."""

    lease_s: Floats
    leases: int
    homes: range
    offices: range
    mobile_starts: Ints
    mobile_sizes: Ints
    hotels: range
    vpn: range
    hosts: range
    exit_city: Ints

    def __len__(self) -> int:
        return self.hosts.stop

    def home(self, population: Population, customer: Ints, time_s: Floats) -> Ints:
        """Return the address of their home at these times."""
        household = population.household[customer]
        lease = np.floor(time_s / self.lease_s[household]).astype(np.int64)
        address: Ints = (
            self.homes.start + household * self.leases + np.minimum(lease, self.leases - 1)
        )
        return address

    def office(self, population: Population, customer: Ints) -> Ints:
        """Return the one address of everybody at their employer's."""
        return self.offices.start + population.employer[customer]

    def mobile(self, customer: Ints, city: Ints, rng: np.random.Generator) -> Ints:
        """Return an address of a mobile network of the country, of the few one usually meets."""
        country = COUNTRY_OF_CITY[city]
        # 7919 is prime: neighbours in the numbering meet different addresses.
        slot = customer * 7919 + rng.integers(0, _MOBILE_HABIT, len(customer))
        address: Ints = self.mobile_starts[country] + slot % self.mobile_sizes[country]
        return address

    def hotel(self, city: Ints, rng: np.random.Generator) -> Ints:
        """Return the address of a hotel or cafe in the city."""
        return (
            self.hotels.start
            + city * _HOTELS_PER_CITY
            + rng.integers(0, _HOTELS_PER_CITY, len(city))
        )

    def vpn_exit(self, customer: Ints, rng: np.random.Generator) -> Ints:
        """Return one of the two exits a customer usually takes."""
        slot = customer * 31 + rng.integers(0, 2, len(customer))
        return self.vpn.start + slot % len(self.vpn)

    def host(self, places: Ints) -> Ints:
        """Return the rented hosts of these places, counted round."""
        return self.hosts.start + places % len(self.hosts)

    def city_of_exit(self, address: Ints) -> Ints:
        """Return where VPN exits and hosts stand."""
        city: Ints = self.exit_city[address - self.vpn.start]
        return city


def hand_out_addresses(
    population: Population, calendar: Calendar, *, hosts: int, rng: np.random.Generator
) -> Addresses:
    """Return all networks for so many customers, and so many rented hosts."""
    users = len(population)
    households = int(population.household.max()) + 1
    leases = int(np.ceil(calendar.days / _LEASE_DAYS[0]))
    by_country = np.bincount(COUNTRY_OF_CITY[population.city], minlength=len(COUNTRIES))
    mobile_sizes = np.maximum(8, by_country // _BEHIND_MOBILE)
    counts = np.array(
        [
            households * leases,
            max(5, users // 40),
            int(mobile_sizes.sum()),
            len(CITIES) * _HOTELS_PER_CITY,
            max(8, users // _BEHIND_VPN),
            max(6, hosts),
        ]
    )
    ends = np.cumsum(counts)
    homes, offices, mobile, hotels, vpn, rented = (
        range(int(end - count), int(end)) for end, count in zip(ends, counts, strict=True)
    )
    mobile_starts = mobile.start + np.concatenate([[0], np.cumsum(mobile_sizes)[:-1]])
    return Addresses(
        rng.uniform(*_LEASE_DAYS, households) * DAY_S,
        leases,
        homes,
        offices,
        mobile_starts,
        mobile_sizes,
        hotels,
        vpn,
        rented,
        rng.integers(0, len(CITIES), len(vpn) + len(rented)),
    )
