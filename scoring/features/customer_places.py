"""Where the customer is: distance, speed, countries."""

from __future__ import annotations

import math
from typing import Any

from scoring.features.clock import DAY, HOUR, MINUTE
from scoring.features.kernel import compiled, real, whole
from scoring.features.slots import U2_MAX, seen_within, slot_for_new, slot_of

EARTH_RADIUS_KM = 6_371.0  # mean radius (IUGG)

# Airliners cruise at about 900 km/h; below 100 km the error of an IP address's place is as large.
IMPOSSIBLE_KMH = 1_000.0
IMPOSSIBLE_FROM_KM = 100.0

# Home is a mean of at least the last 50 places.
HOME_MEMORY = 0.02


@compiled
def has_place(latitude: float, longitude: float) -> bool:
    """Tell whether there are coordinates, and possible ones."""
    return abs(latitude) <= 90.0 and abs(longitude) <= 180.0


@compiled
def kilometres(latitude: float, longitude: float, latitude_2: float, longitude_2: float) -> float:
    """Return the distance along the surface (haversine; Sinnott 1984)."""
    radians = math.pi / 180.0
    up = math.sin((latitude_2 - latitude) * radians / 2.0)
    across = math.sin((longitude_2 - longitude) * radians / 2.0)
    both = math.cos(latitude * radians) * math.cos(latitude_2 * radians)
    return 2.0 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(up * up + both * across * across)))


@compiled
def describe_place(customer: Any, event: Any, second: int, out: Any) -> None:
    """Write distance and speed from the last known place, and distance from home."""
    latitude, longitude = real(event.latitude), real(event.longitude)
    if customer.places == 0 or not has_place(latitude, longitude):
        return
    away = kilometres(customer.latitude, customer.longitude, latitude, longitude)
    # A transaction that comes late was there earlier than the last known place.
    seconds = max(abs(second - whole(customer.place_second)), MINUTE)
    speed = away * HOUR / seconds
    out.km_from_last = away
    out.speed_kmh = speed
    is_impossible = speed > IMPOSSIBLE_KMH and away > IMPOSSIBLE_FROM_KM
    out.is_impossible_travel = 1.0 if is_impossible else 0.0
    out.km_from_home = kilometres(
        customer.home_latitude, customer.home_longitude, latitude, longitude
    )


@compiled
def describe_country(customer: Any, event: Any, out: Any) -> None:
    """Write whether this customer was seen in the country before."""
    if event.country == 0 or customer.country_used == 0:
        return
    slot = slot_of(customer.country_key, whole(customer.country_used), whole(event.country))
    out.is_country_new = 1.0 if slot < 0 else 0.0
    out.country_share = customer.country_count[slot] / customer.number if slot >= 0 else 0.0
    out.is_country_changed = 1.0 if customer.country != event.country else 0.0


@compiled
def describe_countries(customer: Any, now: int, out: Any) -> None:
    """Write how many countries there were lately."""
    used = whole(customer.country_used)
    out.countries_1h = seen_within(customer.country_last, used, now, HOUR)
    out.countries_24h = seen_within(customer.country_last, used, now, DAY)
    out.countries_7d = seen_within(customer.country_last, used, now, 7 * DAY)
    out.countries_30d = seen_within(customer.country_last, used, now, 30 * DAY)


@compiled
def learn_place(customer: Any, event: Any, second: int) -> None:
    """Move home towards a place, and make it the last known one unless it came late."""
    latitude, longitude = real(event.latitude), real(event.longitude)
    if not has_place(latitude, longitude):
        return
    if customer.places == 0:
        customer.home_latitude, customer.home_longitude = latitude, longitude
    else:
        weight = max(1.0 / (customer.places + 1.0), HOME_MEMORY)
        customer.home_latitude += weight * (latitude - customer.home_latitude)
        east = _wrapped(longitude - customer.home_longitude)
        customer.home_longitude = _wrapped(customer.home_longitude + weight * east)
    if second >= whole(customer.place_second):
        customer.latitude, customer.longitude = latitude, longitude
        customer.place_second = second
    customer.places += 1


@compiled
def _wrapped(degrees: float) -> float:
    return degrees - 360.0 * math.floor((degrees + 180.0) / 360.0)


@compiled
def learn_country(customer: Any, event: Any, now: int) -> None:
    """Count a country."""
    if event.country == 0:
        return
    used = whole(customer.country_used)
    slot = slot_of(customer.country_key, used, whole(event.country))
    if slot < 0:
        slot = slot_for_new(customer.country_last, used)
        customer.country_key[slot] = event.country
        customer.country_count[slot] = 0
    customer.country_last[slot] = now
    customer.country_count[slot] = min(U2_MAX, whole(customer.country_count[slot]) + 1)
    customer.country_used = max(used, slot + 1)
    customer.country = event.country
