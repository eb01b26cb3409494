"""Reasons that people read: every feature has words, and the words are true."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.features import SCHEMA
from scoring.ml.forest import Features, Floats
from scoring.ml.reasons import Reason, rank_reasons
from scoring.ml.reasons.ranked import LEAST_CONTRIBUTION, LINES, MOST_REASONS, SPECS, tell

A_SENTENCE = re.compile(r"[A-Z0-9].*[^.{}]\.")
NOTHING = dict.fromkeys(SCHEMA.names, float("nan"))


def _row(**values: float) -> Features:
    return np.array([values.get(name, np.nan) for name in SCHEMA.names], np.float32)


def _pushes(**values: float) -> Floats:
    return np.array([values.get(name, 0.0) for name in SCHEMA.names] + [-3.0])


def test_every_feature_is_told_and_nothing_else() -> None:
    assert set(LINES) == set(SCHEMA.names)


@pytest.mark.parametrize("name", SCHEMA.names)
def test_every_feature_has_a_code_and_a_sentence_for_any_value(name: str) -> None:
    spec = SPECS[name]
    lowest = 0.01 if spec.lowest is None else spec.lowest
    highest = 1e6 if spec.highest is None else spec.highest
    if spec.unit == "log EUR":
        highest = 14.0

    texts = [
        tell(name, {**dict.fromkeys(SCHEMA.names, 1.0), name: float(value)})
        for value in (lowest, (lowest + min(highest, 40)) / 2, highest)
    ]

    assert re.fullmatch(r"[a-z_]{3,40}", LINES[name].code)
    assert all(A_SENTENCE.fullmatch(text) for text in texts)
    assert not any(bad in text for text in texts for bad in ("nan", "inf", "{", "  "))
    assert texts[0] != texts[-1]


@pytest.mark.parametrize("name", SCHEMA.names)
def test_every_feature_has_a_sentence_when_it_is_missing(name: str) -> None:
    assert tell(name, NOTHING) == f"Not known: {SPECS[name].description}."


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("amount_to_usual", 9.04, "Amount is 9 times this customer's usual."),
        ("amount_to_usual", 0.5, "Amount is 0.5 times this customer's usual."),
        ("amount_z", -1.5, "Amount is 1.5 deviations below this customer's average."),
        ("amount_log", np.log(250), "The amount is 250 euros."),
        ("tx_count_1h", 14, "14 other transactions of this customer within the last hour."),
        ("tx_count_1h", 1, "1 other transaction of this customer within the last hour."),
        ("tx_count_1h", 0, "No other transactions of this customer within the last hour."),
        ("tx_count_1h", 64, "64 or more other transactions of this customer within the last hour."),
        ("device_customers", 6, "Device was used by 6 other customers."),
        ("is_device_new", 1, "First transaction of this customer from this device."),
        ("is_device_new", 0, "This customer used this device before."),
        ("days_since_last", 0.01, "This customer's last transaction was 14 minutes ago."),
        (
            "split_sum_7d",
            27_400,
            "Amounts from 1,000 to 9,999.99 euros add up to 27,400 euros within the last 7 days.",
        ),
        (
            "merchant_share",
            0.125,
            "12 % of this customer's transactions were with this counterparty.",
        ),
        ("verification_risk", 3, "The verification saw a high risk."),
        ("is_verification_approved", 0, "This customer's identity is not verified."),
        ("speed_kmh", 2345, "Coming here from the last known place takes 2,345 km/h."),
    ],
)
def test_sentences_carry_the_figure(name: str, value: float, expected: str) -> None:
    assert tell(name, {name: float(value)}) == expected


@pytest.mark.parametrize("hour", range(24))
def test_the_hour_is_told_from_sine_and_cosine_together(hour: int) -> None:
    angle = np.float32(2 * np.pi * hour / 24)
    values = {"hour_sin": float(np.sin(angle)), "hour_cos": float(np.cos(angle))}

    assert tell("hour_sin", values) == tell("hour_cos", values) == f"It is about {hour}:00, UTC."


def test_the_weekday_is_told_from_sine_and_cosine_together() -> None:
    told = []
    for day in range(7):
        angle = 2 * np.pi * day / 7
        values = {"weekday_sin": np.sin(angle), "weekday_cos": np.cos(angle)}
        told.append(tell("weekday_cos", values).removeprefix("It is a ")[:3])

    assert told == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def test_features_of_one_meaning_are_one_reason() -> None:
    pushes = _pushes(amount_to_usual=0.5, amount_z=0.7, amount_to_max=-0.1, is_device_new=0.9)
    row = _row(amount_to_usual=9, amount_z=5, amount_to_max=1.2, is_device_new=1)

    found = rank_reasons(pushes, row)

    assert [(reason.code, round(reason.contribution, 6)) for reason in found] == [
        ("amount_vs_habit", 1.1),
        ("device_novelty", 0.9),
    ]
    assert found[0].text == "Amount is 5 deviations above this customer's average."


def test_a_known_value_is_told_before_a_missing_one() -> None:
    pushes = _pushes(amount_to_usual=0.9, amount_z=0.2)

    found = rank_reasons(pushes, _row(amount_z=3))

    assert found == (
        Reason("amount_vs_habit", "Amount is 3 deviations above this customer's average.", 1.1),
    )


def test_what_is_missing_can_be_a_reason() -> None:
    found = rank_reasons(_pushes(verification_age_days=0.4), _row())

    assert found[0].text == "Not known: time since this customer's verification was decided."


def test_what_speaks_for_a_transaction_is_told_when_asked() -> None:
    pushes = _pushes(is_verification_approved=-0.6, is_device_new=-0.2, amount_to_usual=1.0)
    row = _row(is_verification_approved=1, is_device_new=0, amount_to_usual=9)

    found = rank_reasons(pushes, row, lowers=True)

    assert found == (
        Reason("identity_verification", "This customer's identity is verified.", -0.6),
        Reason("device_novelty", "This customer used this device before.", -0.2),
    )


def test_next_to_nothing_is_no_reason() -> None:
    pushes = _pushes(is_device_new=LEAST_CONTRIBUTION * 0.99)

    assert rank_reasons(pushes, _row(is_device_new=1)) == ()


def test_the_base_is_no_reason() -> None:
    pushes = np.zeros(len(SCHEMA) + 1)
    pushes[-1] = 5.0

    assert rank_reasons(pushes, _row()) == ()


contributions = st.lists(
    st.floats(-2, 2), min_size=len(SCHEMA.names), max_size=len(SCHEMA.names)
).map(np.array)


@settings(deadline=None)
@given(contributions, st.booleans())
def test_reasons_are_ranked_bounded_and_of_one_direction(pushes: Floats, lowers: bool) -> None:
    found = rank_reasons(pushes, _row(), lowers=lowers)

    sizes = [abs(reason.contribution) for reason in found]
    assert len(found) <= MOST_REASONS
    assert sizes == sorted(sizes, reverse=True)
    assert all((reason.contribution < 0) == lowers for reason in found)
    assert len({reason.code for reason in found}) == len(found)


@settings(deadline=None)
@given(contributions)
def test_nothing_is_lost_when_all_reasons_are_asked_for(pushes: Floats) -> None:
    everything = 1000
    raised = rank_reasons(pushes, _row(), most=everything)
    lowered = rank_reasons(pushes, _row(), most=everything, lowers=True)

    told = sum(reason.contribution for reason in raised + lowered)
    codes = {line.code for line in LINES.values()}
    left_out = len(codes) - len(raised) - len(lowered)
    assert abs(told - pushes.sum()) <= left_out * LEAST_CONTRIBUTION + 1e-9
