"""What a rule would have done on history, against counting by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.rules import BacktestReport, NameSpec, Outcome, Rule, RuleSchema, ValueType
from scoring.rules import backtest as run_backtest

SCHEMA = RuleSchema.of([NameSpec("amount", ValueType.NUMBER), NameSpec("mean", ValueType.NUMBER)])
RULE = Rule.of("ratio", 2, "amount / mean > 5", SCHEMA)

histories = st.lists(
    st.tuples(
        st.sampled_from([10.0, 100.0, math.nan]),
        st.sampled_from([0.0, 10.0, math.nan]),
        st.integers(1, 4),
        st.sampled_from([-1, 0, 1]),
    ),
    max_size=30,
)


def backtest_of(history: list[tuple[float, float, int, int]]) -> BacktestReport:
    amounts, means, entities, labels = (
        np.array([row[place] for row in history]) for place in range(4)
    )
    return run_backtest(RULE, {"amount": amounts, "mean": means}, entities, labels.astype(np.int8))


@given(histories)
def test_it_counts_what_counting_by_hand_counts(
    history: list[tuple[float, float, int, int]],
) -> None:
    rows = [
        (entity, label, amount / mean > 5 if mean else None)
        for amount, mean, entity, label in history
        if not (math.isnan(amount) or math.isnan(mean))
    ]
    hits = [(entity, label) for entity, label, is_hit in rows if is_hit]

    report = backtest_of(history)

    assert report == BacktestReport(
        evaluated=len(history),
        matched=len(hits),
        entities=len({entity for entity, _ in hits}),
        labelled_fraud_caught=sum(label == 1 for _, label in hits),
        false_positives=sum(label == 0 for _, label in hits),
        not_enough_data=len(history) - len(rows),
        errors=sum(is_hit is None for _, _, is_hit in rows),
        labelled_fraud=sum(row[3] == 1 for row in history),
        labelled_honest=sum(row[3] == 0 for row in history),
    )


def test_rates_are_those_of_the_counts() -> None:
    report = backtest_of([(100, 10, 1, 1), (100, 10, 1, 0), (100, 10, 2, -1), (10, 10, 3, 1)])

    assert (report.match_rate, report.precision, report.recall) == (0.75, 0.5, 0.5)


def test_rates_of_nothing_are_none() -> None:
    report = backtest_of([])

    assert (report.match_rate, report.precision, report.recall) == (0.0, None, None)


def test_transactions_without_a_label_are_refused() -> None:
    with pytest.raises(ValueError, match="one entity and one label"):
        run_backtest(RULE, {}, np.array([1, 2]), np.array([1]))


def test_a_missing_column_is_an_error_of_every_transaction() -> None:
    report = run_backtest(RULE, {"amount": np.ones(3)}, np.arange(3), np.zeros(3, dtype=np.int8))

    assert (report.errors, report.matched) == (3, 0)
    assert Outcome.ERROR == 3
