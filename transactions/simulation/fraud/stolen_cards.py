"""Frauds with stolen card details: bursts of payments, single high amounts, testing of cards."""

from __future__ import annotations

import numpy as np

from transactions.simulation.amounts import customary_eur
from transactions.simulation.arrays import NONE, Floats, Ints
from transactions.simulation.batch import MOBILE, PAYMENT, POS, WEB, Batch
from transactions.simulation.calendar import DAY_S
from transactions.simulation.categories import DEAR, RESALEABLE, SOFT
from transactions.simulation.fraud.episodes import (
    Episodes,
    Task,
    adapted,
    committed,
    episodes_of,
    settled,
    shops_of_episodes,
    sizes_up_to,
    some_episodes,
    thief_presence,
    times,
)
from transactions.simulation.geography import another_city
from transactions.simulation.presence import Presence, own_presence
from transactions.simulation.world import World

# Share of episodes on the victim's own device: a stolen telephone, malware.
_OWN_DEVICE = 0.10
# High single payments made with a copied card at tills abroad.
_COPIED_CARD = 0.12
# Cards tested in one go, and tries a card.
_TESTS = (20, 70)
_TRIES = (1, 4)


def velocity_burst(world: World, task: Task, rng: np.random.Generator) -> Batch:
    """Return bursts of 6 to 18 payments within an hour or so, in two to four online shops."""
    sizes = sizes_up_to(task.count, 6, 18, rng)
    episodes = episodes_of(world, task, sizes, rng, span_days=1.0)
    steps = len(episodes.episode)
    slower = 1.0 + adapted(episodes.begin_s)[episodes.episode]
    time_s = times(world, task, episodes, rng.lognormal(np.log(200.0), 0.6, steps) * slower)
    channel = np.where(some_episodes(episodes, 0.4, rng), MOBILE, WEB)
    factor = rng.lognormal(np.log(2.8), 0.6, steps)
    return committed(
        world,
        task,
        episodes,
        time_s,
        _mostly_thieves(world, episodes, time_s, channel, rng),
        rng,
        kind=PAYMENT,
        channel=channel,
        merchant=shops_of_episodes(world, episodes, RESALEABLE, time_s, rng, shops=5),
        amount_eur=customary_eur(world, episodes.customer, time_s) * factor,
    )


def _mostly_thieves(
    world: World, episodes: Episodes, time_s: Floats, channel: Ints, rng: np.random.Generator
) -> Presence:
    own = own_presence(world, episodes.customer, time_s, channel, rng)
    is_own = some_episodes(episodes, _OWN_DEVICE, rng)
    return own.where(is_own, thief_presence(world, episodes, rng))


def amount_spike(world: World, task: Task, rng: np.random.Generator) -> Batch:
    """Return one or two payments of many times the usual, online or with a copy abroad."""
    sizes = sizes_up_to(task.count, 1, 2, rng)
    episodes = episodes_of(world, task, sizes, rng, span_days=1.0)
    steps = len(episodes.episode)
    time_s = times(world, task, episodes, rng.lognormal(np.log(900.0), 0.7, steps))
    is_copy = some_episodes(episodes, _COPIED_CARD, rng)
    online_channel = np.where(some_episodes(episodes, 0.35, rng), MOBILE, WEB)
    online = _mostly_thieves(world, episodes, time_s, online_channel, rng)
    shop = shops_of_episodes(world, episodes, DEAR, time_s, rng, shops=2)
    abroad = another_city(world.population.city[episodes.victim], rng)[episodes.episode]
    till = _shops_abroad(world, abroad, time_s, rng)
    # They learn to ask for less.
    usual_factor = 42.0 * (1.0 - 0.4 * adapted(time_s))
    factor = usual_factor * rng.lognormal(0.0, 0.5, steps)
    return committed(
        world,
        task,
        episodes,
        time_s,
        _at_tills(world, till).where(is_copy, online),
        rng,
        kind=PAYMENT,
        channel=np.where(is_copy, POS, online_channel),
        merchant=np.where(is_copy, till, shop),
        amount_eur=customary_eur(world, episodes.customer, time_s) * factor,
    )


def _shops_abroad(world: World, city: Ints, time_s: Floats, rng: np.random.Generator) -> Ints:
    is_online = np.zeros(len(city), dtype=np.bool_)
    return world.directory.choose(rng.choice(DEAR, len(city)), city, is_online, time_s / DAY_S, rng)


def _at_tills(world: World, till: Ints) -> Presence:
    nothing = np.full(len(till), NONE)
    shops = world.directory
    return Presence(nothing, nothing, shops.city[till], shops.latitude[till], shops.longitude[till])


def card_testing(world: World, task: Task, rng: np.random.Generator) -> Batch:
    """Return sessions in which one device tries many people's cards with tiny payments."""
    sizes = sizes_up_to(task.count, *_TESTS, rng)
    episodes = episodes_of(world, task, sizes, rng, span_days=1.0)
    presence = thief_presence(world, episodes, rng)
    steps = len(episodes.episode)
    time_s = times(world, task, episodes, rng.lognormal(np.log(35.0), 0.7, steps))
    shop = shops_of_episodes(world, episodes, SOFT, time_s, rng, shops=4)
    channel = np.where(some_episodes(episodes, 0.3, rng), MOBILE, WEB)
    return committed(
        world,
        task,
        _one_try_each(world, episodes, rng),
        time_s,
        presence,
        rng,
        kind=PAYMENT,
        channel=channel,
        merchant=shop,
        amount_eur=rng.lognormal(np.log(2.0), 0.6, steps),
    )


def _one_try_each(world: World, episodes: Episodes, rng: np.random.Generator) -> Episodes:
    """Return the steps as episodes of their own: a card gets a few tries, then comes the next."""
    steps = len(episodes.episode)
    tries = sizes_up_to(steps, *_TRIES, rng)
    # Cards are bought in bulk: of people who have long been customers.
    pool = settled(world)
    pool = pool[world.population.opened_day[pool] < 0]
    victim = rng.choice(pool, len(tries))
    card = np.repeat(np.arange(len(tries)), tries)
    return Episodes(victim, np.zeros(len(tries)), card, np.zeros(steps, dtype=np.int64))
