"""From Python's syntax tree to a typed expression: what is not in the language is refused."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from scoring.rules import arithmetic
from scoring.rules.comparing import belong, compare
from scoring.rules.expression import (
    AllOf,
    AnyOf,
    Arithmetic,
    Constant,
    Expression,
    Name,
    Not,
    names_of,
)
from scoring.rules.functions import ARITY, apply, arity_fault
from scoring.rules.operand import Operand, check_each
from scoring.rules.parsing import parse_text, position_of
from scoring.rules.problems import RuleRefused, refusal
from scoring.rules.schema import RuleSchema, ValueType, did_you_mean, near_misses

# No minor units are more (`transactions.money.MAX_MINOR`), and up to 2^53 = 9.0e15 whole numbers
# are exact.
MAX_NUMBER = 1e15
MAX_TEXT_LENGTH = 100

_SIGNS: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
_NAMES_OF_NOTHING = frozenset({"na", "nan", "nil", "null", "undefined"})
_WRITE_IS_MISSING = "Write is_missing(…) for what is not known."
_NOT_IN_LANGUAGE = "This is not part of the language."
_INSTEAD: dict[type[ast.AST], str] = {
    ast.Attribute: "A dot stands in numbers only.",
    ast.BitAnd: "Write and.",
    ast.BitOr: "Write or.",
    ast.IfExp: "There is no if: join conditions by and, or, not.",
    ast.Invert: "Write not.",
    ast.Is: "Write == to compare, or is_missing(…) for what is not known.",
    ast.IsNot: "Write != to compare, or not is_missing(…) for what is known.",
    ast.List: "A list stands after in only.",
    ast.Set: "A list stands after in only.",
    ast.Subscript: "Square brackets stand after in only.",
    ast.Tuple: "A list stands after in only.",
}


def parse(text: str, schema: RuleSchema) -> Expression:
    """Return the checked expression of a rule.

    Parameters
    ----------
    text : str
        One condition in the language of `docs/rules.md`.
    schema : RuleSchema
        The names it may look at.

    Raises
    ------
    RuleRefused
        With the problems found, as sentences with their positions.

    Examples
    --------
    >>> from scoring.rules.schema import NameSpec
    >>> schema = RuleSchema.of([NameSpec("amount", ValueType.NUMBER)])
    >>> parse("amount > 24 * 60", schema).right.value
    1440.0
    >>> parse("amonut > 1", schema)
    Traceback (most recent call last):
    scoring.rules.problems.RuleRefused: At character 1: There is no name amonut. Did you mean amount?
    """  # noqa: E501 - the message of a doctest stands on one line
    tree = parse_text(text)
    expression = _Checker(schema).condition(tree)
    if not names_of(expression):
        raise refusal(1, "A rule looks at one name or more.")
    return expression


@dataclass(frozen=True, slots=True)
class _Checker:
    """Knows the names; refuses a part by raising `RuleRefused`."""

    schema: RuleSchema

    def condition(self, node: ast.expr) -> Expression:
        """Check what has to be true or false."""
        operand = self.value(node)
        if operand.constant:
            raise operand.refused("This is always the same: a condition looks at something.")
        if operand.type is not ValueType.FLAG:
            words = f"{operand.words} is a {operand.type}, not a condition"
            raise operand.refused(f"{words}: compare it with something.")
        return operand.expression

    def number(self, node: ast.expr) -> Operand:
        """Check what has to be a number."""
        operand = self.value(node)
        if operand.type is not ValueType.NUMBER:
            words = f"{operand.words} is a {operand.type}"
            raise operand.refused(f"{words} where a number is needed.")
        return operand

    def value(self, node: ast.expr) -> Operand:
        """Check anything."""
        check = _CHECKS.get(type(node))
        if check is None:
            raise self._foreign(node, node)
        words = ast.unparse(node)
        shown = words if len(words) <= 40 else f"{words[:39]}…"
        return Operand(check(self, node), shown, position_of(node))

    def values(self, nodes: Iterable[ast.expr]) -> tuple[Operand, ...]:
        """Check several, and report the problems of all."""
        return check_each(self.value, nodes)

    def refusal(self, node: ast.AST, sentence: str) -> RuleRefused:
        """Return the refusal of the rule for one node."""
        return refusal(position_of(node), sentence)

    def _foreign(self, node: ast.AST, what: ast.AST) -> RuleRefused:
        return self.refusal(node, _INSTEAD.get(type(what), _NOT_IN_LANGUAGE))

    def constant(self, node: ast.Constant) -> Expression:
        match node.value:
            case bool():
                return Constant(node.value, ValueType.FLAG)
            case int() | float():
                # Compared before it becomes a float: a long integer would overflow.
                return self._bounded(node, float(min(node.value, 2 * MAX_NUMBER)))
            case str():
                return self._text(node, node.value)
            case None:
                raise self.refusal(node, _WRITE_IS_MISSING)
            case _:
                raise self._foreign(node, node)

    def _text(self, node: ast.Constant, value: str) -> Expression:
        if len(value) > MAX_TEXT_LENGTH:
            raise self.refusal(node, f"A text has at most {MAX_TEXT_LENGTH} characters.")
        if not value:
            raise self.refusal(node, "An empty text is a missing one: write is_missing(…).")
        return Constant(value, ValueType.TEXT)

    def _bounded(self, node: ast.expr, value: float) -> Expression:
        if not abs(value) <= MAX_NUMBER:
            raise self.refusal(node, "This number is too large, or divides by zero.")
        return Constant(value, ValueType.NUMBER)

    def name(self, node: ast.Name) -> Expression:
        spec = self.schema.find(node.id)
        if spec is not None:
            return Name(spec.name, spec.type)
        if node.id in ARITY:
            raise self.refusal(node, f"{node.id} is a function: write {node.id}(…).")
        if node.id.lower() in _NAMES_OF_NOTHING:
            raise self.refusal(node, _WRITE_IS_MISSING)
        near = self.schema.near(node.id) or near_misses(node.id, ("True", "False"))
        words = f"There is no name {node.id[:64]}. {did_you_mean(near)}"
        raise self.refusal(node, words.strip())

    def joined(self, node: ast.BoolOp) -> Expression:
        items = check_each(self.condition, node.values)
        return AllOf(items) if isinstance(node.op, ast.And) else AnyOf(items)

    def signed(self, node: ast.UnaryOp) -> Expression:
        if isinstance(node.op, ast.Not):
            return Not(self.condition(node.operand))
        if isinstance(node.op, ast.Invert):
            raise self._foreign(node, node.op)
        operand = self.number(node.operand)
        if isinstance(node.op, ast.UAdd):
            return operand.expression
        if operand.constant:
            return Constant(-float(operand.constant.value), ValueType.NUMBER)
        return Arithmetic("-", Constant(0.0, ValueType.NUMBER), operand.expression)

    def reckoned(self, node: ast.BinOp) -> Expression:
        sign = _SIGNS.get(type(node.op))
        if sign is None:
            sentence = _INSTEAD.get(type(node.op), "Of operators on numbers there are + - * /.")
            raise self.refusal(node.right, sentence)
        left, right = check_each(self.number, (node.left, node.right))
        if left.constant and right.constant:
            work_out = arithmetic.ARITHMETIC[sign]
            value = work_out(float(left.constant.value), float(right.constant.value))
            return self._bounded(node, value)
        return Arithmetic(sign, left.expression, right.expression)

    def compared(self, node: ast.Compare) -> Expression:
        nodes = [node.left, *node.comparators]
        links = zip(node.ops, nodes[:-1], node.comparators, strict=True)
        parts = check_each(lambda link: self._link(*link), links)
        return parts[0] if len(parts) == 1 else AllOf(parts)

    def _link(self, sign: ast.cmpop, left: ast.expr, right: ast.expr) -> Expression:
        if isinstance(sign, ast.In | ast.NotIn):
            member = belong(self.value(left), self._members(right), self.schema)
            return Not(member) if isinstance(sign, ast.NotIn) else member
        if isinstance(sign, ast.Is | ast.IsNot):
            raise self._foreign(right, sign)
        one, other = self.values((left, right))
        return compare(_SIGNS[type(sign)], one, other, self.schema)

    def _members(self, node: ast.expr) -> tuple[Operand, ...]:
        if not isinstance(node, ast.Tuple | ast.List | ast.Set) or not node.elts:
            raise self.refusal(node, 'After in stands a list: ("DE",) or ("DE", "FR").')
        return self.values(node.elts)

    def called(self, node: ast.Call) -> Expression:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in ARITY:
            near = did_you_mean(near_misses(name, ARITY))
            there_are = f"There are {', '.join(ARITY)}."
            raise self.refusal(node, f"There is no such function. {near or there_are}")
        if node.keywords or any(isinstance(item, ast.Starred) for item in node.args):
            raise self.refusal(node, f"{name}(…) takes plain values only.")
        fault = arity_fault(name, len(node.args))
        if fault:
            raise self.refusal(node, fault)
        return apply(name, self.values(node.args))


# `Any`: each method takes the node that it is entered for.
_CHECKS: dict[type[ast.AST], Callable[[_Checker, Any], Expression]] = {
    ast.Constant: _Checker.constant,
    ast.Name: _Checker.name,
    ast.BoolOp: _Checker.joined,
    ast.UnaryOp: _Checker.signed,
    ast.BinOp: _Checker.reckoned,
    ast.Compare: _Checker.compared,
    ast.Call: _Checker.called,
}
