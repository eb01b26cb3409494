"""What comes round each month by itself: salary, rent, subscriptions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transactions.simulation.arrays import NONE, Floats, Ints
from transactions.simulation.batch import (
    API,
    DEPOSIT,
    MOBILE,
    PAYMENT,
    TRANSFER,
    WEB,
    Batch,
    batch_of,
    joined,
)
from transactions.simulation.calendar import DAY_S, HOUR_S, inflation
from transactions.simulation.presence import bank_presence, own_presence
from transactions.simulation.world import World

_MONTH_DAYS = 30.4
_SALARIED = 0.6
_TENANTS = 0.4
_SUBSCRIPTIONS = 1.6
# Medians and spreads of the logarithm, EUR.
_SALARY_EUR = (2_100.0, 0.40)
_RENT_EUR = (820.0, 0.35)
_SUBSCRIPTION_EUR = (9.5, 0.45)
# When nothing is left of the month this share of the honest payments is scheduled at most.
LARGEST_SHARE = 0.22


@dataclass(frozen=True, slots=True, eq=False)
class _Series:
    """Standing orders: who gets or pays how much to whom, and on which day of the month."""

    customer: Ints
    merchant: Ints
    amount_eur: Floats
    day: Floats


def scheduled(world: World, limit: int, rng: np.random.Generator) -> Batch:
    """Return salaries, rents and subscriptions, at most `limit` transactions.

    Where the plan leaves fewer transactions than everybody's standing orders need, fewer people
    have any: the rhythm stays monthly.
    """
    people = len(world.population)
    months = world.calendar.days / _MONTH_DAYS
    expected = people * months * (_SALARIED + _TENANTS + _SUBSCRIPTIONS)
    share = min(1.0, limit / max(expected, 1.0))
    batches = [
        _salaries(world, share, rng),
        _rents(world, share, rng),
        _subscriptions(world, share, rng),
    ]
    batch = joined(batches)
    return batch.take(np.sort(rng.permutation(len(batch))[:limit]))


def _holders(world: World, share: float, rng: np.random.Generator) -> Ints:
    return np.flatnonzero(rng.random(len(world.population)) < share)


def _salaries(world: World, share: float, rng: np.random.Generator) -> Batch:
    customer = _holders(world, _SALARIED * share, rng)
    purse = np.exp(0.8 * world.population.log_spending[customer])
    series = _Series(
        customer,
        world.directory.employers.start + world.population.employer[customer],
        purse * rng.lognormal(np.log(_SALARY_EUR[0]), _SALARY_EUR[1], len(customer)),
        # Each employer has a day.
        25.0 + world.population.employer[customer] % 5,
    )
    row, time_s = _months(world, series, 6.0, rng)
    amount = series.amount_eur[row] * rng.normal(1.0, 0.015, len(row))
    return _told_by_bank(world, series, row, time_s, amount)


def _told_by_bank(
    world: World, series: _Series, row: Ints, time_s: Floats, amount: Floats
) -> Batch:
    """Return deposits that come from another bank: no device, no address, no place."""
    customer = series.customer[row]
    presence = bank_presence(world, customer)
    return batch_of(
        customer=customer,
        time_s=time_s,
        kind=DEPOSIT,
        channel=API,
        merchant=series.merchant[row],
        amount_eur=amount,
        city=presence.city,
        latitude=presence.latitude,
        longitude=presence.longitude,
    )


def _rents(world: World, share: float, rng: np.random.Generator) -> Batch:
    customer = _holders(world, _TENANTS * share, rng)
    landlords = world.directory.landlords
    purse = np.exp(0.6 * world.population.log_spending[customer])
    amount = purse * rng.lognormal(np.log(_RENT_EUR[0]), _RENT_EUR[1], len(customer))
    series = _Series(
        customer,
        rng.integers(landlords.start, landlords.stop, len(customer)),
        np.round(amount / 5.0) * 5.0,
        rng.uniform(0.0, 4.0, len(customer)),
    )
    row, time_s = _months(world, series, 18.0, rng)
    return _ordered_online(world, series, row, time_s, TRANSFER, rng)


def _subscriptions(world: World, share: float, rng: np.random.Generator) -> Batch:
    holders = _holders(world, share, rng)
    customer = np.repeat(holders, rng.poisson(_SUBSCRIPTIONS, len(holders)))
    billers = world.directory.subscriptions
    price = rng.lognormal(np.log(_SUBSCRIPTION_EUR[0]), _SUBSCRIPTION_EUR[1], len(customer))
    series = _Series(
        customer,
        rng.integers(billers.start, billers.stop, len(customer)),
        np.round(price) + 0.99,
        rng.uniform(0.0, _MONTH_DAYS, len(customer)),
    )
    row, time_s = _months(world, series, 10.0, rng)
    return _ordered_online(world, series, row, time_s, PAYMENT, rng)


def _ordered_online(
    world: World, series: _Series, row: Ints, time_s: Floats, kind: int, rng: np.random.Generator
) -> Batch:
    """Return payments ordered on the customer's own device, dearer once a year like all else."""
    customer = series.customer[row]
    takes_phone = rng.random(len(row)) < world.population.mobile_share[customer]
    channel = np.where(takes_phone, MOBILE, WEB)
    presence = own_presence(world, customer, time_s, channel, rng)
    year = np.floor(time_s / (365 * DAY_S)) * 365 * DAY_S
    return batch_of(
        customer=customer,
        time_s=time_s,
        kind=kind,
        channel=channel,
        merchant=series.merchant[row],
        amount_eur=series.amount_eur[row] * inflation(year),
        city=presence.city,
        latitude=presence.latitude,
        longitude=presence.longitude,
        device=presence.device,
        address=presence.address,
        card=0 if kind == PAYMENT else NONE,
    )


def _months(
    world: World, series: _Series, hour: float, rng: np.random.Generator
) -> tuple[Ints, Floats]:
    """Return the place in the series and the time of each of its months within the history."""
    months = int(np.ceil(world.calendar.days / _MONTH_DAYS)) + 1
    row = np.repeat(np.arange(len(series.customer)), months)
    month = np.tile(np.arange(months), len(series.customer)).astype(np.float64)
    first = world.plan.start.day - 1
    day = series.day[row] - first + month * _MONTH_DAYS
    shape = len(row)
    time_s = (np.floor(day) + (rng.random(shape) < 0.15)) * DAY_S
    time_s += (hour + rng.normal(0.0, 0.9, shape)) * HOUR_S
    is_real = (time_s >= world.opened_s(series.customer[row])) & (time_s < world.calendar.end_s)
    return row[is_real], time_s[is_real]
