"""The functions of the language."""

from __future__ import annotations

from functools import reduce

from scoring.rules import arithmetic
from scoring.rules.expression import Coalesce, Constant, Expression, Function, IsMissing
from scoring.rules.operand import Operand
from scoring.rules.schema import ValueType

# How many values each takes: at least, at most.
ARITY = {
    "abs": (1, 1),
    "coalesce": (2, 8),
    "is_missing": (1, 1),
    "max": (2, 8),
    "min": (2, 8),
}


def arity_fault(name: str, count: int) -> str:
    """Return what is wrong with the number of values, empty if nothing is.

    Examples
    --------
    >>> arity_fault("abs", 1), arity_fault("min", 1)
    ('', 'min(…) takes two values or more, up to 8.')
    """
    least, most = ARITY[name]
    if least <= count <= most:
        return ""
    takes = "one value" if most == 1 else f"two values or more, up to {most}"
    return f"{name}(…) takes {takes}."


def apply(name: str, items: tuple[Operand, ...]) -> Expression:
    """Return a function of checked values; one of constants only is worked out.

    Raises
    ------
    RuleRefused
        For values of the wrong type, or gaps looked for where none can be.
    """
    if name == "is_missing":
        _refuse_constants(items)
        return IsMissing(items[0].expression)
    if name == "coalesce":
        return _coalesce(items)
    for item in items:
        if item.type is not ValueType.NUMBER:
            raise item.refused(f"{item.words} is a {item.type} where a number is needed.")
    numbers = [float(item.constant.value) for item in items if item.constant]
    if len(numbers) == len(items):
        return Constant(_worked_out(name, numbers), ValueType.NUMBER)
    return Function(name, tuple(item.expression for item in items))


def _coalesce(items: tuple[Operand, ...]) -> Expression:
    _refuse_constants(items[:-1])
    for item in items[1:]:
        if item.type is not items[0].type:
            raise item.refused("The values of coalesce(…) are all of one type.")
    return Coalesce(tuple(item.expression for item in items), items[0].type)


def _refuse_constants(items: tuple[Operand, ...]) -> None:
    for item in items:
        if item.constant:
            raise item.refused(f"{item.words} is never missing.")


def _worked_out(name: str, numbers: list[float]) -> float:
    return abs(numbers[0]) if name == "abs" else reduce(arithmetic.EXTREMES[name], numbers)
