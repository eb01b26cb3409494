"""From where customers act themselves: device, address and place of their online payments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transactions.simulation.arrays import NONE, Flags, Floats, Ints
from transactions.simulation.batch import API, MOBILE, POS, WEB
from transactions.simulation.calendar import DAY_S, HOUR_S
from transactions.simulation.geography import UTC_OFFSETS_H, scattered
from transactions.simulation.world import World

# Shares of what people do, set by hand.
_VPN_USE = 0.35
_WALLET_USE = 0.7
_OFFICE_USE = 0.5
_OFFICE_HOURS = (8.0, 17.5)
_MOBILE_NETWORK_USE = 0.4
_ROAMING_USE = 0.4
_LOCATION_UNKNOWN = 0.12
# Of a location by address or telephone, degrees: about a kilometre.
_LOCATION_NOISE_DEG = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Presence:
    """Device, address and place of each action; arrays of shape (n,)."""

    device: Ints
    address: Ints
    city: Ints
    latitude: Floats
    longitude: Floats

    def where(self, condition: Flags, other: Presence) -> Presence:
        """Return this presence where the condition holds and the other one elsewhere."""
        return Presence(
            np.where(condition, self.device, other.device),
            np.where(condition, self.address, other.address),
            np.where(condition, self.city, other.city),
            np.where(condition, self.latitude, other.latitude),
            np.where(condition, self.longitude, other.longitude),
        )


def own_presence(
    world: World, customer: Ints, time_s: Floats, channel: Ints, rng: np.random.Generator
) -> Presence:
    """Return from where customers act through these online channels."""
    city = world.trips.city_at(world.population, customer, time_s)
    is_home = city == world.population.city[customer]
    address = np.where(
        is_home,
        _address_at_home(world, customer, time_s, channel, rng),
        _address_away(world, customer, city, rng),
    )
    uses_vpn = world.population.is_vpn_user[customer] & (rng.random(len(customer)) < _VPN_USE)
    address = np.where(uses_vpn, world.addresses.vpn_exit(customer, rng), address)
    city[uses_vpn] = world.addresses.city_of_exit(address[uses_vpn])
    latitude, longitude = _location(world, customer, city, is_home & ~uses_vpn, rng)
    web = world.devices.for_web(world.population, customer, time_s, rng)
    device = np.where(channel == WEB, web, world.devices.phone(customer, time_s))
    return Presence(device, address, city, latitude, longitude)


def till_presence(
    world: World, customer: Ints, time_s: Floats, merchant: Ints, rng: np.random.Generator
) -> Presence:
    """Return where tills and cash machines stand; a wallet shows its telephone, nothing an IP."""
    pays_by_phone = world.population.has_wallet[customer] & (
        rng.random(len(customer)) < _WALLET_USE
    )
    return Presence(
        np.where(pays_by_phone, world.devices.phone(customer, time_s), NONE),
        np.full(len(customer), NONE),
        world.directory.city[merchant],
        world.directory.latitude[merchant],
        world.directory.longitude[merchant],
    )


def presence_by_channel(
    world: World,
    customer: Ints,
    time_s: Floats,
    channel: Ints,
    merchant: Ints,
    rng: np.random.Generator,
) -> Presence:
    """Return where and with what customers act, at tills and online alike."""
    is_online = (channel == WEB) | (channel == MOBILE)
    online = own_presence(world, customer, time_s, channel, rng)
    till = till_presence(world, customer, time_s, merchant, rng)
    till.device[channel != POS] = NONE
    told = online.where(is_online, till)
    return bank_presence(world, customer).where(channel == API, told)


def bank_presence(world: World, customer: Ints) -> Presence:
    """Return what is known of money from another bank: neither device nor address nor place."""
    nothing = np.full(len(customer), NONE)
    nowhere = np.full(len(customer), np.nan)
    return Presence(nothing, nothing, world.population.city[customer], nowhere, nowhere)


def _address_at_home(
    world: World, customer: Ints, time_s: Floats, channel: Ints, rng: np.random.Generator
) -> Ints:
    hour = local_hour(world, customer, time_s)
    is_office_time = world.calendar.is_workday(time_s) & (
        (hour >= _OFFICE_HOURS[0]) & (hour < _OFFICE_HOURS[1])
    )
    in_office = (
        world.population.works_in_office[customer]
        & is_office_time
        & (rng.random(len(customer)) < _OFFICE_USE)
    )
    on_the_move = (channel == MOBILE) & (rng.random(len(customer)) < _MOBILE_NETWORK_USE)
    city = world.population.city[customer]
    address = np.where(
        on_the_move,
        world.addresses.mobile(customer, city, rng),
        world.addresses.home(world.population, customer, time_s),
    )
    return np.where(in_office, world.addresses.office(world.population, customer), address)


def _address_away(world: World, customer: Ints, city: Ints, rng: np.random.Generator) -> Ints:
    return np.where(
        rng.random(len(customer)) < _ROAMING_USE,
        world.addresses.mobile(customer, city, rng),
        world.addresses.hotel(city, rng),
    )


def _location(
    world: World, customer: Ints, city: Ints, at_home: Flags, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    latitude, longitude = scattered(city, rng)
    noise = rng.normal(0.0, _LOCATION_NOISE_DEG, (2, len(customer)))
    latitude = np.where(at_home, world.population.latitude[customer] + noise[0], latitude)
    longitude = np.where(at_home, world.population.longitude[customer] + noise[1], longitude)
    is_unknown = rng.random(len(customer)) < _LOCATION_UNKNOWN
    return np.where(is_unknown, np.nan, latitude), np.where(is_unknown, np.nan, longitude)


def local_hour(world: World, customer: Ints, time_s: Floats) -> Floats:
    """Return the hour of the day at the customers' homes, 0 … 24."""
    offset_s = UTC_OFFSETS_H[world.population.city[customer]] * HOUR_S
    hour: Floats = np.mod(time_s + offset_s, DAY_S) / HOUR_S
    return hour
