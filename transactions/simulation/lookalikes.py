"""Honest behaviour that looks like fraud: without it every model would seem perfect.

More of it is everyday life and lives in the other modules: new telephones and family computers
(`devices`), office, mobile and VPN addresses (`addresses`), journeys (`travel`), rent
(`schedules`), newcomers (`population`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from transactions.simulation.amounts import SMALLEST_EUR, customary_eur, habitual_eur
from transactions.simulation.arrays import NONE, Floats, Ints, ranks_within
from transactions.simulation.batch import (
    API,
    ATM,
    DEPOSIT,
    MOBILE,
    PAYMENT,
    POS,
    TRANSFER,
    WEB,
    Batch,
    batch_of,
    joined,
)
from transactions.simulation.calendar import DAY_S
from transactions.simulation.categories import CASH, DEAR, GAMES, RESALEABLE
from transactions.simulation.everyday import draw_customers, habitual_times, usual_cards
from transactions.simulation.presence import presence_by_channel
from transactions.simulation.world import World


@dataclass(frozen=True, slots=True, eq=False)
class _Scene:
    """Who does something when; `rank` counts the steps of each of the `occasions`."""

    customer: Ints
    time_s: Floats
    rank: Ints
    occasion: Ints


def lookalikes(world: World, honest: int, rng: np.random.Generator) -> Batch:
    """Return all of it, in shares of so many honest transactions."""
    return joined(
        [
            scene(world, round(share * honest), rng)
            for share, scene in _SCENES
            if share * honest >= 1
        ]
    )


def _occasions(
    world: World,
    count: int,
    stops: tuple[int, int],
    minutes: float,
    rng: np.random.Generator,
    among: Ints | None = None,
) -> _Scene:
    """Return occasions of some steps each, exactly `count` steps, by customers or by some."""
    sizes = rng.integers(stops[0], stops[1] + 1, count)
    sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), count)) + 1]
    sizes[-1] -= int(sizes.sum()) - count
    if among is None or len(among) == 0:
        who = draw_customers(world, len(sizes), rng)
    else:
        who = rng.choice(among, len(sizes))
    begin = habitual_times(world, who, rng)
    rank = ranks_within(sizes)
    customer = np.repeat(who, sizes)
    pause = rank * 60.0 * minutes * rng.uniform(0.6, 1.4, count)
    time_s = world.calendar.within(np.repeat(begin, sizes) + pause, world.opened_s(customer))
    return _Scene(customer, time_s, rank, np.repeat(np.arange(len(sizes)), sizes))


def _online_channels(world: World, customer: Ints, rng: np.random.Generator) -> Ints:
    takes_phone = rng.random(len(customer)) < world.population.mobile_share[customer]
    return np.where(takes_phone, MOBILE, WEB)


def _acted(
    world: World,
    scene: _Scene,
    rng: np.random.Generator,
    *,
    kind: Ints | int,
    channel: Ints,
    merchant: Ints,
    amount_eur: Floats,
) -> Batch:
    """Return a scene played with the customers' own devices from where they are."""
    presence = presence_by_channel(world, scene.customer, scene.time_s, channel, merchant, rng)
    has_card = np.broadcast_to(np.asarray(kind) == PAYMENT, scene.customer.shape)
    return batch_of(
        customer=scene.customer,
        time_s=scene.time_s,
        kind=kind,
        channel=channel,
        merchant=merchant,
        amount_eur=np.maximum(amount_eur, SMALLEST_EUR),
        city=presence.city,
        latitude=presence.latitude,
        longitude=presence.longitude,
        device=presence.device,
        address=presence.address,
        card=np.where(has_card, usual_cards(world, scene.customer, rng), NONE),
    )


def _shops_of(
    world: World, scene: _Scene, categories: Ints, online: float, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Return a shop of one of these categories for each step, and the channel to pay there."""
    count = len(scene.customer)
    city = world.trips.city_at(world.population, scene.customer, scene.time_s)
    is_online = rng.random(count) < online
    shop = world.directory.choose(
        rng.choice(categories, count), city, is_online, scene.time_s / DAY_S, rng
    )
    return shop, np.where(is_online, _online_channels(world, scene.customer, rng), POS)


def _spree(world: World, count: int, rng: np.random.Generator) -> Batch:
    """Gifts bought in one go: many shops within an hour or two."""
    scene = _occasions(world, count, (3, 12), 7.0, rng)
    shop, channel = _shops_of(world, scene, RESALEABLE, 0.75, rng)
    amount = habitual_eur(world, scene.customer, shop, scene.time_s, rng)
    return _acted(
        world, scene, rng, kind=PAYMENT, channel=channel, merchant=shop, amount_eur=amount
    )


def _big_purchase(world: World, count: int, rng: np.random.Generator) -> Batch:
    """A television, a sofa, a flight: many times the usual, on the own device or at the till."""
    scene = _occasions(world, count, (1, 2), 45.0, rng)
    shop, channel = _shops_of(world, scene, DEAR, 0.55, rng)
    factor = rng.lognormal(np.log(14.0), 0.55, count)
    amount = customary_eur(world, scene.customer, scene.time_s) * factor
    return _acted(
        world, scene, rng, kind=PAYMENT, channel=channel, merchant=shop, amount_eur=amount
    )


def _micro_payments(world: World, count: int, rng: np.random.Generator) -> Batch:
    """Purchases inside a game: tiny, one after the other."""
    scene = _occasions(world, count, (2, 6), 6.0, rng)
    shop, _ = _shops_of(world, scene, np.array([GAMES]), 1.0, rng)
    # One game at a time.
    shop = shop[np.searchsorted(scene.occasion, scene.occasion)]
    amount = rng.choice([0.99, 1.99, 2.99, 4.99], count)
    channel = np.full(count, MOBILE)
    return _acted(
        world, scene, rng, kind=PAYMENT, channel=channel, merchant=shop, amount_eur=amount
    )


def _till_deposits(world: World, count: int, rng: np.random.Generator) -> Batch:
    """Small businesses bringing in their takings: below the limit, because shops are small."""
    businesses = np.flatnonzero(world.population.is_business)
    scene = _occasions(world, count, (1, 1), 1.0, rng, among=businesses)
    purse = np.exp(world.population.log_spending[scene.customer])
    amount = np.minimum(purse * rng.lognormal(np.log(2_400.0), 0.45, count), 9_900.0)
    bank = world.directory.choose(
        np.full(count, CASH),
        world.population.city[scene.customer],
        np.zeros(count, dtype=np.bool_),
        scene.time_s / DAY_S,
        rng,
    )
    return _acted(
        world,
        scene,
        rng,
        kind=DEPOSIT,
        channel=np.full(count, ATM),
        merchant=bank,
        amount_eur=np.round(amount / 10.0) * 10.0,
    )


def _suppliers(world: World, count: int, rng: np.random.Generator) -> Batch:
    """The same businesses paying those they buy from."""
    businesses = np.flatnonzero(world.population.is_business)
    scene = _occasions(world, count, (1, 3), 25.0, rng, among=businesses)
    payee = world.favourites.draw_payee(scene.customer, rng)
    amount = rng.lognormal(np.log(900.0), 0.8, count)
    channel = np.full(count, WEB)
    return _acted(
        world,
        scene,
        rng,
        kind=TRANSFER,
        channel=channel,
        merchant=payee,
        amount_eur=np.minimum(amount, 9_900.0),
    )


def _settling_up(world: World, count: int, rng: np.random.Generator) -> Batch:
    """Friends send their shares, and somebody pays the whole: money in, and out within hours."""
    scene = _occasions(world, count, (3, 6), 80.0, rng)
    is_last = np.append(scene.occasion[1:] != scene.occasion[:-1], True)
    share = customary_eur(world, scene.customer, scene.time_s) * 1.6
    share = share * rng.lognormal(0.0, 0.4, count)
    amount = np.where(is_last, share * (scene.rank + 1), share)
    known = world.favourites.draw_payee(scene.customer, rng)
    channel = np.where(is_last, MOBILE, API)
    return _acted(
        world,
        scene,
        rng,
        kind=np.where(is_last, TRANSFER, DEPOSIT),
        channel=channel,
        merchant=known,
        amount_eur=amount,
    )


def _fees(world: World, count: int, rng: np.random.Generator) -> Batch:
    """Freelancers paid by clients, each time by another one."""
    freelancers = np.flatnonzero(world.population.is_freelancer)
    scene = _occasions(world, count, (1, 1), 1.0, rng, among=freelancers)
    employers = world.directory.employers
    client = rng.integers(employers.start, employers.stop, count)
    amount = rng.lognormal(np.log(850.0), 0.7, count)
    return _acted(
        world,
        scene,
        rng,
        kind=DEPOSIT,
        channel=np.full(count, API),
        merchant=client,
        amount_eur=amount,
    )


def _large_transfer(world: World, count: int, rng: np.random.Generator) -> Batch:
    """A car, a deposit for a flat: thousands, once, to somebody never paid before."""
    scene = _occasions(world, count, (1, 1), 1.0, rng)
    persons = world.directory.persons
    payee = rng.integers(persons.start, persons.stop, count)
    amount = np.round(rng.uniform(2_500.0, 9_950.0, count) / 50.0) * 50.0
    channel = _online_channels(world, scene.customer, rng)
    return _acted(
        world, scene, rng, kind=TRANSFER, channel=channel, merchant=payee, amount_eur=amount
    )


def _taken_in(world: World, count: int, rng: np.random.Generator) -> Batch:
    """Payments to shops that turn out fraudulent, which nobody ever disputes."""
    scene = _occasions(world, count, (1, 1), 1.0, rng)
    shop = world.directory.choose_shady(scene.time_s / DAY_S, rng)
    amount = habitual_eur(world, scene.customer, shop, scene.time_s, rng)
    channel = _online_channels(world, scene.customer, rng)
    return _acted(
        world, scene, rng, kind=PAYMENT, channel=channel, merchant=shop, amount_eur=amount
    )


# Shares of the honest transactions.
_SCENES: tuple[tuple[float, Callable[[World, int, np.random.Generator], Batch]], ...] = (
    (0.0050, _spree),
    (0.0050, _big_purchase),
    (0.0080, _micro_payments),
    (0.0040, _till_deposits),
    (0.0040, _suppliers),
    (0.0030, _settling_up),
    (0.0030, _fees),
    (0.0003, _large_transfer),
    (0.0002, _taken_in),
)
