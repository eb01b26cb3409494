"""Counterparties: shops in cities and online, and the payees at other banks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transactions.simulation.arrays import NONE, Flags, Floats, Ints, ranks_within
from transactions.simulation.categories import CATEGORIES, ONLINE, SHADY, SHARES
from transactions.simulation.geography import CITIES, scattered
from transactions.simulation.plan import SimulationPlan

# Popularity falls with the rank as in Zipf's law; the exponent is that of the law's first form.
_ZIPF_EXPONENT = 1.0
# Shops that open during half a year; nothing closes.
_OPENING_SHARE = 0.08
# Standard deviation of the logarithm of a shop's prices against its trade.
_PRICE_SPREAD = 0.22
# However few customers are simulated, they buy where many others buy too.
_FEWEST_SHOPS = 1_200
# Days that a fraudulent shop takes money until the scheme has moved on.
_SCHEME_DAYS = (45.0, 90.0)
# Days after which the accounts that stolen money goes to are given up: frauds are known by then.
_DROP_DAYS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Directory:
    """All counterparties, each known by its place in these arrays.

    Shops stand in groups by city and category; the online shops of a category are the group of a
    city that does not exist. Within a group the first is the most popular and always open.

    Attributes
    ----------
    category : ndarray of shape (merchants,)
        Place in `CATEGORIES`; `NONE` for subscriptions, landlords, payees.
    city, latitude, longitude : ndarray of shape (merchants,)
        Where it stands; for online shops, where they are registered.
    log_price : ndarray of shape (merchants,)
        Logarithm of its prices against the category's.
    opened_day : ndarray of shape (merchants,)
        Day of the history; fraudulent shops also have `closed_day`.
    group_starts : ndarray of shape (groups + 1,)
        Where each group begins.
    cumulative : ndarray of shape (shops + 1,)
        Cumulative popularity, from 0 on.
    """

    category: Ints
    city: Ints
    latitude: Floats
    longitude: Floats
    log_price: Floats
    opened_day: Floats
    closed_day: Floats
    group_starts: Ints
    cumulative: Floats
    last_day: int
    shady: range
    subscriptions: range
    employers: range
    landlords: range
    persons: range
    drops: range

    def __len__(self) -> int:
        return len(self.category)

    def choose(
        self, category: Ints, city: Ints, is_online: Flags, day: Floats, rng: np.random.Generator
    ) -> Ints:
        """Return a shop of each category, in each city or online, by popularity.

        All arguments have the same shape; `day` is when somebody pays there.
        """
        group = np.where(is_online, len(CITIES), city) * len(CATEGORIES) + category
        first = self.group_starts[group]
        low = self.cumulative[first]
        high = self.cumulative[self.group_starts[group + 1]]
        draw = low + rng.random(len(group)) * (high - low)
        # A sum of many parts may round up to the next group's; the group's end holds it back.
        shop = np.searchsorted(self.cumulative, draw, side="right") - 1
        shop = np.clip(shop, first, self.group_starts[group + 1] - 1)
        return np.where(self.opened_day[shop] <= day, shop, first)

    def choose_drop(self, day: Floats, rng: np.random.Generator) -> Ints:
        """Return an account that takes stolen money on each of these days; it is given up soon."""
        at_a_time = -(-len(self.drops) // (1 + self.last_day // _DROP_DAYS))
        turn = np.floor(np.maximum(day, 0.0) / _DROP_DAYS).astype(np.int64)
        slot = turn * at_a_time + rng.integers(0, at_a_time, len(day))
        drop: Ints = self.drops.start + slot % len(self.drops)
        return drop

    def choose_shady(self, day: Floats, rng: np.random.Generator) -> Ints:
        """Return a fraudulent shop that takes money on each of these days."""
        shops = np.asarray(self.shady)
        chosen = rng.choice(shops, len(day))
        for _ in range(12):
            is_shut = (day < self.opened_day[chosen]) | (day > self.closed_day[chosen])
            chosen[is_shut] = rng.choice(shops, int(is_shut.sum()))
        return chosen


def open_merchants(plan: SimulationPlan, rng: np.random.Generator) -> Directory:
    """Return the counterparties for so many customers."""
    sizes = _group_sizes(plan)
    shops = int(sizes.sum())
    category = np.repeat(np.tile(np.arange(len(CATEGORIES)), len(CITIES) + 1), sizes)
    city = np.repeat(np.repeat(np.arange(len(CITIES) + 1), len(CATEGORIES)), sizes)
    city = np.where(city == len(CITIES), rng.integers(0, len(CITIES), shops), city)
    weights = (ranks_within(sizes) + 1.0) ** -_ZIPF_EXPONENT
    ranges = _ranges(shops, plan.users)
    others = ranges[-1].stop - shops
    shady_categories = rng.choice(SHADY, len(ranges[0]))
    nothing = np.full(others - len(shady_categories), NONE)
    opened, closed = _opening_days(plan, sizes, ranges, rng)
    city = np.concatenate([city, rng.integers(0, len(CITIES), others)])
    return Directory(
        np.concatenate([category, shady_categories, nothing]),
        city,
        *scattered(city, rng),
        rng.normal(0.0, _PRICE_SPREAD, shops + others),
        opened,
        closed,
        np.concatenate([[0], np.cumsum(sizes)]),
        np.concatenate([[0.0], np.cumsum(weights)]),
        plan.days,
        *ranges,
    )


def _group_sizes(plan: SimulationPlan) -> Ints:
    """Return how many shops there are by city (and online, last) and category, at least one."""
    shops = max(_FEWEST_SHOPS, plan.users // 8)
    weights = np.array([max(city.weight, 0.3) for city in CITIES])
    in_cities = np.outer(weights / weights.sum(), SHARES * (1 - ONLINE))
    online = SHARES * ONLINE
    shares = np.concatenate([in_cities.ravel(), online])
    sizes: Ints = np.maximum(1, np.round(shops * shares / shares.sum())).astype(np.int64)
    return sizes


def _ranges(shops: int, users: int) -> tuple[range, ...]:
    """Return the places of shady shops, subscriptions, employers, landlords, persons and drops."""
    counts = (
        int(np.clip(users // 500, 6, 400)),
        int(np.clip(users // 100, 12, 300)),
        max(5, users // 40),
        max(8, users // 6),
        max(30, users // 2),
        max(24, users // 15),
    )
    ends = shops + np.cumsum(counts)
    return tuple(range(int(end - count), int(end)) for end, count in zip(ends, counts, strict=True))


def _opening_days(
    plan: SimulationPlan, sizes: Ints, ranges: tuple[range, ...], rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return when counterparties begin and end; only fraudulent shops end."""
    total = ranges[-1].stop
    opened = np.full(total, -np.inf)
    closed = np.full(total, np.inf)
    is_new = rng.random(total) < _OPENING_SHARE * plan.days / 180
    is_new[int(sizes.sum()) :] = False
    is_new[np.cumsum(sizes) - sizes] = False
    opened[is_new] = rng.uniform(0, plan.days, int(is_new.sum()))
    shady = np.asarray(ranges[0])
    # One after the other, overlapping, so that on each day several are open.
    length = rng.uniform(*_SCHEME_DAYS, len(shady))
    opened[shady] = np.linspace(-45, plan.days - 20, len(shady))
    closed[shady] = opened[shady] + length
    return opened, closed
