"""A checked expression as a tree: every node is typed, every name is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scoring.rules.schema import ValueType


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, text or flag as written."""

    value: float | str | bool
    type: ValueType


@dataclass(frozen=True, slots=True)
class Name:
    """A feature or field."""

    name: str
    type: ValueType


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`operator` is one of ``+ - * /``."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Function:
    """`name` is one of ``abs min max``, over numbers."""

    name: str
    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`operator` is one of ``< <= > >= == !=``; text knows the last two only."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Membership:
    """Whether `item` equals one of the constants."""

    item: Expression
    members: frozenset[float] | frozenset[str]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a condition."""

    item: Expression


@dataclass(frozen=True, slots=True)
class AllOf:
    """Conditions joined by `and`."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Conditions joined by `or`."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class IsMissing:
    """Whether a value is not known."""

    item: Expression


@dataclass(frozen=True, slots=True)
class Coalesce:
    """The first of the values that is known."""

    items: tuple[Expression, ...]
    type: ValueType


Expression = (
    Constant
    | Name
    | Arithmetic
    | Function
    | Comparison
    | Membership
    | Not
    | AllOf
    | AnyOf
    | IsMissing
    | Coalesce
)


def type_of(expression: Expression) -> ValueType:
    """Return the type of what an expression gives."""
    match expression:
        case Constant() | Name() | Coalesce():
            return expression.type
        case Arithmetic() | Function():
            return ValueType.NUMBER
        case _:
            return ValueType.FLAG


def names_of(expression: Expression) -> dict[str, ValueType]:
    """Return every name an expression looks at, with its type, in the order of the text.

    Examples
    --------
    >>> amount, limit = Name("amount", ValueType.NUMBER), Constant(5.0, ValueType.NUMBER)
    >>> list(names_of(Comparison(">", amount, limit)))
    ['amount']
    """
    return {node.name: node.type for node in _walk(expression) if isinstance(node, Name)}


def _walk(expression: Expression) -> Iterator[Expression]:
    yield expression
    for child in _children(expression):
        yield from _walk(child)


def _children(expression: Expression) -> tuple[Expression, ...]:
    match expression:
        case Arithmetic() | Comparison():
            return expression.left, expression.right
        case Function() | AllOf() | AnyOf() | Coalesce():
            return expression.items
        case Membership() | Not() | IsMissing():
            return (expression.item,)
        case _:
            return ()
