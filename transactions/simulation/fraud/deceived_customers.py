"""Frauds in a customer's own account: taken over, led astray, used for structuring."""

from __future__ import annotations

import numpy as np

from transactions.simulation.amounts import customary_eur
from transactions.simulation.arrays import Floats, Ints
from transactions.simulation.batch import (
    ATM,
    DEPOSIT,
    MOBILE,
    PAYMENT,
    TRANSFER,
    WEB,
    Batch,
)
from transactions.simulation.calendar import DAY_S, HOUR_S
from transactions.simulation.categories import CASH, RESALEABLE
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
from transactions.simulation.presence import own_presence, presence_by_channel
from transactions.simulation.world import World

# Take-overs by remote control of the victim's own device.
_REMOTE_CONTROL = 0.06
# Take-overs that begin with a small payment to see whether it works.
_PROBE_SHARE = 0.25
# Amounts above this have to be reported: Directive (EU) 2015/849 knows 10,000 EUR.
_REPORTING_LIMIT_EUR = 10_000.0
_BUSINESS_SHARE = 0.12


def account_takeover(world: World, task: Task, rng: np.random.Generator) -> Batch:
    """Return thieves who empty an account from their own device, mostly to new payees."""
    episodes = episodes_of(world, task, sizes_up_to(task.count, 2, 6, rng), rng, span_days=1.0)
    steps = len(episodes.episode)
    time_s = times(world, task, episodes, rng.lognormal(np.log(700.0), 0.8, steps))
    channel = np.where(some_episodes(episodes, 0.5, rng), MOBILE, WEB)
    is_transfer = some_episodes(episodes, 0.7, rng)
    shop = shops_of_episodes(world, episodes, RESALEABLE, time_s, rng, shops=2)
    drop = world.directory.choose_drop(episodes.begin_s / DAY_S, rng)
    own = own_presence(world, episodes.customer, time_s, channel, rng)
    is_remote = some_episodes(episodes, _REMOTE_CONTROL, rng)
    usual_factor = 20.0 * (1.0 - 0.4 * adapted(time_s))
    factor = usual_factor * rng.lognormal(0.0, 0.6, steps)
    amount = customary_eur(world, episodes.customer, time_s) * factor
    is_probe = some_episodes(episodes, _PROBE_SHARE, rng) & (episodes.rank == 0)
    return committed(
        world,
        task,
        episodes,
        time_s,
        own.where(is_remote, thief_presence(world, episodes, rng)),
        rng,
        kind=np.where(is_transfer, TRANSFER, PAYMENT),
        channel=channel,
        merchant=np.where(is_transfer, episodes.each(drop), shop),
        amount_eur=np.where(is_probe, rng.uniform(1.0, 15.0, steps), amount),
    )


def structuring(world: World, task: Task, rng: np.random.Generator) -> Batch:
    """Return sums split into parts just below the reporting limit, over several days."""
    sizes = sizes_up_to(task.count, 4, 9, rng)
    episodes = episodes_of(
        world,
        task,
        sizes,
        rng,
        span_days=8.0,
        night_share=0.0,
        among=_who_structures(world, len(sizes), rng),
    )
    steps = len(episodes.episode)
    time_s = times(world, task, episodes, rng.uniform(3.0, 22.0, steps) * HOUR_S)
    is_cash = some_episodes(episodes, 0.55, rng)
    payees = rng.choice(np.asarray(world.directory.persons), (len(episodes), 2))
    payee = payees[episodes.episode, rng.integers(0, 2, steps)]
    machine = _cash_machines(world, episodes, rng)
    merchant = np.where(is_cash, machine, payee)
    channel = np.where(is_cash, ATM, np.where(some_episodes(episodes, 0.5, rng), WEB, MOBILE))
    return committed(
        world,
        task,
        episodes,
        time_s,
        presence_by_channel(world, episodes.customer, time_s, channel, merchant, rng),
        rng,
        kind=np.where(is_cash, DEPOSIT, TRANSFER),
        channel=channel,
        merchant=merchant,
        amount_eur=_below_limit(time_s, rng),
    )


def _who_structures(world: World, count: int, rng: np.random.Generator) -> Ints:
    """Return mostly ordinary people, some of them owners of small businesses."""
    anyone = settled(world)
    owners = anyone[world.population.is_business[anyone]]
    if not len(owners):
        return anyone
    is_owner = rng.random(count) < _BUSINESS_SHARE
    return np.where(is_owner, rng.choice(owners, count), rng.choice(anyone, count))


def _cash_machines(world: World, episodes: Episodes, rng: np.random.Generator) -> Ints:
    count = len(episodes)
    machines = world.directory.choose(
        np.full(count, CASH),
        world.population.city[episodes.victim],
        np.zeros(count, dtype=np.bool_),
        episodes.begin_s / DAY_S,
        rng,
    )
    return episodes.each(machines)


def _below_limit(time_s: Floats, rng: np.random.Generator) -> Floats:
    """Return amounts close below the limit; with time they keep a greater distance."""
    widest = _REPORTING_LIMIT_EUR * (0.18 + 0.15 * adapted(time_s))
    amount = _REPORTING_LIMIT_EUR - 20.0 - widest * rng.beta(1.3, 2.0, len(time_s))
    return np.where(rng.random(len(time_s)) < 0.6, np.round(amount / 10.0) * 10.0, amount)


def blacklisted_counterparty(world: World, task: Task, rng: np.random.Generator) -> Batch:
    """Return people who pay fraudulent shops themselves, more from time to time."""
    episodes = episodes_of(
        world, task, sizes_up_to(task.count, 1, 4, rng), rng, span_days=4.0, night_share=0.1
    )
    steps = len(episodes.episode)
    time_s = times(world, task, episodes, rng.lognormal(np.log(9 * HOUR_S), 0.9, steps))
    channel = np.where(some_episodes(episodes, 0.55, rng), MOBILE, WEB)
    shop = world.directory.choose_shady(episodes.begin_s / DAY_S, rng)
    factor = rng.lognormal(np.log(7.0), 0.7, steps) * (1.0 + 0.4 * episodes.rank)
    return committed(
        world,
        task,
        episodes,
        time_s,
        own_presence(world, episodes.customer, time_s, channel, rng),
        rng,
        kind=PAYMENT,
        channel=channel,
        merchant=episodes.each(shop),
        amount_eur=customary_eur(world, episodes.customer, time_s) * factor,
    )
