"""Where people live and travel: cities, and the currencies of their countries."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transactions.simulation.arrays import Floats, Ints


@dataclass(frozen=True, slots=True)
class City:
    """A place on earth.

    Attributes
    ----------
    country : str
        ISO 3166-1 alpha-2.
    latitude, longitude : float
        Degrees, rounded to a tenth: nobody's address.
    weight : float
        Relative number of customers who live there; 0: people only travel there.
    """

    name: str
    country: str
    latitude: float
    longitude: float
    weight: float


# Home cities come first, mixed by country, so that a small simulation takes the first few of them.
# Weights are rough populations in millions, set by hand.
CITIES = (
    City("Berlin", "DE", 52.5, 13.4, 3.6),
    City("Madrid", "ES", 40.4, -3.7, 3.3),
    City("Paris", "FR", 48.9, 2.4, 4.0),
    City("Milan", "IT", 45.5, 9.2, 1.6),
    City("Warsaw", "PL", 52.2, 21.0, 1.8),
    City("London", "GB", 51.5, -0.1, 3.0),
    City("Amsterdam", "NL", 52.4, 4.9, 1.2),
    City("Lisbon", "PT", 38.7, -9.1, 1.0),
    City("Vienna", "AT", 48.2, 16.4, 1.9),
    City("Hamburg", "DE", 53.6, 10.0, 1.8),
    City("Barcelona", "ES", 41.4, 2.2, 1.6),
    City("Lyon", "FR", 45.8, 4.8, 1.0),
    City("Rome", "IT", 41.9, 12.5, 2.0),
    City("Dublin", "IE", 53.3, -6.3, 0.8),
    City("Brussels", "BE", 50.8, 4.4, 1.0),
    City("Zurich", "CH", 47.4, 8.5, 0.5),
    City("Stockholm", "SE", 59.3, 18.1, 0.9),
    City("Munich", "DE", 48.1, 11.6, 1.5),
    City("Krakow", "PL", 50.1, 19.9, 0.7),
    City("Porto", "PT", 41.2, -8.6, 0.5),
    City("Manchester", "GB", 53.5, -2.2, 0.6),
    City("Athens", "GR", 38.0, 23.7, 1.0),
    City("Helsinki", "FI", 60.2, 24.9, 0.6),
    City("Marseille", "FR", 43.3, 5.4, 0.9),
    City("Bucharest", "RO", 44.4, 26.1, 0.0),
    City("Istanbul", "TR", 41.0, 29.0, 0.0),
    City("New York", "US", 40.7, -74.0, 0.0),
    City("Dubai", "AE", 25.2, 55.3, 0.0),
    City("Bangkok", "TH", 13.8, 100.5, 0.0),
    City("Tokyo", "JP", 35.7, 139.7, 0.0),
    City("Marrakesh", "MA", 31.6, -8.0, 0.0),
    City("Lagos", "NG", 6.5, 3.4, 0.0),
    City("Kyiv", "UA", 50.5, 30.5, 0.0),
    City("Prague", "CZ", 50.1, 14.4, 0.0),
)
HOME_CITIES = sum(city.weight > 0 for city in CITIES)

# Countries of the list above that do not pay in euros.
_OTHER_CURRENCIES = {
    "AE": "AED", "CH": "CHF", "CZ": "CZK", "GB": "GBP", "JP": "JPY", "MA": "MAD", "NG": "NGN",
    "PL": "PLN", "RO": "RON", "SE": "SEK", "TH": "THB", "TR": "TRY", "UA": "UAH", "US": "USD",
}  # fmt: skip

# Degrees within a city from its middle (one standard deviation, about 4 km).
CITY_SPREAD_DEG = 0.04

LATITUDES: Floats = np.array([city.latitude for city in CITIES])
LONGITUDES: Floats = np.array([city.longitude for city in CITIES])
# Whole hours are near enough for when people are awake.
UTC_OFFSETS_H: Floats = np.round(LONGITUDES / 15.0)
COUNTRIES: tuple[str, ...] = tuple(sorted({city.country for city in CITIES}))
COUNTRY_OF_CITY: Ints = np.array([COUNTRIES.index(city.country) for city in CITIES])
CURRENCIES: tuple[str, ...] = tuple(_OTHER_CURRENCIES.get(code, "EUR") for code in COUNTRIES)


def home_cities(users: int) -> int:
    """Return how many of the first cities people live in: fewer when there are few people.

    Examples
    --------
    >>> home_cities(50), home_cities(50_000)
    (3, 24)
    """
    return int(np.clip(users // 150, 3, HOME_CITIES))


def scattered(
    city: Ints, rng: np.random.Generator, spread_deg: float = CITY_SPREAD_DEG
) -> tuple[Floats, Floats]:
    """Return latitudes and longitudes of random places in these cities, degrees."""
    return (
        LATITUDES[city] + rng.normal(0.0, spread_deg, len(city)),
        LONGITUDES[city] + rng.normal(0.0, spread_deg, len(city)),
    )


def another_city(city: Ints, rng: np.random.Generator) -> Ints:
    """Return for each city a different one, all equally likely."""
    return (city + rng.integers(1, len(CITIES), len(city))) % len(CITIES)
