"""Countries as lists write them, as ISO 3166-1 alpha-3 codes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import pycountry

# What lists write and ISO 3166 does not (OFAC's spelling of June 2024 among them).
OTHER_NAMES = {
    "burma": "MMR", "cape verde": "CPV", "congo, democratic republic of the": "COD",
    "congo, republic of the": "COG", "cote d ivoire": "CIV", "cote d'ivoire": "CIV",
    "gaza": "PSE", "great britain": "GBR", "iran": "IRN", "ivory coast": "CIV",
    "korea, north": "PRK", "korea, south": "KOR", "north korea": "PRK", "south korea": "KOR",
    "kosovo": "XKX", "laos": "LAO", "macau": "MAC", "palestinian": "PSE", "russia": "RUS",
    "swaziland": "SWZ", "syria": "SYR", "taiwan": "TWN", "the gambia": "GMB", "turkey": "TUR",
    "uk": "GBR", "usa": "USA", "venezuela": "VEN", "vietnam": "VNM", "west bank": "PSE",
}  # fmt: skip
# ISO 3166-1 keeps these for users, ISO 3166-3 for states that are no more.
OTHER_CODES = {"xk": "XKX", "xkx": "XKX", "uto": "UTO", "su": "RUS", "suhh": "RUS", "yucs": "SRB"}


def country_codes(written: Iterable[str]) -> tuple[str, ...]:
    """Return the alpha-3 codes of countries given by code or name; unknown ones are left out.

    Examples
    --------
    >>> country_codes(["ru", "Iran", "DEU", "gb-sct", "Korea, North", "Atlantis"])
    ('RUS', 'IRN', 'DEU', 'GBR', 'PRK')
    """
    codes = (_codes().get(_key(text)) for text in written)
    return tuple(dict.fromkeys(code for code in codes if code))


def _key(text: str) -> str:
    plain = " ".join(text.lower().split())
    # OpenSanctions writes parts of states as ISO 3166-2 does.
    return plain[:2] if len(plain) > 2 and plain[2] == "-" else plain


@cache
def _codes() -> dict[str, str]:
    known: dict[str, str] = {}
    for country in pycountry.countries:
        names = (
            country.alpha_2,
            country.alpha_3,
            country.name,
            getattr(country, "common_name", ""),
            getattr(country, "official_name", ""),
        )
        known |= {name.lower(): country.alpha_3 for name in names if name}
    return known | OTHER_NAMES | OTHER_CODES
