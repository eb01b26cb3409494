"""Many rules over one row or over columns, each name bound once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.rules.binding import Codes, bind
from scoring.rules.checking import parse
from scoring.rules.columns import ColumnEvaluator
from scoring.rules.expression import Expression, names_of
from scoring.rules.outcomes import Outcome
from scoring.rules.row import Condition, compile_row
from scoring.rules.schema import RuleSchema, ValueType
from scoring.rules.values import ABSENT, CONVERT

# By code; a tuple is quicker than calling the enumeration.
_OUTCOMES = tuple(Outcome)


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of a rule, checked.

    Attributes
    ----------
    id : str
        Of the rule.
    version : int
        From 1.
    expression : Expression
        Its condition.
    """

    id: str
    version: int
    expression: Expression

    @property
    def reference(self) -> str:
        """The rule as answers and decisions name it: ``id@version``."""
        return f"{self.id}@{self.version}"

    @classmethod
    def of(cls, rule_id: str, version: int, text: str, schema: RuleSchema) -> Rule:
        """Return the rule that a text says.

        Raises
        ------
        RuleRefused
            If it says none.
        """
        return cls(rule_id, version, parse(text, schema))


@dataclass(frozen=True, slots=True)
class RuleResult:
    """What a rule came out as for one transaction."""

    rule_id: str
    version: int
    outcome: Outcome

    @property
    def reference(self) -> str:
        """``id@version``."""
        return f"{self.rule_id}@{self.version}"


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules compiled together; safe to share between threads.

    Attributes
    ----------
    rules : tuple of Rule
        In the order of the results.
    names : mapping of str to ValueType
        Every name that any of them looks at: all that the caller has to provide.

    Examples
    --------
    >>> from scoring.rules.schema import NameSpec
    >>> schema = RuleSchema.of([NameSpec("amount", ValueType.NUMBER)])
    >>> rules = RuleSet([Rule.of("large", 1, "amount > 100", schema)])
    >>> rules.evaluate_row({"amount": 250.0})[0].outcome
    <Outcome.HIT: 1>
    >>> rules.evaluate_columns({"amount": np.array([250.0, 5.0, np.nan])}, 3).tolist()
    [[1, 0, 2]]
    """

    rules: tuple[Rule, ...]
    names: Mapping[str, ValueType] = field(init=False)
    _slots: Mapping[str, int] = field(init=False, repr=False, compare=False)
    _conditions: tuple[tuple[Rule, Condition], ...] = field(init=False, repr=False, compare=False)
    _bindings: tuple[tuple[str, Any], ...] = field(init=False, repr=False, compare=False)

    def __init__(self, rules: Iterable[Rule]) -> None:
        rules = tuple(rules)
        names: dict[str, ValueType] = {}
        for rule in rules:
            names.update(names_of(rule.expression))
        slots = {name: slot for slot, name in enumerate(names)}
        compiled = tuple((rule, compile_row(rule.expression, slots)) for rule in rules)
        object.__setattr__(self, "rules", rules)
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "_slots", slots)
        object.__setattr__(self, "_conditions", compiled)
        bindings = tuple((name, CONVERT[value_type]) for name, value_type in names.items())
        object.__setattr__(self, "_bindings", bindings)

    def evaluate_row(self, values: Mapping[str, object]) -> list[RuleResult]:
        """Return the outcome of every rule for one transaction.

        Parameters
        ----------
        values : mapping of str to object
            A value for each of `names`: a number, text or flag, None or NaN for a missing one. A
            name without any value makes the rules that need it come out as ERROR.

        Returns
        -------
        list of RuleResult
            In the order of `rules`. Nothing is raised whatever the values are.
        """
        row = [convert(values.get(name, ABSENT)) for name, convert in self._bindings]
        return [
            RuleResult(rule.id, rule.version, _OUTCOMES[condition(row)])
            for rule, condition in self._conditions
        ]

    def evaluate_columns(self, columns: Mapping[str, NDArray[Any]], n_rows: int) -> Codes:
        """Return the outcome of every rule for every row, the same as row by row.

        Parameters
        ----------
        columns : mapping of str to ndarray of shape (n_rows,)
            Numbers and flags of any numeric kind (NaN is missing), texts as objects or strings
            (None and "" are missing). A column that is not there is an error in every row.
        n_rows : int
            How many rows there are.

        Returns
        -------
        ndarray of shape (n_rules, n_rows), dtype=int8
            Codes of `Outcome`, in the order of `rules`.

        Raises
        ------
        ValueError
            For a column of another length.
        """
        bound, words = bind(columns, self.names, n_rows)
        evaluator = ColumnEvaluator(bound, self._slots, words, n_rows)
        outcomes = np.empty((len(self.rules), n_rows), dtype=np.int8)
        # What overflows or divides by zero becomes an error of its row, not a warning.
        with np.errstate(all="ignore"):
            for place, rule in enumerate(self.rules):
                outcomes[place] = evaluator.condition(rule.expression)
        return outcomes
