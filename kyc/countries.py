"""States that issue documents: ISO 3166-1, and what the settings add for specimens."""

from __future__ import annotations

from functools import cache

import pycountry
from django.conf import settings


@cache
def country_choices() -> tuple[tuple[str, str], ...]:
    """Return (alpha-3 code, name) for every state, by name."""
    countries = [
        (country.alpha_3, getattr(country, "common_name", country.name))
        for country in pycountry.countries
    ]
    extra = list(settings.EXTRA_ISSUING_STATES.items())
    return tuple(extra + sorted(countries, key=lambda country: country[1]))


def country_name(code: str) -> str:
    """Return the name of a state, or the code itself when it is not known."""
    return dict(country_choices()).get(code, code)
