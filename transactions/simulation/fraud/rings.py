"""Organised frauds: mules who pass money on, and invented people who vanish with it."""

from __future__ import annotations

import numpy as np

from transactions.simulation.amounts import customary_eur, rounded_cash_eur
from transactions.simulation.arrays import Flags, Floats, Ints
from transactions.simulation.batch import (
    API,
    ATM,
    DEPOSIT,
    MOBILE,
    PAYMENT,
    TRANSFER,
    WEB,
    WITHDRAWAL,
    Batch,
)
from transactions.simulation.calendar import DAY_S, HOUR_S
from transactions.simulation.categories import CASH, RESALEABLE
from transactions.simulation.fraud.episodes import (
    Episodes,
    Task,
    committed,
    episodes_of,
    shops_of_episodes,
    sizes_up_to,
    some_episodes,
    spread_over_steps,
    times,
)
from transactions.simulation.population import Role
from transactions.simulation.presence import Presence, presence_by_channel
from transactions.simulation.world import World

# People to a ring of mules, and to a factory of invented identities.
_MULES_A_RING = 5
_IDENTITIES_A_RING = 4
# Rings and their mules meet on the same days: so many campaigns in half a year.
_CAMPAIGNS = 6
_RING_DEVICE_SHARE = 0.55
_FACTORY_DEVICE_SHARE = 0.7
_CASHED_OUT = 0.25
# What the mule keeps.
_COMMISSION = 0.08
# Days of good behaviour before an invented person vanishes.
_GROOMING_DAYS = (18.0, 60.0)

# Transactions that one mule and one invented person commit in half a year, about.
FRAUDS_PER_MULE = 15
FRAUDS_PER_IDENTITY = 9


def mule_ring(world: World, task: Task, rng: np.random.Generator) -> Batch:
    """Return money that comes in from strangers and leaves within hours, the same way for all."""
    sizes = sizes_up_to(task.count, 4, 6, rng)
    episodes = _campaigns(world, task, sizes, rng)
    incoming = _are_incoming(episodes, rng)
    ring = _ring_of(world, Role.MULE, episodes.victim, _MULES_A_RING)
    pause = rng.lognormal(np.log(0.8 * HOUR_S), 0.8, len(episodes.episode))
    time_s = times(world, task, episodes, pause)
    is_cash = ~incoming & (rng.random(len(time_s)) < _CASHED_OUT)
    kind = np.where(incoming, DEPOSIT, np.where(is_cash, WITHDRAWAL, TRANSFER))
    channel = np.where(incoming, API, np.where(is_cash, ATM, MOBILE))
    merchant = np.where(
        is_cash,
        _cash_machines(world, episodes, time_s, rng),
        _partners(world, episodes, ring, incoming, rng),
    )
    return committed(
        world,
        task,
        episodes,
        time_s,
        _mule_presence(world, episodes, ring, time_s, channel, merchant, rng),
        rng,
        kind=kind,
        channel=channel,
        merchant=merchant,
        amount_eur=_passed_on(episodes, incoming, is_cash, rng),
    )


def _ring_of(world: World, role: Role, customer: Ints, size: int) -> Ints:
    """Return the ring of each: they are counted off in the order of their places."""
    return np.searchsorted(world.population.of_role(role), customer) // size


def _campaigns(world: World, task: Task, sizes: Ints, rng: np.random.Generator) -> Episodes:
    """Return waves of the mules, those of one ring close together in time."""
    mules = world.population.of_role(Role.MULE)
    episodes = episodes_of(world, task, sizes, rng, span_days=3.0, night_share=0.15, among=mules)
    rings = len(mules) // _MULES_A_RING + 1
    last = world.calendar.days - 4.0
    days = rng.uniform(task.first_day, last, (rings, _CAMPAIGNS))
    campaign = rng.integers(0, _CAMPAIGNS, len(sizes))
    ring = _ring_of(world, Role.MULE, episodes.victim, _MULES_A_RING)
    day = np.floor(days[ring, campaign])
    begin = day * DAY_S + np.mod(episodes.begin_s, DAY_S) + rng.exponential(0.4 * DAY_S, len(sizes))
    first_s = np.maximum(world.opened_s(episodes.victim) + DAY_S, task.first_day * DAY_S)
    first_s = np.minimum(first_s, last * DAY_S)
    # Whoever has not joined yet takes part in the next wave that they can.
    begin = np.where(begin < first_s, episodes.begin_s, begin)
    begin = world.calendar.within(begin, first_s)
    return Episodes(episodes.victim, begin, episodes.episode, episodes.rank)


def _are_incoming(episodes: Episodes, rng: np.random.Generator) -> Flags:
    """Return which steps bring money: the first, for some waves also the second."""
    are_incoming: Flags = (episodes.rank == 0) | (
        (episodes.rank == 1) & some_episodes(episodes, 0.4, rng)
    )
    return are_incoming


def _passed_on(
    episodes: Episodes, incoming: Flags, is_cash: Flags, rng: np.random.Generator
) -> Floats:
    """Return what comes in, and what goes out of it in parts."""
    steps = len(episodes.episode)
    brought = np.where(incoming, rng.lognormal(np.log(2_800.0), 0.5, steps), 0.0)
    total = np.bincount(episodes.episode, brought, minlength=len(episodes))
    parts = np.bincount(episodes.episode, ~incoming, minlength=len(episodes))
    part = total * (1.0 - _COMMISSION) / np.maximum(parts, 1)
    sent = part[episodes.episode] * rng.uniform(0.85, 1.15, steps)
    amount = np.where(incoming, brought, sent)
    return np.where(is_cash, np.minimum(rounded_cash_eur(amount), 1_000.0), amount)


def _partners(
    world: World, episodes: Episodes, ring: Ints, incoming: Flags, rng: np.random.Generator
) -> Ints:
    """Return who sends to a ring (three senders) and to whom it passes on, other people weekly."""
    steps = len(episodes.episode)
    drops = world.directory.drops
    persons = world.directory.persons
    week = np.floor(episodes.begin_s / (7 * DAY_S)).astype(np.int64)
    group = ring * 11 + week * 101
    sender = persons.start + (episodes.each(group) * 3 + rng.integers(0, 3, steps)) % len(persons)
    collector = drops.start + (episodes.each(group) * 2 + rng.integers(0, 2, steps)) % len(drops)
    return np.where(incoming, sender, collector)


def _mule_presence(
    world: World,
    episodes: Episodes,
    ring: Ints,
    time_s: Floats,
    channel: Ints,
    merchant: Ints,
    rng: np.random.Generator,
) -> Presence:
    own = presence_by_channel(world, episodes.customer, time_s, channel, merchant, rng)
    shared = _ring_presence(world, episodes, ring, rng)
    is_shared = some_episodes(episodes, _RING_DEVICE_SHARE, rng) & (channel == MOBILE)
    return shared.where(is_shared, own)


def _ring_presence(
    world: World, episodes: Episodes, ring: Ints, rng: np.random.Generator
) -> Presence:
    """Return the device and host that all members of a ring use."""
    device = world.devices.of_attackers(ring * 13)
    address = world.addresses.host(ring * 7)
    return spread_over_steps(episodes, device, address, world.addresses.city_of_exit(address), rng)


def _cash_machines(
    world: World, episodes: Episodes, time_s: Floats, rng: np.random.Generator
) -> Ints:
    count = len(time_s)
    return world.directory.choose(
        np.full(count, CASH),
        world.population.city[episodes.customer],
        np.zeros(count, dtype=np.bool_),
        time_s / DAY_S,
        rng,
    )


def synthetic_identity(world: World, task: Task, rng: np.random.Generator) -> Batch:
    """Return how invented people, after weeks of good behaviour, spend all they can and vanish."""
    sizes = sizes_up_to(task.count, 5, 12, rng)
    episodes = _vanishings(world, task, sizes, rng)
    ring = _ring_of(world, Role.SYNTHETIC, episodes.victim, _IDENTITIES_A_RING)
    steps = len(episodes.episode)
    time_s = times(world, task, episodes, rng.lognormal(np.log(0.7 * HOUR_S), 0.9, steps))
    draw = rng.random(steps)
    kind = np.where(draw < 0.72, PAYMENT, np.where(draw < 0.90, TRANSFER, WITHDRAWAL))
    online = np.where(some_episodes(episodes, 0.5, rng), MOBILE, WEB)
    channel = np.where(kind == WITHDRAWAL, ATM, online)
    shop = shops_of_episodes(world, episodes, RESALEABLE, time_s, rng, shops=6)
    drop = world.directory.choose_drop(time_s / DAY_S, rng)
    machine = _cash_machines(world, episodes, time_s, rng)
    merchant = np.where(kind == PAYMENT, shop, np.where(kind == TRANSFER, drop, machine))
    amount = customary_eur(world, episodes.customer, time_s)
    amount = amount * rng.lognormal(np.log(18.0), 0.6, steps)
    own = presence_by_channel(world, episodes.customer, time_s, channel, merchant, rng)
    is_shared = some_episodes(episodes, _FACTORY_DEVICE_SHARE, rng) & (channel != ATM)
    return committed(
        world,
        task,
        episodes,
        time_s,
        _ring_presence(world, episodes, ring, rng).where(is_shared, own),
        rng,
        kind=kind,
        channel=channel,
        merchant=merchant,
        amount_eur=np.where(kind == WITHDRAWAL, rounded_cash_eur(amount), amount),
    )


def _vanishings(world: World, task: Task, sizes: Ints, rng: np.random.Generator) -> Episodes:
    """Return an episode for each, some weeks after they joined; each person in turn."""
    people = world.population.of_role(Role.SYNTHETIC)
    episodes = episodes_of(world, task, sizes, rng, span_days=3.0, among=people)
    victim = people[rng.permutation(len(sizes)) % len(people)]
    groomed = rng.uniform(*_GROOMING_DAYS, len(sizes))
    day = world.population.opened_day[victim] + groomed
    last = world.calendar.days - 3.0
    is_possible = (day >= task.first_day) & (day < last)
    first = np.clip(np.maximum(world.population.opened_day[victim] + 2.0, task.first_day), 0, last)
    other = first + rng.random(len(sizes)) * (last - first)
    day = np.where(is_possible, day, other)
    begin = np.floor(day) * DAY_S + np.mod(episodes.begin_s, DAY_S)
    begin = world.calendar.within(begin, first * DAY_S)
    return Episodes(victim, begin, episodes.episode, episodes.rank)
