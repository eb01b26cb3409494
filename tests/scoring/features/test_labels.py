"""What becomes known later: counts, corrections, order."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.features import SCHEMA, Known, StateTable, apply_events
from tests.scoring.features.making import DAY, HOUR, START, batch, label_of, series, transaction

LATER = START + 20 * DAY


def features_after(*events: np.ndarray) -> dict[str, float]:
    """Return the features of a transaction that follows these events."""
    last = transaction(LATER, device=3, ip=4, card=5, transaction=9_999)
    row = apply_events(batch(*events, last), StateTable())[-1]
    return dict(zip(SCHEMA.names, row.tolist(), strict=True))


def known_frauds(features: dict[str, float]) -> list[float]:
    """Return the counts of known frauds of every entity."""
    return [features[f"{name}_frauds"] for name in ("merchant", "customer", "device", "ip", "card")]


@pytest.fixture
def payment() -> np.ndarray:
    return transaction(START, 20.0, transaction=1, device=3, ip=4, card=5)


def test_a_fraud_is_known_only_after_its_label(payment: np.ndarray) -> None:
    fraud = label_of(payment, START + DAY, is_fraud=True)

    assert known_frauds(features_after(payment)) == [0] * 5
    assert known_frauds(features_after(payment, fraud)) == [1] * 5


def test_times_of_frauds_are_when_they_happened(payment: np.ndarray) -> None:
    features = features_after(payment, label_of(payment, START + 7 * DAY, is_fraud=True))

    assert features["days_since_merchant_fraud"] == 20
    assert features["days_since_customer_fraud"] == 20
    assert features["days_since_merchant_outbreak"] == 20


def test_a_label_that_says_nothing_new_changes_nothing(payment: np.ndarray) -> None:
    fraud = label_of(payment, START + DAY, is_fraud=True)
    again = label_of(payment, START + 2 * DAY, is_fraud=True, previous=Known.FRAUD)
    once, twice = StateTable(), StateTable()

    apply_events(batch(payment, fraud), once)
    apply_events(batch(payment, fraud, again), twice)

    assert dict(once.blobs()) == dict(twice.blobs())


def test_a_correction_to_honest_takes_the_fraud_back(payment: np.ndarray) -> None:
    fraud = label_of(payment, START + DAY, is_fraud=True)
    honest = label_of(payment, START + 2 * DAY, is_fraud=False, previous=Known.FRAUD)

    features = features_after(payment, fraud, honest)

    assert known_frauds(features) == [0] * 5
    assert features["merchant_labels"] == features["customer_labels"] == 1
    assert features["merchant_fraud_streak"] == 0
    assert features["merchant_last_label"] == 0
    assert features["merchant_frauds_7d"] == 0
    assert np.isnan(features["days_since_merchant_fraud"])
    assert np.isnan(features["days_since_customer_fraud"])


def test_a_correction_to_fraud_adds_it(payment: np.ndarray) -> None:
    honest = label_of(payment, START + DAY, is_fraud=False)
    fraud = label_of(payment, START + 2 * DAY, is_fraud=True, previous=Known.HONEST)

    features = features_after(payment, honest, fraud)

    assert known_frauds(features) == [1] * 5
    assert features["merchant_labels"] == 1
    assert (features["merchant_fraud_streak"], features["merchant_honest_streak"]) == (1, 0)


def test_the_last_outcome_is_the_one_of_the_newest_transaction(payment: np.ndarray) -> None:
    newer = transaction(START + HOUR, transaction=2)
    of_newer = label_of(newer, START + DAY, is_fraud=False)
    of_older = label_of(payment, START + 2 * DAY, is_fraud=True)

    features = features_after(payment, newer, of_newer, of_older)

    assert features["merchant_last_label"] == 0
    assert features["merchant_fraud_streak"] == 1


def test_labels_in_any_order_give_the_same_counts() -> None:
    payments = series(6, device=3)
    labels = [
        label_of(payments[i : i + 1], START + (5 + i) * DAY, is_fraud=i % 2 == 0) for i in range(6)
    ]

    forwards, backwards = (features_after(payments, *order) for order in (labels, labels[::-1]))

    for name in ("merchant_frauds", "merchant_labels", "merchant_frauds_7d", "customer_frauds"):
        assert forwards[name] == backwards[name] > 0, name
    assert forwards["days_since_merchant_fraud"] == backwards["days_since_merchant_fraud"]


def test_a_label_of_a_transaction_that_was_never_applied_counts(payment: np.ndarray) -> None:
    # The record of labels is the authority; the state need not have seen the transaction.
    features = features_after(label_of(payment, START + DAY, is_fraud=True))

    assert known_frauds(features) == [1] * 5
    assert features["tx_number"] == 0


def test_a_label_that_names_nobody_changes_nothing() -> None:
    nobody = transaction(customer=0, merchant=0)
    table = StateTable()

    apply_events(label_of(nobody, START + DAY, is_fraud=True), table)

    assert len(table) == 0


def test_frauds_in_a_row_are_counted_up_to_the_next_honest_outcome() -> None:
    payments = series(5)
    outcomes = [False, True, True, True, False]
    labels = [
        label_of(payments[i : i + 1], START + (5 + i) * DAY, is_fraud=outcomes[i]) for i in range(5)
    ]

    during = features_after(payments, *labels[:4])
    after = features_after(payments, *labels)

    assert (during["merchant_fraud_streak"], during["merchant_honest_streak"]) == (3, 0)
    assert (after["merchant_fraud_streak"], after["merchant_honest_streak"]) == (0, 1)
    assert during["days_since_merchant_outbreak"] == pytest.approx(20 - 1 / 24)
    assert np.isnan(after["days_since_merchant_outbreak"])


def test_a_fraud_of_an_ordinary_amount_speaks_against_the_terminal() -> None:
    habit = series(10, amount=20.0)
    ordinary = transaction(START + DAY, 21.0, transaction=50)
    unusual = transaction(START + DAY, 400.0, transaction=51)

    told = features_after(habit, ordinary, label_of(ordinary, START + 9 * DAY, is_fraud=True))
    other = features_after(habit, unusual, label_of(unusual, START + 9 * DAY, is_fraud=True))

    assert (told["merchant_ordinary_frauds"], told["merchant_ordinary_streak"]) == (1, 1)
    assert told["days_since_merchant_ordinary"] == 19
    assert (other["merchant_ordinary_frauds"], other["merchant_frauds"]) == (0, 1)


def test_a_merchants_clean_record_is_as_old_as_its_last_honest_payment() -> None:
    payments = series(3, every=DAY)
    honest = [label_of(payments[i : i + 1], START + (9 + i) * DAY, is_fraud=False) for i in (2, 0)]

    assert np.isnan(features_after(payments)["days_since_merchant_honest"])
    assert features_after(payments, *honest)["days_since_merchant_honest"] == 18


def test_a_run_of_ordinary_frauds_is_as_old_as_its_first_and_ends_with_an_honest_one() -> None:
    habit = series(10, amount=20.0)
    frauds = [transaction(START + (2 + i) * DAY, 21.0, transaction=50 + i) for i in range(3)]
    unusual = transaction(START + DAY, 400.0, transaction=60, customer=7)
    labels = [
        label_of(one, START + (9 + i) * DAY, is_fraud=True)
        for i, one in enumerate([unusual, *frauds])
    ]
    honest = label_of(habit[9:], START + 14 * DAY, is_fraud=False)

    during = features_after(habit, unusual, *frauds, *labels)
    after = features_after(habit, unusual, *frauds, *labels, honest)

    assert during["days_since_merchant_outbreak"] == 19
    assert during["days_since_ordinary_outbreak"] == 18
    assert np.isnan(after["days_since_ordinary_outbreak"])


def test_a_run_is_as_ordinary_as_its_most_ordinary_fraud() -> None:
    habit = series(10, amount=20.0)
    frauds = [
        transaction(START + DAY + i * HOUR, amount, transaction=50 + i)
        for i, amount in enumerate((400.0, 20.0, 90.0))
    ]
    labels = [label_of(one, START + (9 + i) * DAY, is_fraud=True) for i, one in enumerate(frauds)]

    found = [
        features_after(habit, *frauds, *labels[: count + 1])["merchant_run_least_z"]
        for count in range(3)
    ]

    assert found[0] > 40
    assert found[1] < 0
    assert found[2] == found[1]


def test_a_fraud_within_a_spree_of_its_customer_does_not_speak_against_the_merchant() -> None:
    habit = series(10, amount=20.0)
    ordinary = transaction(START + 2 * DAY, 21.0, transaction=50)
    elsewhere = transaction(START + DAY, 400.0, transaction=51, merchant=9)
    fraud = label_of(ordinary, START + 9 * DAY, is_fraud=True)
    cleared = label_of(elsewhere, START + 8 * DAY, is_fraud=False)

    alone = features_after(habit, ordinary, fraud)
    spree = features_after(habit, elsewhere, ordinary, fraud)
    large_but_honest = features_after(habit, elsewhere, ordinary, cleared, fraud)

    assert alone["merchant_unexplained_streak"] == 1
    assert spree["merchant_unexplained_streak"] == 0
    assert large_but_honest["merchant_unexplained_streak"] == 1
    for told in (alone, spree, large_but_honest):
        assert told["merchant_ordinary_streak"] == 1


def test_a_large_amount_known_to_be_honest_is_no_longer_open() -> None:
    habit = series(10, amount=20.0, start=START + 10 * DAY)
    large = transaction(START + 11 * DAY, 400.0, transaction=50)
    honest = label_of(large, START + 13 * DAY, is_fraud=False)
    fraud = label_of(large, START + 14 * DAY, is_fraud=True, previous=Known.HONEST)

    def told(*events: np.ndarray) -> tuple[float, float, float]:
        features = features_after(habit, large, *events)
        names = ("high_amounts_14d", "open_high_amounts_14d", "open_max_to_usual_14d")
        first, second, third = (features[name] for name in names)
        return first, second, third > 10

    assert told() == (1, 1, True)
    assert told(honest) == (1, 0, False)
    assert told(honest, fraud) == (1, 1, True)
