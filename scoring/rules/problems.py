"""What is wrong with a rule, for the person who wrote it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RuleProblem:
    """One fault of an expression.

    Attributes
    ----------
    position : int
        The character it begins at, counted from 1.
    sentence : str
        What is wrong and, where it can be told, what to write instead.

    Examples
    --------
    >>> str(RuleProblem(8, "Write == to compare."))
    'At character 8: Write == to compare.'
    """

    position: int
    sentence: str

    def __str__(self) -> str:
        return f"At character {self.position}: {self.sentence}"


class RuleRefused(ValueError):
    """An expression that is not part of the language.

    Attributes
    ----------
    problems : tuple of RuleProblem
        At least one, in the order of the text.
    """

    def __init__(self, problems: tuple[RuleProblem, ...]) -> None:
        super().__init__(" ".join(map(str, problems)))
        self.problems = problems


def refusal(position: int, sentence: str) -> RuleRefused:
    """Return the refusal of an expression for one problem."""
    return RuleRefused((RuleProblem(position, sentence),))
