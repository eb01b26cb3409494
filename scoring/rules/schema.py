"""What a rule may look at: names, each with a type and what it can be."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class ValueType(StrEnum):
    """Types of the language. Every value may also be missing."""

    NUMBER = "number"
    TEXT = "text"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class NameSpec:
    """One name.

    Attributes
    ----------
    description : str
        For people who write rules, without a full stop.
    unit : str
        Of a number; empty for a plain count.
    words : frozenset of str
        All that a text can be; empty for an open set.
    pattern : str
        A regular expression of what an open text looks like; empty for anything.
    """

    name: str
    type: ValueType
    description: str = ""
    unit: str = ""
    words: frozenset[str] = frozenset()
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class RuleSchema:
    """All names that rules know, by name.

    Examples
    --------
    >>> schema = RuleSchema.of([NameSpec("amount", ValueType.NUMBER)])
    >>> schema.find("amount").type, schema.find("amonut"), schema.near("amonut")
    (<ValueType.NUMBER: 'number'>, None, ('amount',))
    """

    specs: Mapping[str, NameSpec]

    @classmethod
    def of(cls, specs: Iterable[NameSpec]) -> RuleSchema:
        """Return the schema of some names; a later one replaces an earlier one of the same name."""
        return cls(MappingProxyType({spec.name: spec for spec in specs}))

    def find(self, name: str) -> NameSpec | None:
        """Return what is known of a name."""
        return self.specs.get(name)

    def near(self, name: str) -> tuple[str, ...]:
        """Return up to three names that somebody may have meant, best first."""
        return near_misses(name, self.specs)


def near_misses(word: str, words: Iterable[str]) -> tuple[str, ...]:
    """Return up to three of the words that resemble one, best first.

    Examples
    --------
    >>> near_misses("paymnt", ["payment", "transfer"])
    ('payment',)
    """
    return tuple(difflib.get_close_matches(word[:64], list(words), n=3, cutoff=0.6))


def did_you_mean(words: tuple[str, ...]) -> str:
    """Return the question after what was meant, empty if nothing resembles it."""
    return f"Did you mean {' or '.join(words)}?" if words else ""
