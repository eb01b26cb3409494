"""What a person is asked to do before the camera, drawn anew for every attempt."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import accumulate


class Action(StrEnum):
    """One movement. Left and right are the person's own."""

    TURN_LEFT = "turn_left"
    TURN_RIGHT = "turn_right"
    LOOK_UP = "look_up"
    BLINK = "blink"
    OPEN_MOUTH = "open_mouth"
    SMILE = "smile"


class LightColour(StrEnum):
    """A colour the screen may show, by the letter it is written with."""

    RED = "r"
    GREEN = "g"
    BLUE = "b"


TURNS = frozenset({Action.TURN_LEFT, Action.TURN_RIGHT})
# Looking into the camera before the first action; the page shows it as a prompt of its own.
LEAD_MS = 1_500
# Time given to an action, in steps of 100 ms. Under 2.4 s people who read slowly come too late.
PACE_MS = (2_400, 3_600)
# How long a colour of the light is shown. Under three changes a second nobody's eyes are at risk
# (WCAG 2.2, success criterion 2.3.1).
LIGHT_MS = 700
_PACE_STEP_MS = 100


@dataclass(frozen=True, slots=True)
class Challenge:
    """Movements in the order in which they are asked for, each in a time of its own.

    Attributes
    ----------
    actions : tuple of Action
        One or more, none twice.
    pace_ms : tuple of int
        Time given to each action; empty when they may be done at any pace.
    light : tuple of LightColour
        Colours the screen shows one after the other; empty without a light challenge.
    """

    actions: tuple[Action, ...]
    pace_ms: tuple[int, ...] = ()
    light: tuple[LightColour, ...] = ()

    def __post_init__(self) -> None:
        if not self.actions:
            raise ValueError("A challenge asks for at least one action.")
        if len(set(self.actions)) < len(self.actions):
            raise ValueError("A challenge asks for every action at most once.")
        if self.pace_ms and len(self.pace_ms) != len(self.actions):
            raise ValueError("A challenge gives a time to every action or to none.")
        if self.light and not self.pace_ms:
            raise ValueError("A light follows actions that have a time.")

    def __str__(self) -> str:
        paces = [f"@{pace}" for pace in self.pace_ms] or [""] * len(self.actions)
        steps = ",".join(
            f"{action}{pace}" for action, pace in zip(self.actions, paces, strict=True)
        )
        return f"{steps};{''.join(self.light)}" if self.light else steps

    @property
    def light_start_ms(self) -> int:
        """When the first colour is shown: after the last action."""
        return LEAD_MS + sum(self.pace_ms)

    @property
    def light_end_ms(self) -> int:
        """When the last colour has been shown."""
        return self.light_start_ms + LIGHT_MS * len(self.light)

    @property
    def starts_ms(self) -> tuple[int, ...]:
        """When each action is asked for, since the recording began; empty without a pace.

        Examples
        --------
        >>> parse_challenge("turn_left@3000,blink@2500").starts_ms
        (1500, 4500)
        """
        return tuple(accumulate(self.pace_ms, initial=LEAD_MS))[: len(self.pace_ms)]


def draw_challenge(rng: random.Random) -> Challenge:
    """Two or three different actions in random order and pace, at least one of them a turn.

    Parameters
    ----------
    rng : random.Random
        `random.SystemRandom()` in production: a challenge that can be foreseen proves nothing.

    Returns
    -------
    Challenge
        Each of the 114 allowed orders can come, each action in one of 13 paces; a recording made
        before has to guess.

    Notes
    -----
    Blink and open mouth alone are in reach of a photograph with holes for the eyes; a turn is not.
    """
    count = rng.choice((2, 3))
    while True:
        actions = tuple(rng.sample(list(Action), count))
        if TURNS.intersection(actions):
            return Challenge(actions, tuple(_draw_pace_ms(rng) for _ in actions))


def _draw_pace_ms(rng: random.Random) -> int:
    return rng.randrange(PACE_MS[0], PACE_MS[1] + 1, _PACE_STEP_MS)


def draw_light(rng: random.Random, count: int = 5) -> tuple[LightColour, ...]:
    """Colours in random order, no two alike next to each other.

    Parameters
    ----------
    rng : random.Random
        As for `draw_challenge`.
    count : int
        How many, at least 1; five leave 3 * 2**4 = 48 orders to guess from.
    """
    colours = [rng.choice(list(LightColour))]
    while len(colours) < count:
        colours.append(rng.choice([one for one in LightColour if one != colours[-1]]))
    return tuple(colours)


def with_light(challenge: Challenge, rng: random.Random) -> Challenge:
    """The challenge followed by a light; one whose actions have no time stays as it is."""
    return replace(challenge, light=draw_light(rng)) if challenge.pace_ms else challenge


def parse_challenge(text: str) -> Challenge:
    """A challenge from its written form.

    Raises
    ------
    ValueError
        For an unknown or repeated action or none at all, a pace that is no whole number or given to
        some actions only, or an unknown colour; with a sentence.

    Examples
    --------
    >>> str(parse_challenge("turn_left, blink"))
    'turn_left,blink'
    >>> str(parse_challenge("turn_left@2600,blink@2400;rgb"))
    'turn_left@2600,blink@2400;rgb'
    """
    written, _, colours = text.partition(";")
    steps = [step.strip().partition("@") for step in written.split(",") if step.strip()]
    names = [name for name, _, _ in steps]
    unknown = [name for name in names if name not in set(Action)]
    if unknown:
        raise ValueError(f"Unknown action {unknown[0]!r}; known are {', '.join(Action)}.")
    return Challenge(
        tuple(Action(name) for name in names),
        tuple(_pace_ms(pace) for _, mark, pace in steps if mark),
        tuple(_colour(letter) for letter in colours.strip()),
    )


def _pace_ms(text: str) -> int:
    if not (text.isdecimal() and int(text) > 0):
        raise ValueError(f"{text!r} is no number of milliseconds.")
    return int(text)


def _colour(letter: str) -> LightColour:
    if letter not in set(LightColour):
        raise ValueError(f"Unknown colour {letter!r}; known are {', '.join(LightColour)}.")
    return LightColour(letter)
