"""A small list searched in memory, by the same condition as a large one in the database."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from kyc.screening.words import ONLY, NameWords, name_words, slips_allowed

Item = TypeVar("Item")


class WordIndex(Generic[Item]):
    """Items by the words of their names.

    Finds every item that the database's search finds: there a word must also share trigrams to be
    looked at, and only the most alike items are compared. A search takes time in proportion to the
    number of different words.

    Examples
    --------
    >>> index = WordIndex[int]()
    >>> index.add(["Ivan Petrov", "Ivan the Bold"], 1)
    >>> index.candidates("PETROFF Iwan"), index.candidates("Maria Petrova")
    ([1], [])
    """

    def __init__(self) -> None:
        self._items: list[Item] = []
        self._places: defaultdict[str, set[int]] = defaultdict(set)
        self._words: dict[str, None] = {}
        self._name_owner: list[int] = []

    def add(self, names: Iterable[str], item: Item) -> None:
        """Add an item under each of its names."""
        self._items.append(item)
        for name in names:
            words = name_words(name)
            self._name_owner.append(len(self._items) - 1)
            for lexeme in words.lexemes:
                self._places[lexeme].add(len(self._name_owner) - 1)
            self._words.update(dict.fromkeys(words.words))

    def candidates(self, name: str) -> list[Item]:
        """Return the items with a name that shares two near words, or is one of its words."""
        words = name_words(name)
        groups = [self._near(word) for word in words.words]
        found = _in_two(groups, self._places)
        found |= self._joined(words, groups)
        found |= self._whole(words, groups)
        owners = sorted({self._name_owner[place] for place in found})
        return [self._items[owner] for owner in owners]

    def _near(self, word: str) -> Sequence[str]:
        """Return the word, which two joined ones of a list may be, and all that are near."""
        allowed = slips_allowed(word)
        near = extract(
            word, self._words.keys(), scorer=OSA.distance, score_cutoff=allowed, limit=None
        )
        return [word, *(found for found, _, _ in near)]

    def _joined(self, words: NameWords, groups: Sequence[Sequence[str]]) -> set[int]:
        """Return the names that hold two of the words as one, and a further word."""
        others = self._of(lexeme for group in groups for lexeme in group)
        return self._of(words.joined) & others

    def _whole(self, words: NameWords, groups: Sequence[Sequence[str]]) -> set[int]:
        """Return the names of one word that is any of these."""
        spellings = (lexeme for group in groups for lexeme in group)
        found = self._of(f"{ONLY}{word}" for word in (*spellings, *words.joined))
        return found | self._of(words.words) if len(words.words) == 1 else found

    def _of(self, lexemes: Iterable[str]) -> set[int]:
        return set().union(*(self._places.get(lexeme, ()) for lexeme in lexemes))


def _in_two(groups: Sequence[Sequence[str]], places: dict[str, set[int]]) -> set[int]:
    counted: Counter[int] = Counter()
    for group in groups:
        counted.update(set().union(*(places.get(lexeme, ()) for lexeme in group)))
    return {place for place, count in counted.items() if count >= 2}
