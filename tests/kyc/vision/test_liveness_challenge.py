"""Challenges are drawn so that they cannot be foreseen and always ask for a turn."""

from __future__ import annotations

import itertools
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
    draw_light,
    parse_challenge,
    with_light,
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


@given(st.integers())
def test_every_action_is_given_between_two_and_a_half_and_three_and_a_half_seconds(
    seed: Any,
) -> None:
    challenge = draw_challenge(random.Random(seed))  # noqa: S311 - repeatable

    assert len(challenge.pace_ms) == len(challenge.actions)
    assert all(2_400 <= pace <= 3_600 for pace in challenge.pace_ms)


def test_all_hundred_and_fourteen_orders_come() -> None:
    rng = random.Random(1)  # noqa: S311 - repeatable

    drawn = Counter(draw_challenge(rng).actions for _ in range(4000))

    assert len(drawn) == 6 * 5 - 4 * 3 + 6 * 5 * 4 - 4 * 3 * 2
    paces = {draw_challenge(rng).pace_ms[0] for _ in range(500)}
    assert paces == set(range(2_400, 3_601, 100))


@given(st.integers(), st.integers(1, 8))
def test_no_colour_of_the_light_comes_twice_in_a_row(seed: Any, count: Any) -> None:
    light = draw_light(random.Random(seed), count)  # noqa: S311 - repeatable

    assert len(light) == count
    assert all(one != other for one, other in itertools.pairwise(light))


def test_a_light_follows_only_actions_that_have_a_time() -> None:
    rng = random.Random(1)  # noqa: S311 - repeatable

    assert len(with_light(draw_challenge(rng), rng).light) == 5
    assert with_light(parse_challenge("turn_left,blink"), rng).light == ()


def test_a_challenge_with_light_reads_back_as_it_was_written() -> None:
    text = "turn_left@2600,smile@2400;rgbrb"

    challenge = parse_challenge(text)

    assert str(challenge) == text
    assert challenge.starts_ms == (1_500, 4_100)
    assert [colour.name for colour in challenge.light] == ["RED", "GREEN", "BLUE", "RED", "BLUE"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "wave",
        "turn_left,turn_left",
        "turn_left,,wave",
        "turn_left@,blink@2",
        "turn_left@2600,blink",
        "turn_left@-5",
        "turn_left@0",
        "turn_left@2600;rgx",
        "turn_left;rgb",
    ],
)
def test_what_is_no_challenge_is_refused(text: Any) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        parse_challenge(text)


def test_spaces_do_not_matter() -> None:
    assert parse_challenge(" turn_left , blink") == Challenge((Action.TURN_LEFT, Action.BLINK))
