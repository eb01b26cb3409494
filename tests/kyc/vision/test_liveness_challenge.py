"""Challenges are drawn so that they cannot be foreseen and always ask for a turn."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyc.vision.liveness.challenge import (
    TURNS,
    Action,
    Challenge,
    draw_challenge,
    parse_challenge,
)


@given(st.integers())
def test_a_drawn_challenge_has_two_or_three_actions_and_a_turn(seed: Any) -> None:
    challenge = draw_challenge(random.Random(seed))  # noqa: S311 - repeatable

    assert len(challenge.actions) in {2, 3}
    assert len(set(challenge.actions)) == len(challenge.actions)
    assert TURNS.intersection(challenge.actions)


@given(st.integers())
def test_a_challenge_reads_back_as_it_was_written(seed: Any) -> None:
    challenge = draw_challenge(random.Random(seed))  # noqa: S311 - repeatable

    assert parse_challenge(str(challenge)) == challenge


def test_all_thirty_four_challenges_come() -> None:
    rng = random.Random(1)  # noqa: S311 - repeatable

    drawn = Counter(str(draw_challenge(rng)) for _ in range(3000))

    assert len(drawn) == 34


@pytest.mark.parametrize("text", ["", "wave", "turn_left,turn_left", "turn_left,,wave"])
def test_what_is_no_challenge_is_refused(text: Any) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        parse_challenge(text)


def test_spaces_do_not_matter() -> None:
    assert parse_challenge(" turn_left , blink") == Challenge((Action.TURN_LEFT, Action.BLINK))
