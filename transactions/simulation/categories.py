"""What people buy: merchant categories with how often, for how much, and where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transactions.simulation.arrays import Floats, Ints


@dataclass(frozen=True, slots=True)
class Category:
    """One line of trade.

    Attributes
    ----------
    mcc : int
        ISO 18245.
    share : float
        Relative number of everyday payments.
    median_eur : float
        Of one payment of an average customer.
    spread : float
        Standard deviation of the logarithm of one customer's amounts.
    online : float
        Share of payments made online at the start of the history, 0 … 1.
    """

    mcc: int
    name: str
    share: float
    median_eur: float
    spread: float
    online: float


# Set by hand after everyday experience, not after a survey: what matters is that amounts differ
# by two orders of magnitude, that tails are heavy, and that trades differ in how they are paid.
CATEGORIES = (
    Category(5411, "Grocery", 0.240, 27.0, 0.65, 0.16),
    Category(5812, "Restaurant", 0.110, 28.0, 0.60, 0.18),
    Category(5814, "Cafe", 0.130, 8.5, 0.50, 0.22),
    Category(5541, "Fuel", 0.060, 48.0, 0.35, 0.00),
    Category(4111, "Transit", 0.080, 3.2, 0.45, 0.65),
    Category(5912, "Pharmacy", 0.040, 14.0, 0.60, 0.25),
    Category(5651, "Clothing", 0.050, 46.0, 0.65, 0.60),
    Category(5732, "Electronics", 0.025, 90.0, 0.90, 0.65),
    Category(5712, "Furniture", 0.012, 140.0, 0.85, 0.55),
    Category(5942, "Books", 0.020, 17.0, 0.50, 0.70),
    Category(5816, "Games", 0.035, 6.0, 0.70, 1.00),
    Category(5947, "Gifts", 0.012, 32.0, 0.60, 0.75),
    Category(7832, "Cinema", 0.020, 15.0, 0.40, 0.70),
    Category(4511, "Airline", 0.008, 170.0, 0.70, 1.00),
    Category(7011, "Hotel", 0.010, 130.0, 0.60, 0.70),
    Category(5311, "Marketplace", 0.090, 34.0, 0.80, 0.90),
    Category(7995, "Betting", 0.010, 25.0, 0.90, 0.95),
    Category(6051, "Crypto", 0.006, 100.0, 1.00, 1.00),
    Category(8398, "Charity", 0.006, 18.0, 0.80, 0.85),
    Category(5944, "Jewellery", 0.005, 170.0, 0.90, 0.55),
    Category(7230, "Hairdresser", 0.020, 28.0, 0.40, 0.10),
    Category(8011, "Doctor", 0.012, 55.0, 0.60, 0.05),
    Category(6011, "Cash machine", 0.050, 80.0, 0.55, 0.00),
)

SHARES: Floats = np.array([category.share for category in CATEGORIES])
LOG_MEDIANS: Floats = np.log([category.median_eur for category in CATEGORIES])
SPREADS: Floats = np.array([category.spread for category in CATEGORIES])
ONLINE: Floats = np.array([category.online for category in CATEGORIES])
MCCS: Ints = np.array([category.mcc for category in CATEGORIES])


def places_of(*mccs: int) -> Ints:
    """Return where these categories stand in `CATEGORIES`.

    Examples
    --------
    >>> places_of(5411, 5814).tolist()
    [0, 2]
    """
    codes = MCCS.tolist()
    return np.array([codes.index(mcc) for mcc in mccs])


CASH = int(places_of(6011)[0])
GAMES = int(places_of(5816)[0])
# What is dear and bought now and then by everybody.
DEAR = places_of(5732, 5712, 4511, 7011, 5944, 5311)
# What a thief can turn into money.
RESALEABLE = places_of(5732, 5947, 5816, 5311, 5944, 5651)
# Where a tiny payment looks natural and nobody checks the card closely.
SOFT = places_of(5816, 8398, 5942, 5311)
# What fraudulent shops claim to be.
SHADY = places_of(7995, 6051, 5311, 5944)

# Categories of counterparties that are no shops.
MCC_SUBSCRIPTION = 5968
MCC_RENT = 6513
