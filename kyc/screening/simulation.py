"""Invented names in any number, and the ways in which a name is written wrongly or otherwise.

For tests and measurements. Words are put together from syllables, so that nobody is meant; their
frequencies fall as those of real names do (the n-th most common one is borne by about 1/n as many).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

ONSETS = (
    "b", "br", "c", "ch", "d", "dr", "f", "g", "gh", "gr", "h", "j", "k", "kh", "kl", "l",
    "m", "n", "p", "q", "r", "s", "sh", "st", "t", "th", "tr", "v", "vl", "w", "y", "z",
    "zh", "",
)  # fmt: skip
VOWELS = ("a", "a", "a", "e", "e", "i", "i", "o", "o", "u", "ou", "ai", "ei", "ya")
CODAS = ("", "", "", "", "n", "r", "l", "m", "s", "d", "k", "t", "kh", "sh")
SURNAME_ENDINGS = (
    "ov", "ova", "enko", "sky", "ski", "ich", "son", "sen", "ez", "es", "ini", "elli", "i",
    "ian", "zade", "oglu", "pour", "ani", "awi", "er", "mann", "dottir", "", "", "", "",
)  # fmt: skip
GIVEN_WORDS, SURNAME_WORDS = 6_000, 120_000
# Of given names, of surnames: the share of names with one, two, three of them.
GIVEN_COUNTS, SURNAME_COUNTS = (0.55, 0.35, 0.10), (0.75, 0.20, 0.05)
LETTERS = "abcdefghijklmnopqrstuvwxyz"

# Two ways in which transliterations write one sound; either may stand for the other.
SPELLINGS = (
    ("kh", "h"), ("ou", "u"), ("v", "w"), ("y", "i"), ("sh", "sch"), ("ch", "tch"), ("q", "k"),
    ("gh", "g"), ("ei", "ey"), ("ya", "ia"), ("j", "dj"), ("o", "u"), ("ks", "x"), ("th", "t"),
    ("zh", "j"), ("f", "ph"), ("ss", "s"), ("mm", "m"), ("e", "i"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DrawnName:
    """A name of words a–z; both parts hold at least one."""

    given: tuple[str, ...]
    surname: tuple[str, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """All words, given names first."""
        return (*self.given, *self.surname)

    def __str__(self) -> str:
        return " ".join(word.capitalize() for word in self.words)


class NameSource:
    """Draws names from a vocabulary of its own.

    Parameters
    ----------
    rng : Generator
        Makes the vocabulary at once, and every name.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._given = _vocabulary(rng, GIVEN_WORDS, endings=("", "", "a", "o"))
        self._surnames = _vocabulary(rng, SURNAME_WORDS, endings=SURNAME_ENDINGS)

    def draw(self, count: int) -> list[DrawnName]:
        """Return that many names; the same one may come twice, as among people."""
        rng = self._rng
        given_counts = rng.choice(3, count, p=GIVEN_COUNTS) + 1
        surname_counts = rng.choice(3, count, p=SURNAME_COUNTS) + 1
        given = iter(self._words(self._given, int(given_counts.sum())))
        surnames = iter(self._words(self._surnames, int(surname_counts.sum())))
        return [
            DrawnName(
                tuple(next(given) for _ in range(n_given)),
                tuple(next(surnames) for _ in range(n_surnames)),
            )
            for n_given, n_surnames in zip(given_counts, surname_counts, strict=True)
        ]

    def _words(self, vocabulary: list[str], count: int) -> list[str]:
        weights = 1.0 / np.arange(2, len(vocabulary) + 2)
        picks = self._rng.choice(len(vocabulary), count, p=weights / weights.sum())
        return [vocabulary[pick] for pick in picks]


def typo(name: DrawnName, rng: np.random.Generator) -> str:
    """Return the name with one letter replaced, left out, doubled or swapped with the next."""
    words = list(name.words)
    at = int(rng.integers(len(words)))
    words[at] = _with_slip(words[at], rng)
    return " ".join(words)


def two_typos(name: DrawnName, rng: np.random.Generator) -> str:
    """Return the name with two such slips in two of its words."""
    words = list(name.words)
    for at in rng.choice(len(words), 2, replace=False):
        words[at] = _with_slip(words[at], rng)
    return " ".join(words)


def reordered(name: DrawnName, rng: np.random.Generator) -> str:
    """Return the words in another order."""
    return " ".join(rng.permutation(name.words))


def respelled(name: DrawnName, rng: np.random.Generator) -> str:
    """Return the name as another transliteration writes it: up to three spellings exchanged."""
    text = " ".join(name.words)
    possible = [
        (one, other) for pair in SPELLINGS for one, other in (pair, pair[::-1]) if one in text
    ]
    for pick in rng.permutation(len(possible))[:3]:
        one, other = possible[pick]
        text = text.replace(one, other, 1)
    return text


def middle_dropped(name: DrawnName, rng: np.random.Generator) -> str:
    """Return the first given name and one of the surnames."""
    return f"{name.given[0]} {name.surname[int(rng.integers(len(name.surname)))]}"


def middle_added(name: DrawnName, rng: np.random.Generator) -> str:
    """Return the name with a further given name before the surname."""
    added = _syllables(rng, 2)
    return " ".join((*name.given, added, *name.surname))


def joined(name: DrawnName, rng: np.random.Generator) -> str:
    """Return the name with two neighbouring words written as one."""
    words = list(name.words)
    at = int(rng.integers(len(words) - 1))
    return " ".join((*words[:at], words[at] + words[at + 1], *words[at + 2 :]))


Perturbation = Callable[[DrawnName, np.random.Generator], str]
PERTURBATIONS: Mapping[str, Perturbation] = {
    "typo": typo,
    "two_typos": two_typos,
    "reordered": reordered,
    "respelled": respelled,
    "middle_dropped": middle_dropped,
    "middle_added": middle_added,
    "joined": joined,
}


def _with_slip(word: str, rng: np.random.Generator) -> str:
    at = int(rng.integers(len(word)))
    letter = LETTERS[int(rng.integers(len(LETTERS)))]
    slips = (
        word[:at] + letter + word[at + 1 :],
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
        word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :],
    )
    return slips[int(rng.integers(len(slips)))] or word


def _vocabulary(rng: np.random.Generator, size: int, endings: tuple[str, ...]) -> list[str]:
    """Return different words, the commonest first; short ones tend to be common."""
    words: dict[str, None] = {}
    while len(words) < size:
        stem = _syllables(rng, int(rng.choice((1, 2, 2, 3))))
        word = stem + endings[int(rng.integers(len(endings)))]
        if len(word) >= 3:
            words[word] = None
    return list(words)


def _syllables(rng: np.random.Generator, count: int) -> str:
    return "".join(
        pool[int(rng.integers(len(pool)))] for _ in range(count) for pool in (ONSETS, VOWELS, CODAS)
    )
