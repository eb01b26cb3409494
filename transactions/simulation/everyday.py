"""Everyday payments: shopping, eating out, cash, sending money to friends."""

from __future__ import annotations

import numpy as np

from transactions.simulation.amounts import habitual_eur, rounded_cash_eur
from transactions.simulation.arrays import NONE, Flags, Floats, Ints, ranks_within, weighted
from transactions.simulation.batch import (
    ATM,
    MOBILE,
    PAYMENT,
    POS,
    TRANSFER,
    WEB,
    WITHDRAWAL,
    Batch,
    batch_of,
)
from transactions.simulation.calendar import DAY_S, HOUR_S, channel_shift
from transactions.simulation.categories import CASH, ONLINE, SHARES
from transactions.simulation.geography import UTC_OFFSETS_H
from transactions.simulation.presence import presence_by_channel
from transactions.simulation.world import World

# Chance that one payment of an outing is followed by another, and the minutes to it.
_ANOTHER_STOP = 0.22
_STOP_MINUTES = (14.0, 0.8)
_SAME_SHOP_SHARE = 0.4
_FAVOURITE_SHARE = 0.74
# Payments to people instead of shops, and how many of these go to somebody new.
_TRANSFER_SHARE = 0.05
_NEW_PAYEE_SHARE = 0.12
_TRANSFER_EUR = (38.0, 0.9)
# Standard deviation of when people pay about their habitual hour, and what has no habit.
_HABIT_H = 1.15
_ANY_HOUR_SHARE = 0.06


def everyday(world: World, count: int, rng: np.random.Generator) -> Batch:
    """Return so many everyday payments of all customers."""
    customer, time_s, rank = _outings(world, count, rng)
    is_transfer = rng.random(count) < _TRANSFER_SHARE
    merchant, is_online = _shops(world, customer, time_s, rng)
    # A payment at the shop one is in already: something forgotten, the next ride, a second round.
    stays = np.flatnonzero((rank > 0) & (rng.random(count) < _SAME_SHOP_SHARE))
    merchant[stays], is_online[stays] = merchant[stays - 1], is_online[stays - 1]
    merchant = np.where(is_transfer, _payees(world, customer, rng), merchant)
    channel = _channels(world, customer, merchant, is_online | is_transfer, rng)
    is_cash = channel == ATM
    kind = np.where(is_transfer, TRANSFER, np.where(is_cash, WITHDRAWAL, PAYMENT))
    presence = presence_by_channel(world, customer, time_s, channel, merchant, rng)
    return batch_of(
        customer=customer,
        time_s=time_s,
        kind=kind,
        channel=channel,
        merchant=merchant,
        amount_eur=_amounts(world, customer, merchant, time_s, is_transfer, rng),
        city=presence.city,
        latitude=presence.latitude,
        longitude=presence.longitude,
        device=presence.device,
        address=presence.address,
        card=np.where(is_transfer, NONE, usual_cards(world, customer, rng)),
    )


def _outings(world: World, count: int, rng: np.random.Generator) -> tuple[Ints, Floats, Ints]:
    """Return who pays when, and at which stop of an outing; exactly `count` payments in all."""
    sizes = rng.geometric(1.0 - _ANOTHER_STOP, count)
    sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), count)) + 1]
    sizes[-1] -= int(sizes.sum()) - count
    visitor = draw_customers(world, len(sizes), rng)
    begin = habitual_times(world, visitor, rng)
    customer = np.repeat(visitor, sizes)
    pause = rng.lognormal(np.log(_STOP_MINUTES[0] * 60), _STOP_MINUTES[1], count)
    rank = ranks_within(sizes)
    # The pauses since the first stop of the outing, by differences of one running sum.
    pause[rank == 0] = 0.0
    running = np.cumsum(pause)
    since_begin = running - np.repeat(running[rank == 0], sizes)
    time_s = np.repeat(begin, sizes) + since_begin
    return customer, world.calendar.within(time_s, world.opened_s(customer)), rank


def draw_customers(world: World, count: int, rng: np.random.Generator) -> Ints:
    """Return who pays, by how active they are and how long they have been customers."""
    opened = np.maximum(world.population.opened_day, 0.0)
    present = 1.0 - world.calendar.share_before(opened)
    cumulative = np.cumsum(world.population.activity * present)
    return weighted(cumulative, rng.random(count))


def habitual_times(world: World, customer: Ints, rng: np.random.Generator) -> Floats:
    """Return when each of them pays: a day by the week's rhythm, an hour by their own habit."""
    people = world.population
    draw = rng.random(len(customer))
    is_noon = draw < people.peak_shares[customer, 0]
    is_evening = draw < people.peak_shares[customer, 1]
    hour = np.where(
        is_noon,
        people.noon_h[customer],
        np.where(is_evening, people.evening_h[customer], people.night_h[customer]),
    )
    hour = hour + rng.normal(0.0, _HABIT_H, len(customer))
    any_hour = rng.uniform(7.0, 24.0, len(customer))
    hour = np.where(rng.random(len(customer)) < _ANY_HOUR_SHARE, any_hour, hour)
    opened = world.opened_s(customer)
    day = world.calendar.draw_days(opened / DAY_S, rng)
    utc_hour = hour - UTC_OFFSETS_H[people.city[customer]]
    return world.calendar.within(day * DAY_S + utc_hour * HOUR_S, opened)


def _shops(
    world: World, customer: Ints, time_s: Floats, rng: np.random.Generator
) -> tuple[Ints, Flags]:
    """Return a favourite for most, another shop where they are (or online) for the rest.

    As time goes by, more of it is bought online.
    """
    city = world.trips.city_at(world.population, customer, time_s)
    category = weighted(np.cumsum(SHARES), rng.random(len(customer)))
    # What is never sold online does not move there either.
    moves = (rng.random(len(customer)) < channel_shift(time_s)) & (ONLINE[category] > 0)
    is_online = moves | (rng.random(len(customer)) < ONLINE[category])
    merchant = world.directory.choose(category, city, is_online, time_s / DAY_S, rng)
    favourite, favourite_online = world.favourites.draw_shop(customer, rng)
    is_in_reach = favourite_online | (city == world.population.city[customer])
    stays = is_in_reach & ~moves & (rng.random(len(customer)) < _FAVOURITE_SHARE)
    return np.where(stays, favourite, merchant), np.where(stays, favourite_online, is_online)


def _payees(world: World, customer: Ints, rng: np.random.Generator) -> Ints:
    known = world.favourites.draw_payee(customer, rng)
    persons = world.directory.persons
    stranger = rng.integers(persons.start, persons.stop, len(customer))
    return np.where(rng.random(len(customer)) < _NEW_PAYEE_SHARE, stranger, known)


def _channels(
    world: World, customer: Ints, merchant: Ints, is_online: Flags, rng: np.random.Generator
) -> Ints:
    takes_phone = rng.random(len(customer)) < world.population.mobile_share[customer]
    online = np.where(takes_phone, MOBILE, WEB)
    at_till = np.where(world.directory.category[merchant] == CASH, ATM, POS)
    return np.where(is_online, online, at_till)


def usual_cards(world: World, customer: Ints, rng: np.random.Generator) -> Ints:
    """Return which of their cards people take: mostly the first."""
    takes_second = rng.random(len(customer)) < 0.25
    return (world.population.has_second_card[customer] & takes_second).astype(np.int64)


def _amounts(
    world: World,
    customer: Ints,
    merchant: Ints,
    time_s: Floats,
    is_transfer: Flags,
    rng: np.random.Generator,
) -> Floats:
    shopping = habitual_eur(world, customer, merchant, time_s, rng)
    is_cash = world.directory.category[merchant] == CASH
    shopping = np.where(is_cash, rounded_cash_eur(shopping), shopping)
    scale = np.exp(world.population.log_spending[customer])
    sent = scale * rng.lognormal(np.log(_TRANSFER_EUR[0]), _TRANSFER_EUR[1], len(customer))
    is_round = rng.random(len(customer)) < 0.6
    sent = np.where(is_round, np.maximum(5.0, np.round(sent / 5.0) * 5.0), sent)
    return np.where(is_transfer, sent, shopping)
