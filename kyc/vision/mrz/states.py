"""Codes that may stand for a state or an organisation in a machine-readable zone."""

from __future__ import annotations

from functools import cache

import pycountry

from kyc.vision.mrz.check_digits import FILLER

# ICAO Doc 9303 part 3, §5 part B–D: codes that are not in ISO 3166-1.
SPECIAL_CODES = frozenset(
    {
        "D", "EUE",
        "GBD", "GBN", "GBO", "GBP", "GBS",
        "UNO", "UNA", "UNK", "RKS",
        "XBA", "XIM", "XCC", "XCE", "XCO", "XEC", "XPO", "XES", "XMP", "XOM", "XDC", "XCT",
        "XXA", "XXB", "XXC", "XXX",
        "IAO",
        "UTO",
    }
)  # fmt: skip


@cache
def known_codes() -> frozenset[str]:
    """Every code that the standard knows: ISO 3166-1 alpha-3, and its own."""
    return frozenset(country.alpha_3 for country in pycountry.countries) | SPECIAL_CODES


def is_known_state(code: str) -> bool:
    """Whether the code, with or without its fillers, stands for a state or an organisation.

    Examples
    --------
    >>> is_known_state("UTO"), is_known_state("D<<"), is_known_state("XYZ")
    (True, True, False)
    """
    return code.rstrip(FILLER) in known_codes()
