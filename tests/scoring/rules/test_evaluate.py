"""Outcomes of rules: row by row, by columns, and against Python and Kleene."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scoring.rules import Outcome, Rule, RuleSet
from scoring.rules.outcomes import AND, OR
from tests.scoring.rules.grammar import (
    FLAGS,
    NUMBERS,
    SCHEMA,
    TEXTS,
    any_values,
    expressions,
    known_values,
)

HIT, NO_HIT = Outcome.HIT, Outcome.NO_HIT
NOT_ENOUGH_DATA, ERROR = Outcome.NOT_ENOUGH_DATA, Outcome.ERROR

PLAIN = {
    "amount": 50.0,
    "mean": 10.0,
    "count": 3,
    "country": "DE",
    "home": "FR",
    "is_new": True,
    "is_verified": False,
}


def rules_of(*texts: str) -> RuleSet:
    return RuleSet([Rule.of("r", place + 1, text, SCHEMA) for place, text in enumerate(texts)])


def outcome_of(text: str, **values: Any) -> Outcome:
    return rules_of(text).evaluate_row({**PLAIN, **values})[0].outcome


def as_column(values: list[Any]) -> np.ndarray:
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column


@given(
    st.lists(expressions(), min_size=1, max_size=3),
    st.lists(any_values, min_size=1, max_size=6),
)
def test_columns_come_out_as_rows_do(texts: list[str], rows: list[dict[str, Any]]) -> None:
    rules = rules_of(*texts)
    columns = {name: as_column([row[name] for row in rows]) for name in PLAIN}

    by_columns = rules.evaluate_columns(columns, len(rows))

    by_rows = [[result.outcome for result in rules.evaluate_row(row)] for row in rows]
    assert by_columns.T.tolist() == by_rows


@given(st.lists(expressions(), min_size=1, max_size=3), st.integers(0, 2**32 - 1))
def test_columns_of_plain_kinds_come_out_as_rows_do(texts: list[str], seed: int) -> None:
    random = np.random.default_rng(seed)
    numbers = random.choice([0.0, -1.0, 0.1, 2.5, 100.0, np.nan, np.inf], (3, 20))
    columns: dict[str, np.ndarray] = {
        "amount": numbers[0],
        "mean": numbers[1].astype(np.float32),
        "count": random.integers(-2, 4, 20),
        "country": random.choice(["DE", "FR", ""], 20),
        "home": as_column(random.choice(["DE", "JP", None], 20).tolist()),
        "is_new": random.random(20) < 0.5,
        "is_verified": random.choice([0.0, 1.0, np.nan, -np.inf], 20).astype(np.float32),
    }
    rules = rules_of(*texts)

    by_columns = rules.evaluate_columns(columns, 20)

    rows = [{name: column[place] for name, column in columns.items()} for place in range(20)]
    by_rows = [[result.outcome for result in rules.evaluate_row(row)] for row in rows]
    assert by_columns.T.tolist() == by_rows


PYTHON = {
    "__builtins__": {},
    "abs": abs,
    "min": min,
    "max": max,
    "coalesce": lambda *values: values[0],
    "is_missing": lambda value: False,  # noqa: ARG005 - all values are known
}


@given(expressions(), known_values)
def test_with_every_value_known_it_is_what_python_says(text: str, values: dict[str, Any]) -> None:
    known = {name: float(values[name]) for name in NUMBERS}
    known |= {name: values[name] for name in TEXTS}
    known |= {name: bool(values[name]) for name in FLAGS}
    try:
        expected = bool(eval(text, PYTHON, known))  # noqa: S307 - made by our own grammar
    except ZeroDivisionError:
        # Python stops at the first error; here what is certain beside it still counts.
        assert outcome_of(text, **values) is not NOT_ENOUGH_DATA
        return

    assert outcome_of(text, **values) is (HIT if expected else NO_HIT)


@given(expressions(), known_values, st.sets(st.sampled_from(sorted(PLAIN)), min_size=1))
def test_what_is_certain_without_a_value_stays_so_whatever_the_value(
    text: str, values: dict[str, Any], hidden: set[str]
) -> None:
    assume("is_missing" not in text and "coalesce" not in text)
    outcome = outcome_of(text, **{**values, **dict.fromkeys(hidden)})

    if outcome in {HIT, NO_HIT}:
        assert outcome_of(text, **values) is outcome


@given(expressions(), known_values)
def test_nothing_is_missing_where_everything_is_known(text: str, values: dict[str, Any]) -> None:
    assert outcome_of(text, **values) is not NOT_ENOUGH_DATA


@pytest.mark.parametrize(
    ("text", "values", "outcome"),
    [
        ("amount > 10", {}, HIT),
        ("amount > 50", {}, NO_HIT),
        ("amount >= 50", {}, HIT),
        ("10 < amount < 50", {}, NO_HIT),
        ("10 < amount <= 50", {}, HIT),
        ("amount / mean == 5", {}, HIT),
        ("amount > 4 * mean + 5", {}, HIT),
        ("-amount < -49", {}, HIT),
        ("min(amount, mean, count) == 3", {}, HIT),
        ("max(amount, 60) == 60", {}, HIT),
        ("abs(mean - amount) == 40", {}, HIT),
        ("count in (1, 2)", {}, NO_HIT),
        ("count not in (1, 2)", {}, HIT),
        ('country in ("DE", "AT")', {}, HIT),
        ("country != home", {}, HIT),
        ("is_new and not is_verified", {}, HIT),
        ("is_new", {"is_new": None}, NOT_ENOUGH_DATA),
        ("amount > 10", {"amount": math.nan}, NOT_ENOUGH_DATA),
        ("country == home", {"home": ""}, NOT_ENOUGH_DATA),
        ("not is_new", {"is_new": None}, NOT_ENOUGH_DATA),
        ("is_verified and amount > 10", {"amount": None}, NO_HIT),
        ("amount > 10 and is_verified", {"amount": None}, NO_HIT),
        ("is_new and amount > 10", {"amount": None}, NOT_ENOUGH_DATA),
        ("is_new or amount > 10", {"amount": None}, HIT),
        ("amount > 10 or is_new", {"amount": None}, HIT),
        ("is_verified or amount > 10", {"amount": None}, NOT_ENOUGH_DATA),
        ("is_missing(amount)", {"amount": None}, HIT),
        ("is_missing(country)", {"country": ""}, HIT),
        ("is_missing(is_new)", {}, NO_HIT),
        ("is_missing(amount > 10)", {"amount": None}, HIT),
        ("coalesce(amount, mean, 1) == 10", {"amount": None}, HIT),
        ("coalesce(amount, mean, 1) == 1", {"amount": None, "mean": None}, HIT),
        ('coalesce(home, "XX") == "XX"', {"home": None}, HIT),
        ('coalesce(home, "XX") == coalesce(country, "YY")', {"home": "", "country": ""}, NO_HIT),
        ("coalesce(is_new, False)", {"is_new": None}, NO_HIT),
        ("amount / mean > 5", {"mean": 0}, ERROR),
        ("mean > 0 and amount / mean > 5", {"mean": 0}, NO_HIT),
        ("amount / mean > 5 and mean > 0", {"mean": 0}, NO_HIT),
        ("amount / mean > 5 or is_new", {"mean": 0}, HIT),
        ("amount / mean > 5", {"mean": 0, "amount": None}, NOT_ENOUGH_DATA),
        ("is_new and amount / mean > 5 and count > 1", {"mean": 0, "count": None}, ERROR),
        ("count > 1 and amount / mean > 5 and is_new", {"mean": 0, "count": None}, ERROR),
        ("amount / mean > 5 or count > 1", {"mean": 0, "count": None}, ERROR),
        ("count > 1 or amount / mean > 5", {"mean": 0, "count": None}, ERROR),
        ("coalesce(amount, 1 / mean) == 50", {"mean": 0}, HIT),
        ("coalesce(amount, 1 / mean) == 50", {"mean": 0, "amount": None}, ERROR),
        ("amount * amount > 1", {"amount": 1e200}, ERROR),
        ("amount > 1", {"amount": math.inf}, ERROR),
        ("1 / amount < 1", {"amount": -math.inf}, ERROR),
        ("min(amount, 1) == 1", {"amount": math.inf}, ERROR),
        ("is_missing(amount)", {"amount": math.inf}, ERROR),
        ("coalesce(amount, 1) == 1", {"amount": math.inf}, ERROR),
        ("amount > 1", {"amount": "50"}, ERROR),
        ("country == home", {"country": 3}, ERROR),
        ("is_new", {"is_new": "True"}, ERROR),
    ],
)
def test_it_comes_out_as(text: str, values: dict[str, Any], outcome: Outcome) -> None:
    row = {**PLAIN, **values}
    columns = {name: as_column([value, value]) for name, value in row.items()}

    assert outcome_of(text, **values) is outcome
    assert rules_of(text).evaluate_columns(columns, 2).tolist() == [[outcome, outcome]]


def test_what_fills_a_gap_is_looked_at_in_the_rows_that_have_one_only() -> None:
    columns = {"amount": np.array([50, np.nan, np.nan]), "mean": np.array([0.0, 0.0, np.nan])}

    outcomes = rules_of("coalesce(amount, 1 / mean) == 50").evaluate_columns(columns, 3)

    assert outcomes.tolist() == [[HIT, ERROR, NOT_ENOUGH_DATA]]


@pytest.mark.parametrize("table", [AND, OR])
def test_and_and_or_do_not_depend_on_the_order(table: tuple[tuple[int, ...], ...]) -> None:
    assert [list(row) for row in zip(*table, strict=True)] == [list(row) for row in table]


def test_a_name_that_nobody_gave_is_an_error_and_not_missing() -> None:
    rules = rules_of("amount > 10", "is_new", 'country == "DE"', "is_missing(amount)")

    assert [result.outcome for result in rules.evaluate_row({})] == [ERROR] * 4
    assert rules.evaluate_columns({}, 2).tolist() == [[ERROR, ERROR]] * 4


def test_only_the_names_in_use_are_asked_for() -> None:
    rules = rules_of("amount > 10 and is_new", "amount > mean")

    assert list(rules.names) == ["amount", "is_new", "mean"]


def test_results_name_the_rule_and_its_version() -> None:
    result = rules_of("amount > 1", "amount > 2").evaluate_row(PLAIN)[1]

    assert (result.rule_id, result.version, result.reference) == ("r", 2, "r@2")


def test_no_rules_and_no_rows_are_empty() -> None:
    assert RuleSet([]).evaluate_row({}) == []
    assert RuleSet([]).evaluate_columns({}, 3).shape == (0, 3)
    assert rules_of("amount > 1").evaluate_columns({"amount": np.empty(0)}, 0).shape == (1, 0)


def test_a_column_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        rules_of("amount > 1").evaluate_columns({"amount": np.zeros(3)}, 2)


def test_a_cent_decides_where_a_rule_names_cents() -> None:
    cents = np.array([999_998, 999_999, 1_000_000])

    outcomes = rules_of("amount >= 9999.99").evaluate_columns({"amount": cents / 100}, 3)

    assert outcomes.tolist() == [[NO_HIT, HIT, HIT]]
