"""What all frauds share: episodes with a victim, a beginning and steps, and the thief's traces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transactions.simulation.amounts import SMALLEST_EUR
from transactions.simulation.arrays import NONE, Flags, Floats, Ints, ranks_within, weighted
from transactions.simulation.batch import PAYMENT, WITHDRAWAL, Batch, batch_of
from transactions.simulation.calendar import DAY_S, HOUR_S
from transactions.simulation.categories import ONLINE, SHARES
from transactions.simulation.geography import UTC_OFFSETS_H, scattered
from transactions.simulation.plan import FRAUD_TYPES
from transactions.simulation.population import Role
from transactions.simulation.presence import Presence
from transactions.simulation.world import World

# Thieves hide behind VPN exits that honest people use too, or in the victim's own mobile network.
_VPN_SHARE = 0.35
_LOCAL_SHARE = 0.15
_NIGHT_SHARE = 0.45
_LOCATION_UNKNOWN = 0.12
# Days a victim has been a customer when the first fraud can happen.
_SETTLED_DAYS = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Episodes:
    """Episodes and their steps.

    Attributes
    ----------
    victim, begin_s : ndarray of shape (episodes,)
    episode, rank : ndarray of shape (steps,)
        Which episode a step belongs to, and its place in there from 0 on.
    """

    victim: Ints
    begin_s: Floats
    episode: Ints
    rank: Ints

    def __len__(self) -> int:
        return len(self.victim)

    @property
    def customer(self) -> Ints:
        """The victim of each step."""
        return self.victim[self.episode]

    def each(self, values: Ints) -> Ints:
        """Return for each step what its episode has."""
        return values[self.episode]


@dataclass(frozen=True, slots=True)
class Task:
    """How many fraudulent transactions of a type to make, and from which day on."""

    fraud_type: str
    count: int
    first_day: int

    @property
    def code(self) -> int:
        """What marks them in a batch."""
        return FRAUD_TYPES.index(self.fraud_type) + 1


def sizes_up_to(count: int, smallest: int, largest: int, rng: np.random.Generator) -> Ints:
    """Return sizes between the limits that add up to `count`; the last one may be smaller."""
    sizes = rng.integers(smallest, largest + 1, count // smallest + 1)
    sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), count)) + 1]
    sizes[-1] -= int(sizes.sum()) - count
    return sizes


def episodes_of(
    world: World,
    task: Task,
    sizes: Ints,
    rng: np.random.Generator,
    *,
    span_days: float,
    night_share: float = _NIGHT_SHARE,
    among: Ints | None = None,
) -> Episodes:
    """Return episodes of these sizes; they last about `span_days`, so that they end in time.

    Victims are ordinary customers, or some of `among`.
    """
    victim = rng.choice(settled(world) if among is None else among, len(sizes))
    last_day = world.calendar.days - span_days
    joined_day = world.population.opened_day[victim] + _SETTLED_DAYS
    first_day = np.clip(np.maximum(joined_day, task.first_day), 0.0, last_day)
    day = np.floor(first_day + rng.random(len(sizes)) * (last_day - first_day))
    begin = day * DAY_S + _hours(world, victim, night_share, rng) * HOUR_S
    first_s = np.maximum(first_day, task.first_day) * DAY_S
    begin = world.calendar.within(begin, first_s)
    episode = np.repeat(np.arange(len(sizes)), sizes)
    return Episodes(victim, begin, episode, ranks_within(sizes))


def settled(world: World) -> Ints:
    """Return ordinary customers who join early enough to become victims."""
    people = world.population
    is_early = people.opened_day < world.calendar.days - 12
    return np.flatnonzero(is_early & (people.role == Role.ORDINARY))


def _hours(world: World, victim: Ints, night_share: float, rng: np.random.Generator) -> Floats:
    """Return hours in UTC: at night where the victim lives, or at any time."""
    night = rng.uniform(0.0, 6.0, len(victim))
    any_time = rng.uniform(7.0, 24.0, len(victim))
    local = np.where(rng.random(len(victim)) < night_share, night, any_time)
    hour: Floats = np.mod(local - UTC_OFFSETS_H[world.population.city[victim]], 24.0)
    return hour


def times(world: World, task: Task, episodes: Episodes, pause_s: Floats) -> Floats:
    """Return when each step happens: the episode's beginning and the pauses before the steps."""
    pause = np.where(episodes.rank == 0, 0.0, pause_s)
    running = np.cumsum(pause)
    since_begin = running - episodes.each(running[episodes.rank == 0])
    time_s = episodes.begin_s[episodes.episode] + since_begin
    first_s = np.maximum(world.opened_s(episodes.customer), task.first_day * DAY_S)
    return world.calendar.within(time_s, first_s)


def adapted(time_s: Floats) -> Floats:
    """Return how far thieves have learnt to stay below the radar, from 0 to 1.

    Half of it is learnt in half a year, whatever the length of the history.
    """
    learnt: Floats = 1.0 - 0.5 ** (time_s / (180 * DAY_S))
    return learnt


def thief_presence(world: World, episodes: Episodes, rng: np.random.Generator) -> Presence:
    """Return the device and address a thief uses through an episode."""
    count = len(episodes)
    device = world.devices.of_attackers(rng.integers(0, len(world.devices.attackers), count))
    home = world.population.city[episodes.victim]
    draw = rng.random(count)
    stranger = rng.integers(0, len(world.population), count)
    hidden = np.where(
        draw < _VPN_SHARE,
        world.addresses.vpn_exit(stranger, rng),
        world.addresses.host(rng.integers(0, len(world.addresses.hosts), count)),
    )
    is_local = draw >= 1.0 - _LOCAL_SHARE
    address = np.where(is_local, world.addresses.mobile(stranger, home, rng), hidden)
    city = np.where(is_local, home, world.addresses.city_of_exit(hidden))
    return spread_over_steps(episodes, device, address, city, rng)


def spread_over_steps(
    episodes: Episodes, device: Ints, address: Ints, city: Ints, rng: np.random.Generator
) -> Presence:
    """Return for each step what its episode has; a place is told as often as for the honest."""
    latitude, longitude = scattered(city, rng)
    steps = len(episodes.episode)
    is_unknown = rng.random(steps) < _LOCATION_UNKNOWN
    return Presence(
        episodes.each(device),
        episodes.each(address),
        episodes.each(city),
        np.where(is_unknown, np.nan, latitude[episodes.episode]),
        np.where(is_unknown, np.nan, longitude[episodes.episode]),
    )


def some_episodes(episodes: Episodes, share: float, rng: np.random.Generator) -> Flags:
    """Return for each step whether its episode is one of a random share."""
    return (rng.random(len(episodes)) < share)[episodes.episode]


def shops_of_episodes(
    world: World,
    episodes: Episodes,
    categories: Ints,
    time_s: Floats,
    rng: np.random.Generator,
    *,
    shops: int,
) -> Ints:
    """Return an online shop for each step, of the few that its episode goes to."""
    shape = len(episodes) * shops
    day = np.repeat(episodes.begin_s / DAY_S, shops)
    # Half of the time thieves buy what everybody buys online: it draws less attention.
    usual = weighted(np.cumsum(SHARES * ONLINE), rng.random(shape))
    category = np.where(rng.random(shape) < 0.5, usual, rng.choice(categories, shape))
    chosen = world.directory.choose(
        category,
        np.zeros(shape, dtype=np.int64),
        np.ones(shape, dtype=np.bool_),
        day,
        rng,
    )
    slot = rng.integers(0, shops, len(time_s))
    return chosen[episodes.episode * shops + slot]


def committed(
    world: World,
    task: Task,
    episodes: Episodes,
    time_s: Floats,
    presence: Presence,
    rng: np.random.Generator,
    *,
    kind: Ints | int,
    channel: Ints | int,
    merchant: Ints,
    amount_eur: Floats,
) -> Batch:
    """Return the steps as transactions; whatever needs a card takes the same one all through."""
    customer = episodes.customer
    has_second = world.population.has_second_card[customer]
    card = np.where(has_second & some_episodes(episodes, 0.25, rng), 1, 0)
    return batch_of(
        customer=customer,
        time_s=time_s,
        kind=kind,
        channel=channel,
        merchant=merchant,
        amount_eur=np.maximum(amount_eur, SMALLEST_EUR),
        city=presence.city,
        latitude=presence.latitude,
        longitude=presence.longitude,
        device=presence.device,
        address=presence.address,
        card=np.where(np.isin(kind, (PAYMENT, WITHDRAWAL)), card, NONE),
        fraud=task.code,
    )
