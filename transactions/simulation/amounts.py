"""How much people pay: by trade, by shop, by purse, with heavy tails, dearer as time goes by."""

from __future__ import annotations

import numpy as np

from transactions.simulation.arrays import Floats, Ints
from transactions.simulation.calendar import inflation
from transactions.simulation.categories import LOG_MEDIANS, SPREADS
from transactions.simulation.world import World

# One payment in so many is several times the usual: the heavy tail of honest behaviour.
_TAIL_SHARE = 0.008
_TAIL_FACTOR = (3.5, 0.45)
SMALLEST_EUR = 0.5


def habitual_eur(
    world: World, customer: Ints, merchant: Ints, time_s: Floats, rng: np.random.Generator
) -> Floats:
    """Return what these customers pay in these shops, EUR.

    Lognormal about the median of the trade, the shop's prices and the customer's purse; a small
    share lies several times higher.
    """
    category = world.directory.category[merchant]
    logarithm = (
        LOG_MEDIANS[category]
        + world.directory.log_price[merchant]
        + world.population.log_spending[customer]
        + SPREADS[category] * rng.standard_normal(len(customer))
    )
    amount = np.exp(logarithm) * inflation(time_s)
    is_dear = rng.random(len(customer)) < _TAIL_SHARE
    factor = rng.lognormal(np.log(_TAIL_FACTOR[0]), _TAIL_FACTOR[1], len(customer))
    return np.maximum(np.where(is_dear, amount * factor, amount), SMALLEST_EUR)


def rounded_cash_eur(amount: Floats) -> Floats:
    """Return what a cash machine gives: multiples of ten, at least twenty.

    Examples
    --------
    >>> rounded_cash_eur(np.array([3.0, 44.0, 87.0])).tolist()
    [20.0, 40.0, 90.0]
    """
    given: Floats = np.maximum(20.0, np.round(amount / 10.0) * 10.0)
    return given


def customary_eur(world: World, customer: Ints, time_s: Floats) -> Floats:
    """Return the middle of what these customers usually pay, EUR: what thieves scale theirs by."""
    middle = 24.0  # the median over all everyday payments of an average customer
    amount: Floats = middle * np.exp(world.population.log_spending[customer]) * inflation(time_s)
    return amount
