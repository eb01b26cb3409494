"""The shops and payees that each customer keeps coming back to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transactions.simulation.arrays import Flags, Floats, Ints, weighted
from transactions.simulation.categories import ONLINE, SHARES
from transactions.simulation.merchants import Directory
from transactions.simulation.population import Population

_SHOPS = 10
_PAYEES = 5
# How much more often the first favourite is visited than the next, and so on.
_FADING = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Favourites:
    """Favourites of each customer.

    Attributes
    ----------
    shop, is_online : ndarray of shape (users, 10)
        Shops, the dearest to them first, and which of them are online.
    payee : ndarray of shape (users, 5)
        People they send money to.
    """

    shop: Ints
    is_online: Flags
    payee: Ints

    def draw_shop(self, customer: Ints, rng: np.random.Generator) -> tuple[Ints, Flags]:
        """Return one of their shops for each, and whether it is online."""
        slot = weighted(_fading(_SHOPS), rng.random(len(customer)))
        return self.shop[customer, slot], self.is_online[customer, slot]

    def draw_payee(self, customer: Ints, rng: np.random.Generator) -> Ints:
        """Return one of their payees for each."""
        slot = weighted(_fading(_PAYEES), rng.random(len(customer)))
        return self.payee[customer, slot]


def choose_favourites(
    population: Population, directory: Directory, rng: np.random.Generator
) -> Favourites:
    """Return everybody's favourites: by what people buy, near their home or online."""
    users = len(population)
    shape = (users, _SHOPS)
    category = weighted(np.cumsum(SHARES), rng.random(users * _SHOPS))
    is_online = rng.random(users * _SHOPS) < ONLINE[category]
    city = np.repeat(population.city, _SHOPS)
    # Not open yet at the start is nobody's favourite: hence day 0.
    shop = directory.choose(category, city, is_online, np.zeros(users * _SHOPS), rng)
    persons = np.asarray(directory.persons)
    payee = rng.choice(persons, (users, _PAYEES))
    return Favourites(shop.reshape(shape), is_online.reshape(shape), payee)


def _fading(count: int) -> Floats:
    cumulative: Floats = np.cumsum(_FADING ** np.arange(count))
    return cumulative
