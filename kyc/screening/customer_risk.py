"""How much risk a customer is: facts in, a level with its reasons out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class RiskLevel(StrEnum):
    """From best to worst; *prohibited* means that no business may be done."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    PROHIBITED = "prohibited"


ORDER = tuple(RiskLevel)

# FATF, "High-Risk Jurisdictions subject to a Call for Action" and "Jurisdictions under Increased
# Monitoring", both of February 2026 (plenary of 11–13 February). They change three times a year:
# the operator keeps RISK_COUNTRIES up to date.
FATF_DATE = "2026-02-13"
FATF_CALL_FOR_ACTION = frozenset({"IRN", "MMR", "PRK"})
FATF_INCREASED_MONITORING = frozenset(
    {
        "AGO", "BGR", "BOL", "CIV", "CMR", "COD", "DZA", "HTI", "KEN", "KWT", "LAO",
        "LBN", "MCO", "NAM", "NPL", "PNG", "SSD", "SYR", "VEN", "VGB", "VNM", "YEM",
    }
)  # fmt: skip
DEFAULT_COUNTRIES: Mapping[str, RiskLevel] = dict.fromkeys(
    FATF_CALL_FOR_ACTION, RiskLevel.HIGH
) | dict.fromkeys(FATF_INCREASED_MONITORING, RiskLevel.MEDIUM)


@dataclass(frozen=True, slots=True)
class RiskPolicy:
    """What the operator lays down.

    Attributes
    ----------
    countries : mapping of str to RiskLevel
        By alpha-3 code; a country that is missing adds nothing.
    shared_device_from, shared_device_high_from : int
        Other customers on a customer's devices. A household of four shares a computer, so that
        three others add nothing; choices, not measurements.
    """

    countries: Mapping[str, RiskLevel] = field(default_factory=lambda: dict(DEFAULT_COUNTRIES))
    shared_device_from: int = 4
    shared_device_high_from: int = 10


@dataclass(frozen=True, slots=True)
class RiskFacts:
    """What is known of a customer at a moment; codes and counts only.

    Attributes
    ----------
    verification : str
        Status of the newest one, empty for none.
    has_fraud_sign : bool
        A sign of fraud stands that no person has overruled.
    open_hits, confirmed_hits : int
        On watchlists.
    customers_on_devices : int
        Others who were seen on this customer's devices.
    countries : tuple of str
        Nationality, issuing state; alpha-3.
    """

    verification: str = ""
    has_fraud_sign: bool = False
    open_hits: int = 0
    confirmed_hits: int = 0
    customers_on_devices: int = 0
    countries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RiskReason:
    """One reason: a stable code, the level it asks for, and a sentence."""

    code: str
    level: RiskLevel
    sentence: str


@dataclass(frozen=True, slots=True)
class Risk:
    """The level and its reasons, the worst first; low has none."""

    level: RiskLevel
    reasons: tuple[RiskReason, ...]


def assess(facts: RiskFacts, policy: RiskPolicy) -> Risk:
    """Return the worst level that any reason asks for.

    Examples
    --------
    >>> assess(RiskFacts(verification="approved", countries=("FRA",)), RiskPolicy())
    Risk(level=<RiskLevel.LOW: 'low'>, reasons=())
    >>> risk = assess(RiskFacts("approved", open_hits=1, countries=("KEN",)), RiskPolicy())
    >>> str(risk.level), [reason.code for reason in risk.reasons]
    ('high', ['screening.open_hit', 'country.KEN'])
    """
    reasons = sorted(_reasons(facts, policy), key=lambda reason: -ORDER.index(reason.level))
    level = reasons[0].level if reasons else RiskLevel.LOW
    return Risk(level, tuple(reasons))


def _reasons(facts: RiskFacts, policy: RiskPolicy) -> Iterator[RiskReason]:
    yield from _of_screening(facts)
    yield from _of_verification(facts)
    yield from _of_devices(facts, policy)
    yield from _of_countries(facts, policy)


def _of_screening(facts: RiskFacts) -> Iterator[RiskReason]:
    if facts.confirmed_hits:
        yield RiskReason(
            "screening.confirmed", RiskLevel.PROHIBITED, "A person confirmed a watchlist entry."
        )
    if facts.open_hits:
        yield RiskReason(
            "screening.open_hit", RiskLevel.HIGH, "A possible watchlist match is not decided."
        )


def _of_verification(facts: RiskFacts) -> Iterator[RiskReason]:
    if facts.verification == "declined":
        yield RiskReason("verification.declined", RiskLevel.HIGH, "The verification was declined.")
    elif facts.verification != "approved":
        yield RiskReason("verification.missing", RiskLevel.MEDIUM, "The identity is not verified.")
    if facts.has_fraud_sign:
        yield RiskReason("verification.fraud_sign", RiskLevel.HIGH, "A sign of fraud stands.")


def _of_devices(facts: RiskFacts, policy: RiskPolicy) -> Iterator[RiskReason]:
    others = facts.customers_on_devices
    if others >= policy.shared_device_high_from:
        yield RiskReason("device.shared_by_many", RiskLevel.HIGH, _shared(others))
    elif others >= policy.shared_device_from:
        yield RiskReason("device.shared", RiskLevel.MEDIUM, _shared(others))


def _shared(others: int) -> str:
    return f"{others} other customers were seen on the same devices."


def _of_countries(facts: RiskFacts, policy: RiskPolicy) -> Iterator[RiskReason]:
    for country in sorted(set(facts.countries)):
        level = policy.countries.get(country, RiskLevel.LOW)
        if level is not RiskLevel.LOW:
            yield RiskReason(
                f"country.{country}", level, f"{country} is a country of {level} risk."
            )
