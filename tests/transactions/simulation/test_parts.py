from __future__ import annotations

import ipaddress
from decimal import Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from transactions.money import DEFAULT_RATES, Money, looks_like_pan, reference_minor
from transactions.simulation.arrays import ranks_within, weighted
from transactions.simulation.currencies import WORDS, reference_cents
from transactions.simulation.fraud.episodes import sizes_up_to
from transactions.simulation.identifiers import (
    Permutation,
    addresses,
    hexadecimal_ids,
    number_ids,
)


@given(st.lists(st.tuples(st.integers(1, 10**10), st.sampled_from(range(len(WORDS)))), min_size=1))
def test_amounts_in_euros_are_those_of_the_money_package(rows: list[tuple[int, int]]) -> None:
    minor, currency = (np.array(values) for values in zip(*rows, strict=True))

    cents = reference_cents(minor, currency)

    expected = [reference_minor(Money(m, WORDS[c]), DEFAULT_RATES) for m, c in rows]
    assert cents.tolist() == expected


def test_every_currency_has_a_rate_that_is_used_exactly() -> None:
    assert all(
        DEFAULT_RATES.per_unit[code] == Decimal(str(DEFAULT_RATES.per_unit[code])) for code in WORDS
    )
    assert "EUR" in WORDS


@given(st.integers(2, 40), st.integers(0, 2**32), st.data())
def test_a_permutation_gives_different_numbers_to_different_places(
    bits: int, seed: int, data: st.DataObject
) -> None:
    places = data.draw(st.lists(st.integers(0, 2**bits - 1), unique=True, max_size=200))
    permutation = Permutation.drawn(bits, np.random.default_rng(seed))

    numbers = permutation.of(np.array(places, dtype=np.int64)).tolist()

    assert len(set(numbers)) == len(places)
    assert all(0 <= number < 2**bits for number in numbers)


def test_the_order_of_ids_says_nothing_about_the_order_of_places() -> None:
    for seed in range(5):
        ids = number_ids("D", 50_000, 32, np.random.default_rng(seed))

        ranks = ids.rank().to_numpy()

        # 50,000 independent pairs correlate by less than 0.018 four times out of 4 * 10**4.
        assert abs(np.corrcoef(ranks, np.arange(50_000))[0, 1]) < 0.018
        assert abs(np.corrcoef(ranks[1:], ranks[:-1])[0, 1]) < 0.018


def test_ids_are_short_distinct_and_no_card_numbers() -> None:
    rng = np.random.default_rng(3)
    ids = [
        *number_ids("T", 20_000, 33, rng),
        *hexadecimal_ids("tok_", 20_000, 32, rng),
    ]

    assert len(set(ids)) == 40_000
    assert max(map(len, ids)) <= 12
    assert not any(looks_like_pan(name) for name in ids)


def test_addresses_are_public_and_distinct() -> None:
    found = addresses(20_000, np.random.default_rng(4)).to_list()

    assert len(set(found)) == 20_000
    assert all(ipaddress.ip_address(address).is_global for address in found)


@given(st.integers(1, 500), st.integers(1, 6), st.integers(0, 6), st.integers(0, 2**32))
def test_sizes_add_up_and_keep_the_limits(count: int, smallest: int, more: int, seed: int) -> None:
    sizes = sizes_up_to(count, smallest, smallest + more, np.random.default_rng(seed))

    assert int(sizes.sum()) == count
    assert all(smallest <= size <= smallest + more for size in sizes[:-1].tolist())
    assert 1 <= sizes[-1] <= smallest + more


@given(st.lists(st.integers(0, 5), max_size=30))
def test_ranks_count_from_zero_in_each_group(sizes: list[int]) -> None:
    expected = [rank for size in sizes for rank in range(size)]

    assert ranks_within(np.array(sizes, dtype=np.int64)).tolist() == expected


def test_draws_follow_the_weights() -> None:
    draws = np.random.default_rng(1).random(200_000)

    counts = np.bincount(weighted(np.cumsum([1.0, 3.0, 6.0]), draws)) / 200_000

    assert np.abs(counts - [0.1, 0.3, 0.6]).max() < 0.005
