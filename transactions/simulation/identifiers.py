"""Ids that tell nothing: neither what something is nor when it was made nor by whom.

Inside the simulation everything has a place in an array, and places tell a lot: thieves' devices
follow the honest ones. A keyed permutation of the numbers of so many bits makes ids of them, all
different, in an order that has nothing to do with the places.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from transactions.simulation.arrays import Ints

Words = npt.NDArray[np.uint64]

_ROUNDS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Permutation:
    """A permutation of the numbers below 2**bits: rounds of multiplying, mixing and adding.

    Good enough to hide an order from statistics; not meant against a cryptographer.

    Attributes
    ----------
    bits : int
        1 … 62.
    factors, shifts : ndarray of shape (4,), dtype=uint64
        Odd factors and added numbers, the key.
    """

    bits: int
    factors: Words
    shifts: Words

    @classmethod
    def drawn(cls, bits: int, rng: np.random.Generator) -> Permutation:
        """Return a random one."""
        words = rng.integers(0, 2**bits, (2, _ROUNDS), dtype=np.uint64)
        return cls(bits, words[0] | np.uint64(1), words[1])

    def of(self, places: Ints) -> Words:
        """Return the numbers of places, which lie in 0 … 2**bits − 1.

        Examples
        --------
        >>> permutation = Permutation.drawn(10, np.random.default_rng(1))
        >>> sorted(permutation.of(np.arange(1024)).tolist()) == list(range(1024))
        True
        """
        mask = np.uint64(2**self.bits - 1)
        half = np.uint64((self.bits + 1) // 2)
        value = places.astype(np.uint64)
        for factor, shift in zip(self.factors, self.shifts, strict=True):
            value = (value * factor + shift) & mask
            value ^= value >> half
        return value


def number_ids(prefix: str, count: int, bits: int, rng: np.random.Generator) -> pl.Series:
    """Return ids of places 0 … count − 1: a letter and as many digits for each.

    Twelve characters at most: so short a text costs polars no memory beyond the column's own.

    Examples
    --------
    >>> number_ids("C", 2, 32, np.random.default_rng(1)).to_list()
    ['C1166029712', 'C3065381414']
    """
    digits = len(str(2**bits))
    first = 10 ** (digits - 1) if 2**bits + 10 ** (digits - 1) < 10**digits else 10**digits
    numbers = Permutation.drawn(bits, rng).of(np.arange(count)) + np.uint64(first)
    return pl.select(pl.format("{}{}", pl.lit(prefix), pl.Series(numbers))).to_series()


def hexadecimal_ids(prefix: str, count: int, bits: int, rng: np.random.Generator) -> pl.Series:
    """Return ids of places 0 … count − 1 in hexadecimal digits, as tokens and fingerprints are.

    Examples
    --------
    >>> hexadecimal_ids("tok_", 2, 32, np.random.default_rng(1)).to_list()
    ['tok_09e56990', 'tok_7b1b3826']
    """
    numbers = Permutation.drawn(bits, rng).of(np.arange(count))
    width = bits // 4
    return pl.Series([f"{prefix}{number:0{width}x}" for number in numbers.tolist()])


def addresses(count: int, rng: np.random.Generator) -> pl.Series:
    """Return IPv4 addresses of places 0 … count − 1, all different, all of public networks.

    Examples
    --------
    >>> addresses(2, np.random.default_rng(1)).to_list()
    ['35.131.9.50', '85.123.159.135']
    """
    numbers = Permutation.drawn(30, rng).of(np.arange(count)).astype(np.int64)
    # 2**30 addresses from 31.0.0.0 to 94.255.255.255 hold no private or reserved network.
    octets = [(numbers >> 24) + 31, (numbers >> 16) & 255, (numbers >> 8) & 255, numbers & 255]
    return pl.select(pl.format("{}.{}.{}.{}", *(pl.Series(octet) for octet in octets))).to_series()
