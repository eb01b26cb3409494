"""Steps of waiting, and when a second person must agree."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cases.priority import (
    WAITING_STEPS,
    SecondLookFacts,
    SecondLookPolicy,
    next_step_at,
    second_look_reason,
    waiting_share,
)

OPENED = datetime(2026, 11, 21, 8, tzinfo=UTC)
LENGTH = st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(days=90))
POLICIES = st.builds(
    SecondLookPolicy,
    from_minor=st.none() | st.integers(0, 10**9),
    sample_share=st.floats(0, 1),
    is_always=st.booleans(),
    is_blind=st.booleans(),
)


@given(LENGTH, st.floats(0, 3))
def test_the_next_step_is_when_the_share_rises(length: timedelta, part: float) -> None:
    due, now = OPENED + length, OPENED + length * part
    following = next_step_at(OPENED, due, now)

    if following is None:
        assert waiting_share(OPENED, due, now) == 1.0
        return
    assert following > now
    # A microsecond is the smallest step of a date, and rounding may take one.
    later = following + timedelta(microseconds=1)
    assert waiting_share(OPENED, due, later) > waiting_share(OPENED, due, now)


@given(LENGTH, st.floats(0, 3), st.floats(0, 3))
def test_waiting_never_falls(length: timedelta, one: float, other: float) -> None:
    early, late = sorted((one, other))
    due = OPENED + length

    shares = [waiting_share(OPENED, due, OPENED + length * part) for part in (early, late)]
    assert shares[0] <= shares[1]
    assert set(shares) <= {0.0, *WAITING_STEPS}


def test_a_case_without_time_is_due_at_once() -> None:
    assert waiting_share(OPENED, OPENED, OPENED) == 1.0
    assert next_step_at(OPENED, OPENED, OPENED) is None


@given(POLICIES)
def test_a_policy_is_kept_as_it_was(policy: SecondLookPolicy) -> None:
    assert SecondLookPolicy.from_json(policy.to_json()) == policy


@given(POLICIES, st.integers(0, 10**9), st.floats(0, 1, exclude_max=True))
def test_a_larger_amount_never_spares_the_second_person(
    policy: SecondLookPolicy, amount: int, draw: float
) -> None:
    if second_look_reason(policy, SecondLookFacts(amount, draw)):
        assert second_look_reason(policy, SecondLookFacts(amount * 2 + 1, draw))


def test_the_sample_is_as_large_as_it_says() -> None:
    policy = SecondLookPolicy(sample_share=0.05)
    draws = [number / 1000 for number in range(1000)]

    reasons = [second_look_reason(policy, SecondLookFacts(0, draw)) for draw in draws]

    assert reasons.count("sample") == 50
    assert reasons.count("") == 950
