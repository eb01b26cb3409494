"""Comparisons and lists: what may stand on either side."""

from __future__ import annotations

import re

from scoring.rules.expression import Comparison, Expression, Membership, Name
from scoring.rules.operand import Operand
from scoring.rules.schema import NameSpec, RuleSchema, ValueType, did_you_mean, near_misses

MAX_MEMBERS = 100


def compare(sign: str, left: Operand, right: Operand, schema: RuleSchema) -> Expression:
    """Return the comparison of two values.

    Raises
    ------
    RuleRefused
        For types that do not compare, or a comparison that is the same for every transaction.
    """
    fault = _fault(sign, left, right)
    if fault:
        raise left.refused(fault)
    refuse_impossible(right, left, schema)
    refuse_impossible(left, right, schema)
    return Comparison(sign, left.expression, right.expression)


def belong(item: Operand, members: tuple[Operand, ...], schema: RuleSchema) -> Expression:
    """Return whether a value is one of some constants.

    Raises
    ------
    RuleRefused
        For members that vary, are too many, or are of another type than the item.
    """
    if item.constant or item.type is ValueType.FLAG:
        raise item.refused("Before in stands a number or a text that can vary.")
    if len(members) > MAX_MEMBERS:
        raise members[0].refused(f"A list has at most {MAX_MEMBERS} members.")
    for member in members:
        if not member.constant:
            raise member.refused("A list holds numbers or texts as written, no names.")
        if member.type is not item.type:
            raise member.refused(f"{item.words} is a {item.type}; {member.words} is none.")
        refuse_impossible(member, item, schema)
    values = frozenset(member.constant.value for member in members if member.constant)
    return Membership(item.expression, values)  # type: ignore[arg-type]  # one type: checked above


def refuse_impossible(written: Operand, other: Operand, schema: RuleSchema) -> None:
    """Refuse a text that the name it is compared with never has.

    Such a rule would never hit, and nobody would notice.

    Raises
    ------
    RuleRefused
        With the word that was probably meant.
    """
    spec = schema.find(other.expression.name) if isinstance(other.expression, Name) else None
    if spec is None or written.constant is None or spec.type is not ValueType.TEXT:
        return
    fault = _word_fault(str(written.constant.value), spec)
    if fault:
        raise written.refused(f"{other.words} is never {written.words}. {fault}")


def _fault(sign: str, left: Operand, right: Operand) -> str:
    if left.type is not right.type:
        return f"A {left.type} cannot be compared with a {right.type}."
    if left.type is ValueType.FLAG:
        return "A flag is a condition by itself: write it alone, or with not."
    if left.type is ValueType.TEXT and sign not in {"==", "!="}:
        return "Texts have no order: compare them by == or !=, or with in."
    if left.constant and right.constant:
        return "Both sides are always the same."
    return ""


def _word_fault(word: str, spec: NameSpec) -> str:
    if spec.words and word not in spec.words:
        meant = did_you_mean(near_misses(word.lower(), spec.words))
        return meant or f"It is one of {', '.join(sorted(spec.words))}."
    if spec.pattern and not re.fullmatch(spec.pattern, word):
        return f"It is {spec.description}."
    return ""
