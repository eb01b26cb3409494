"""The words by which a name is found: what candidates of a search have in common with it.

A candidate shares two words with the name searched for, each spelt nearly alike; a name of one word
is found by it alone. So no order, no middle name and no slip in one of many words hides a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from rapidfuzz.distance import OSA

from kyc.screening.folding import PARTICLES, fold, sound

# Letters of a word that may be wrong, left out, added or swapped: one, and two in long words. With
# two in short ones each of a million names is near some seventy others' words.
LONG_WORD = 8
# Names of people with more words than this do not exist; lists hold such (a sentence in the name).
MAX_WORDS = 8
# Marks the lexeme of a name that has one word only: anybody's given name would find it otherwise.
ONLY = "="


@dataclass(frozen=True, slots=True)
class NameWords:
    """What a name is found by.

    Attributes
    ----------
    words : tuple of str
        What its words sound like, without particles and initials, each once; at most eight.
    joined : tuple of str
        Neighbouring words written as one: "Abdul Rahman" is "Abdulrahman" elsewhere.
    """

    words: tuple[str, ...]
    joined: tuple[str, ...]

    @property
    def lexemes(self) -> tuple[str, ...]:
        """What a listed name is stored under."""
        only = (f"{ONLY}{self.words[0]}",) if len(self.words) == 1 else ()
        return (*self.words, *self.joined, *only)

    @property
    def text(self) -> str:
        """The words as one text; what similar names are ordered by."""
        return " ".join(self.words)


def name_words(name: str) -> NameWords:
    """Return what a name is found by; no words at all when no letter is in it.

    Examples
    --------
    >>> name_words("María de la Cruz").words
    ('mara', 'krus')
    >>> name_words("Abdul Rahman").joined
    ('abdulrahman',)
    """
    folded = fold(name).split()
    telling = [word for word in folded if word not in PARTICLES and len(word) > 1] or folded
    words = dict.fromkeys(sound(word) for word in telling)
    joined = dict.fromkeys(sound(first + second) for first, second in pairwise(folded))
    kept = tuple(words)[:MAX_WORDS]
    return NameWords(kept, tuple(word for word in joined if word not in words)[:MAX_WORDS])


def slips_allowed(word: str) -> int:
    """Return by how many slips a listed word may differ from one that is searched for."""
    return 2 if len(word) >= LONG_WORD else 1


def near_words(word: str, listed: Iterable[str]) -> tuple[str, ...]:
    """Return the listed words that may be this one, itself first.

    Examples
    --------
    >>> near_words("ivan", ["ivn", "iban", "ivanuv"])
    ('ivan', 'ivn', 'iban')
    """
    allowed = slips_allowed(word)
    near = (
        other
        for other in listed
        if other != word and OSA.distance(word, other, score_cutoff=allowed) <= allowed
    )
    return (word, *near)


def candidate_query(searched: NameWords, near: Mapping[str, Sequence[str]]) -> str:
    """Return the condition on lexemes, as PostgreSQL reads a `tsquery`.

    Two words of the name, in any of their spellings, or one that is a whole name. Words are a–z, so
    that nothing of a name is ever read as an operator.

    Examples
    --------
    >>> print(candidate_query(name_words("Ann Roth"), {"an": ("an", "ana")}))
    ('an'|'ana')&'rut'|'anrut'&('an'|'ana'|'rut')|'=an'|'=ana'|'=rut'|'=anrut'
    """
    groups = {word: near.get(word, (word,)) for word in searched.words}
    whole = [spelling for word in groups for spelling in groups[word]]
    pairs = _two_of(list(groups.values()))
    if searched.joined and whole:
        pairs.append(f"{_any(searched.joined)}&{_any(whole)}")
    only = [f"'{ONLY}{word}'" for word in (*whole, *searched.joined)]
    # Somebody with one word is looked for in all names that hold it, spelt the same.
    single = [f"'{word}'" for word in searched.words] if len(groups) == 1 else []
    return "|".join([*pairs, *only, *single])


def _two_of(groups: Sequence[Sequence[str]]) -> list[str]:
    """Return conditions of which one holds where words of two groups are.

    One word of each half, or two of one half: each word stands in it log n times, not n - 1 times.
    The time of a search grows with that.
    """
    if len(groups) < 2:
        return []
    middle = len(groups) // 2
    left, right = groups[:middle], groups[middle:]
    across = f"{_any([*chain(*left)])}&{_any([*chain(*right)])}"
    return [across, *_two_of(left), *_two_of(right)]


def _any(words: Sequence[str]) -> str:
    quoted = "|".join(f"'{word}'" for word in words)
    return f"({quoted})" if len(words) > 1 else quoted
