"""How alike two names are, word against word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from kyc.screening.folding import PARTICLES, fold, sound

# What a word that only sounds the same is worth against one that is spelt the same.
HEARD_WORTH = 0.97
# An initial agrees with a word that begins with it, but with many others too.
INITIAL_WORTH = 0.7
# Below it two words are different ones: "Petrov" and "Petrova" 0.86, "Ivan" and "Ivo" 0.5.
WORD_FROM = 0.66
# From here on a word is taken for two of the other side that are written as one.
JOINED_FROM = 0.85
# How much words that only one side has may take away: middle names come and go.
EXTRA_COST = 0.25
# One word in common of several is a given name or a family, not a person.
SINGLE_WORD_LIMIT = 0.6


@dataclass(frozen=True, slots=True)
class NameComparison:
    """How alike two names are: `score` 0–1, best 1, and why in words."""

    listed: str
    score: float
    sentence: str


def compare_names(name: str, listed: str) -> NameComparison:
    """Compare a customer's name with one of a list.

    1. Fold both to plain words, and leave particles out.
    2. Pair the words that are most alike, each once, in whatever order they stand.
    3. Of the side with fewer letters, take the share that is paired, by likeness; words that only
       the other side has take a little away.
    4. Do so once more with neighbours as one word where the other side writes them so, and compare
       all the letters of both in the order in which they stand; the best of the three counts.

    Examples
    --------
    >>> compare_names("Iván Petrov", "PETROV, Ivan").score
    1.0
    >>> compare_names("Ivan Petrov", "Ivan Sergeyevich Petrov").sentence
    '2 of 2 words agree; 1 more on the list.'
    >>> compare_names("Ivan", "Ivan Petrov").score
    0.6
    """
    ours, theirs = _words(name), _words(listed)
    if not ours or not theirs:
        return NameComparison(listed, 0.0, "One of the names has no letters.")
    best = _compared(ours, theirs, listed)
    # "Abdulrahman" and "Abdul Rahman": words that are joined on one side pair badly.
    joined = _joined(ours, theirs), _joined(theirs, ours)
    if joined != (ours, theirs):
        one = _compared(*joined, listed)
        if one.score > best.score:
            sentence = f"{one.sentence.removesuffix('.')}; some are written as one."
            best = NameComparison(listed, one.score, sentence)
    together = OSA.normalized_similarity("".join(ours), "".join(theirs))
    if together > best.score:
        return NameComparison(listed, together, "Written as one, the names agree.")
    return best


def _words(name: str) -> tuple[str, ...]:
    words = fold(name).split()
    return tuple([word for word in words if word not in PARTICLES] or words)


def _compared(ours: Sequence[str], theirs: Sequence[str], listed: str) -> NameComparison:
    pairs = _paired(ours, theirs)
    return NameComparison(listed, _score(ours, theirs, pairs), _sentence(ours, theirs, pairs))


def _joined(words: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words with neighbours as one where one of the others is both of them."""
    kept: list[str] = []
    for word in words:
        if kept and _are_one(kept[-1], word, others):
            kept[-1] += word
        else:
            kept.append(word)
    return tuple(kept)


def _are_one(first: str, second: str, others: tuple[str, ...]) -> bool:
    together = _nearest(first + second, others)
    return together >= JOINED_FROM and together > _nearest(first, others)


def _nearest(word: str, others: tuple[str, ...]) -> float:
    return max(OSA.normalized_similarity(word, other) for other in others)


def _paired(ours: Sequence[str], theirs: Sequence[str]) -> list[tuple[int, int, float]]:
    """Return (ours, theirs, likeness) of the best pairs, each word once."""
    likenesses = sorted(
        ((likeness, i, j) for i, a in enumerate(ours) for j, b in enumerate(theirs)
         if (likeness := _likeness(a, b)) >= WORD_FROM),
        reverse=True,
    )  # fmt: skip
    pairs: list[tuple[int, int, float]] = []
    left, right = set(range(len(ours))), set(range(len(theirs)))
    for likeness, i, j in likenesses:
        if i in left and j in right:
            pairs.append((i, j, likeness))
            left.discard(i)
            right.discard(j)
    return pairs


def _likeness(a: str, b: str) -> float:
    if a == b:
        return 1.0
    if len(a) == 1 or len(b) == 1:
        return INITIAL_WORTH if a[0] == b[0] else 0.0
    spelt = OSA.normalized_similarity(a, b)
    heard = HEARD_WORTH * OSA.normalized_similarity(sound(a), sound(b))
    return max(spelt, heard)


def _score(
    ours: Sequence[str], theirs: Sequence[str], pairs: Sequence[tuple[int, int, float]]
) -> float:
    covers_ours = _share(ours, {i: likeness for i, _, likeness in pairs})
    covers_theirs = _share(theirs, {j: likeness for _, j, likeness in pairs})
    fewer, more = max(covers_ours, covers_theirs), min(covers_ours, covers_theirs)
    score = fewer * (1 - EXTRA_COST * (1 - more / fewer)) if fewer else 0.0
    is_one_of_many = len(pairs) == 1 and max(len(ours), len(theirs)) > 1
    return min(score, SINGLE_WORD_LIMIT) if is_one_of_many else score


def _share(words: Sequence[str], likeness: dict[int, float]) -> float:
    """Return how much of the words' letters is paired, by likeness."""
    paired = sum(len(words[index]) * value for index, value in likeness.items())
    return paired / sum(map(len, words))


def _sentence(
    ours: Sequence[str], theirs: Sequence[str], pairs: Sequence[tuple[int, int, float]]
) -> str:
    exact = sum(1 for i, j, _ in pairs if ours[i] == theirs[j])
    similar = len(pairs) - exact
    parts = [f"{exact} of {len(ours)} words agree"]
    if similar:
        parts.append(f"{similar} nearly")
    if extra := len(theirs) - len(pairs):
        parts.append(f"{extra} more on the list")
    return "; ".join(parts) + "."
