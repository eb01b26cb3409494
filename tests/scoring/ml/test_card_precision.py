"""Card precision, against the handbook's definition written out row by row."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.ml.card_precision import DAY_US, card_precision_at_k, is_known_compromised

Row = tuple[int, int, int, float]  # customer, day, fraud, score
# Distinct scores: how the book orders equal ones is left to its sort.
rows = st.lists(
    st.tuples(st.integers(1, 6), st.integers(0, 3), st.integers(0, 1)), min_size=1, max_size=40
).flatmap(
    lambda heads: st.permutations(range(len(heads))).map(
        lambda ranks: [
            (*head, (rank + 1) / (len(heads) + 1)) for head, rank in zip(heads, ranks, strict=True)
        ]
    )
)


def _book(history: list[Row], k: int) -> float:
    """`card_precision_top_k` of the handbook's shared functions, without pandas."""
    found: set[int] = set()
    precisions = []
    for day in sorted({day for _, day, _, _ in history}):
        best: dict[int, float] = {}
        frauds: set[int] = set()
        for customer, on, fraud, score in history:
            if on == day and customer not in found:
                best[customer] = max(score, best.get(customer, 0.0))
                frauds |= {customer} if fraud else set()
        top = sorted(best, key=best.__getitem__, reverse=True)[:k]
        detected = frauds & set(top)
        precisions.append(len(detected) / k)
        found |= detected
    return sum(precisions) / len(precisions)


@settings(deadline=None)
@given(rows, st.integers(1, 4))
def test_it_is_what_the_handbook_defines(history: list[Row], k: int) -> None:
    customers, days, frauds, scores = (np.array(column) for column in zip(*history, strict=True))

    found = card_precision_at_k(
        scores, frauds.astype(np.int8), customers.astype(np.uint64), days * DAY_US + 5, k=k
    )

    assert found == pytest.approx(_book(history, k))


def test_a_customer_found_once_is_not_found_again() -> None:
    scores = np.array([0.9, 0.9, 0.2])
    frauds = np.array([1, 1, 1], np.int8)
    customers = np.array([1, 1, 2], np.uint64)
    days = np.array([0, 1, 1]) * DAY_US

    # Day 0 finds customer 1; on day 1 only customer 2 is left.
    assert card_precision_at_k(scores, frauds, customers, days, k=1) == 1.0


def test_no_transactions_find_nobody() -> None:
    empty = np.zeros(0)

    assert card_precision_at_k(empty, empty, empty, empty.astype(np.int64)) == 0.0


def test_equal_scores_do_not_depend_on_the_order_of_rows() -> None:
    scores, frauds = np.full(4, 0.5), np.array([1, 0, 0, 1], np.int8)
    customers, days = np.array([4, 3, 2, 1], np.uint64), np.zeros(4, np.int64)

    one = card_precision_at_k(scores, frauds, customers, days, k=2)
    other = card_precision_at_k(scores, frauds[::-1], customers[::-1], days, k=2)

    assert one == other == 0.5


def test_a_customer_is_known_from_the_day_after_the_label_on() -> None:
    customers = np.full(4, 9, np.uint64)
    times = np.array([0, 2, 3, 9]) * DAY_US + 7
    frauds = np.array([1, 0, 0, 0], np.int8)
    known = times + 2 * DAY_US

    # Known on day 2 at seven past midnight: too late for that day.
    assert is_known_compromised(customers, times, frauds, known).tolist() == [
        False,
        False,
        True,
        True,
    ]


def test_frauds_before_the_horizon_are_forgotten() -> None:
    customers = np.full(2, 9, np.uint64)
    times = np.array([0, 9]) * DAY_US
    frauds = np.array([1, 0], np.int8)

    known = is_known_compromised(customers, times, frauds, times, since_us=DAY_US)

    assert known.tolist() == [False, False]


def test_seven_days_delay_are_the_handbooks_rule() -> None:
    # The book adds, on test day d, the frauds of day d - 7 - 1.
    times = np.arange(12) * DAY_US + 1
    frauds = np.array([1] + [0] * 11, np.int8)

    known = is_known_compromised(np.ones(12, np.uint64), times, frauds, times + 7 * DAY_US)

    assert np.flatnonzero(known)[0] == 8
