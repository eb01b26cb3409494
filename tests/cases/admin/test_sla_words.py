"""Time left, in words that say all that the colour says."""

from __future__ import annotations

import doctest
from datetime import UTC, datetime, timedelta

import pytest

from cases.admin import list_filter, sla_words
from cases.admin.sla_words import TimeLeft, time_left
from cases.models import Case

DUE = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def a_case(**fields: object) -> Case:
    times = {"opened_at": DUE - timedelta(hours=4), "warn_at": DUE - timedelta(hours=1)}
    return Case(**{"due_at": DUE, "status": "open", **times, **fields})


@pytest.mark.parametrize(
    ("now", "words", "state"),
    [
        (DUE - timedelta(hours=3, minutes=5), "3 h 5 min left", "fine"),
        (DUE - timedelta(hours=1), "1 h left", "soon"),
        (DUE - timedelta(seconds=30), "under a minute left", "soon"),
        (DUE, "Late by under a minute", "late"),
        (DUE + timedelta(days=2, hours=5), "Late by 2 days", "late"),
    ],
)
def test_time_runs_out(now: datetime, words: str, state: str) -> None:
    left = time_left(a_case(), now)

    assert (left.words, left.state) == (words, state)


def test_the_clock_of_a_resting_or_closed_case_stands_still() -> None:
    resting = a_case(status="suspended", suspended_until=DUE + timedelta(days=3))
    late = a_case(status="closed", breached_at=DUE)

    assert time_left(resting, DUE) == TimeLeft("Rests until 24 Nov 2026", "still")
    assert time_left(late, DUE) == TimeLeft("Closed late", "still")
    assert time_left(a_case(status="closed"), DUE) == TimeLeft("Closed in time", "still")


@pytest.mark.parametrize("module", [sla_words, list_filter])
def test_the_examples_are_true(module: object) -> None:
    outcome = doctest.testmod(module)  # type: ignore[arg-type]  # a module

    assert (outcome.failed, outcome.attempted > 0) == (0, True)
