"""A checked part of an expression together with how and where it was written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from scoring.rules.expression import Constant, Expression, type_of
from scoring.rules.problems import RuleProblem, RuleRefused, refusal
from scoring.rules.schema import ValueType

Node = TypeVar("Node")
Checked = TypeVar("Checked")


@dataclass(frozen=True, slots=True)
class Operand:
    """What a part means, and what to call it when it does not fit.

    Attributes
    ----------
    words : str
        As the person wrote it, shortened.
    position : int
        The character it begins at, from 1.
    """

    expression: Expression
    words: str
    position: int

    @property
    def type(self) -> ValueType:
        """The type of its value."""
        return type_of(self.expression)

    @property
    def constant(self) -> Constant | None:
        """Itself, if it is written out."""
        return self.expression if isinstance(self.expression, Constant) else None

    def refused(self, sentence: str) -> RuleRefused:
        """Return the refusal of the rule for what is wrong with this part."""
        return refusal(self.position, sentence)


def check_each(check: Callable[[Node], Checked], nodes: Iterable[Node]) -> tuple[Checked, ...]:
    """Check several parts and report the problems of all of them together.

    Raises
    ------
    RuleRefused
        If any part was refused.
    """
    checked: list[Checked] = []
    problems: list[RuleProblem] = []
    for node in nodes:
        try:
            checked.append(check(node))
        except RuleRefused as refused:
            problems.extend(refused.problems)
    if problems:
        raise RuleRefused(tuple(problems))
    return tuple(checked)
