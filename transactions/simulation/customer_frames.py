"""Customers, what their verification found, and their accounts, as tables."""

from __future__ import annotations

import numpy as np
import polars as pl

from transactions.columns import ACCOUNTS, CUSTOMERS, KYC_PROFILES
from transactions.simulation.arrays import Floats, Ints
from transactions.simulation.geography import COUNTRIES, COUNTRY_OF_CITY, CURRENCIES
from transactions.simulation.instants import instants
from transactions.simulation.population import Role
from transactions.simulation.world import World

_DAY_S = 86_400.0
_OUTCOMES = ("approved", "in_review", "declined", "pending")
_RISKS = ("low", "medium", "high")
# Chances of outcomes and of risk levels, for people and for invented ones, who try to look alike.
_OUTCOME_CHANCES = ((0.955, 0.030, 0.003, 0.012), (0.86, 0.10, 0.01, 0.03))
_RISK_CHANCES = ((0.80, 0.17, 0.03), (0.52, 0.36, 0.12))
# Beta distributions of the scores; faces that are morphed or borrowed match a little worse.
_FACE = ((16.0, 2.4), (10.0, 2.8))
_LIVENESS = ((14.0, 1.8), (11.0, 2.4))
# People whom a person looked at first, and who were verified again within half a year.
_REVIEWED_SHARE = 0.03
_AGAIN_SHARE = 0.06


def customer_frame(world: World, ids: pl.Series) -> pl.DataFrame:
    """Return all customers, sorted by id."""
    people = world.population
    country = pl.Series(COUNTRIES).gather(COUNTRY_OF_CITY[people.city])
    return pl.DataFrame(
        {
            "customer_id": ids,
            "opened_at": instants(world.plan, people.opened_day * _DAY_S),
            "country": country,
            "birth_year": people.birth_year,
        },
        schema=CUSTOMERS,
        strict=False,
    ).sort("customer_id")


def account_frame(world: World, ids: pl.Series, customer_ids: pl.Series) -> pl.DataFrame:
    """Return everybody's account, sorted by id."""
    people = world.population
    kinds = pl.Series(("current", "business")).gather(people.is_business.astype(np.uint32))
    currency = pl.Series(CURRENCIES).gather(COUNTRY_OF_CITY[people.city])
    return pl.DataFrame(
        {
            "account_id": ids,
            "customer_id": customer_ids,
            "kind": kinds,
            "currency": currency,
            "opened_at": instants(world.plan, people.opened_day * _DAY_S),
        },
        schema=ACCOUNTS,
    ).sort("account_id")


def kyc_frame(world: World, customer_ids: pl.Series, rng: np.random.Generator) -> pl.DataFrame:
    """Return what verifications found, in the order in which they were decided.

    Everybody was verified when they joined; some had been with a person before, some are verified
    again later.
    """
    users = len(world.population)
    everybody = np.arange(users)
    joined_s = world.population.opened_day * _DAY_S
    decided_s = joined_s + rng.exponential(0.3 * _DAY_S, users)
    reviewed = np.flatnonzero(rng.random(users) < _REVIEWED_SHARE)
    share = min(1.0, _AGAIN_SHARE * world.calendar.days / 180)
    again = np.flatnonzero(rng.random(users) < share)
    frames = [
        _verifications(world, customer_ids, everybody, decided_s, rng),
        _verifications(
            world,
            customer_ids,
            reviewed,
            joined_s[reviewed] + (decided_s - joined_s)[reviewed] * 0.3,
            rng,
        ).with_columns(outcome=pl.lit("in_review")),
        _verifications(
            world,
            customer_ids,
            again,
            np.maximum(decided_s[again], 0.0)
            + rng.uniform(1, world.calendar.days, len(again)) * _DAY_S,
            rng,
        ),
    ]
    last = instants(world.plan, np.array([world.calendar.end_s]))[0]
    known = pl.concat(frames).filter(pl.col("decided_at") < last)
    return known.sort("decided_at", maintain_order=True)


def _verifications(
    world: World,
    customer_ids: pl.Series,
    customer: Ints,
    decided_s: Floats,
    rng: np.random.Generator,
) -> pl.DataFrame:
    is_invented = (world.population.role[customer] == Role.SYNTHETIC).astype(np.int64)
    return pl.DataFrame(
        {
            "customer_id": customer_ids.gather(customer),
            "decided_at": instants(world.plan, decided_s),
            "outcome": pl.Series(_OUTCOMES).gather(_drawn(_OUTCOME_CHANCES, is_invented, rng)),
            "risk_level": pl.Series(_RISKS).gather(_drawn(_RISK_CHANCES, is_invented, rng)),
            "face_match_score": rng.beta(*np.array(_FACE)[is_invented].T),
            "liveness_score": rng.beta(*np.array(_LIVENESS)[is_invented].T),
        },
        schema=KYC_PROFILES,
        strict=False,
    )


def _drawn(chances: tuple[tuple[float, ...], ...], row: Ints, rng: np.random.Generator) -> Ints:
    """Return for each one of the words, by the chances of its row."""
    limits = np.cumsum(np.array(chances), axis=1)[row]
    drawn: Ints = (rng.random((len(row), 1)) >= limits[:, :-1]).sum(axis=1)
    return drawn
