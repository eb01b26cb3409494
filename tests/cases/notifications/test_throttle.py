from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.notifications.throttle import NextMessage, Throttle, next_message

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ARRIVALS = st.lists(st.integers(0, 3_600), min_size=1, max_size=60).map(sorted)
THROTTLES = st.builds(
    Throttle, st.integers(1, 6), st.integers(1, 1_200).map(lambda s: timedelta(seconds=s))
)


def sent_messages(arrivals_s: list[int], throttle: Throttle) -> list[tuple[datetime, list[int]]]:
    """Run a channel that is asked whenever something arrives and whenever it said to ask again."""
    waiting: list[int] = []
    sent: list[tuple[datetime, list[int]]] = []
    pending = list(arrivals_s)
    now = NOON
    while pending or waiting:
        if not waiting:
            now = max(now, NOON + timedelta(seconds=pending[0]))
        while pending and NOON + timedelta(seconds=pending[0]) <= now:
            waiting.append(pending.pop(0))
        step = next_message(len(waiting), [at for at, _ in sent], throttle, now)
        if step.count:
            sent.append((now, waiting[: step.count]))
            del waiting[: step.count]
        else:
            assert step.not_before is not None
            assert step.not_before > now
            now = step.not_before
    return sent


@given(ARRIVALS, THROTTLES)
def test_no_window_ever_holds_more_messages_than_the_limit(
    arrivals_s: list[int], throttle: Throttle
) -> None:
    instants = [at for at, _ in sent_messages(arrivals_s, throttle)]

    for index, first in enumerate(instants):
        within = [at for at in instants[index:] if at < first + throttle.window]
        assert len(within) <= throttle.limit


@given(ARRIVALS, THROTTLES)
def test_everything_that_came_is_told_exactly_once(
    arrivals_s: list[int], throttle: Throttle
) -> None:
    told = [item for _, items in sent_messages(arrivals_s, throttle) for item in items]

    assert told == arrivals_s


@given(ARRIVALS, THROTTLES)
def test_nothing_waits_longer_than_one_window(arrivals_s: list[int], throttle: Throttle) -> None:
    for at, items in sent_messages(arrivals_s, throttle):
        assert at - (NOON + timedelta(seconds=items[0])) <= throttle.window


@given(ARRIVALS, THROTTLES)
def test_only_the_last_message_that_may_go_merges(
    arrivals_s: list[int], throttle: Throttle
) -> None:
    sent = sent_messages(arrivals_s, throttle)

    for index, (at, items) in enumerate(sent):
        before = [earlier for earlier, _ in sent[:index] if earlier > at - throttle.window]
        assert len(items) == 1 or len(before) == throttle.limit - 1


def test_seventeen_at_once_under_a_limit_of_five_are_four_and_a_digest() -> None:
    sent = sent_messages([0] * 17, Throttle(5, timedelta(minutes=10)))

    assert [len(items) for _, items in sent] == [1, 1, 1, 1, 13]
    assert {at for at, _ in sent} == {NOON}


def test_a_limit_that_was_lowered_waits_until_enough_have_left_the_window() -> None:
    sent = [NOON - timedelta(minutes=minutes) for minutes in (1, 2, 3, 4)]

    step = next_message(1, sent, Throttle(2, timedelta(minutes=10)), NOON)

    assert step == NextMessage(0, NOON + timedelta(minutes=8))


@pytest.mark.parametrize(("limit", "seconds"), [(0, 60), (1, 0), (-1, -1)])
def test_a_throttle_that_lets_nothing_through_is_refused(limit: int, seconds: int) -> None:
    with pytest.raises(ValueError, match="at least one message"):
        Throttle(limit, timedelta(seconds=seconds))
