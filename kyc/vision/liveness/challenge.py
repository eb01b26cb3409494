"""What a person is asked to do before the camera, drawn anew for every attempt."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """One movement. Left and right are the person's own."""

    TURN_LEFT = "turn_left"
    TURN_RIGHT = "turn_right"
    BLINK = "blink"
    OPEN_MOUTH = "open_mouth"


TURNS = frozenset({Action.TURN_LEFT, Action.TURN_RIGHT})


@dataclass(frozen=True, slots=True)
class Challenge:
    """Movements in the order in which they are asked for.

    Attributes
    ----------
    actions : tuple of Action
        One or more, none twice.
    """

    actions: tuple[Action, ...]

    def __post_init__(self) -> None:
        if not self.actions:
            raise ValueError("A challenge asks for at least one action.")
        if len(set(self.actions)) < len(self.actions):
            raise ValueError("A challenge asks for every action at most once.")

    def __str__(self) -> str:
        return ",".join(self.actions)


def draw_challenge(rng: random.Random) -> Challenge:
    """Two or three different actions in random order, at least one of them a turn.

    Parameters
    ----------
    rng : random.Random
        `random.SystemRandom()` in production: a challenge that can be foreseen proves nothing.

    Returns
    -------
    Challenge
        Each of the 34 allowed ones can come; a recording made before has to guess.

    Notes
    -----
    Blink and open mouth alone are in reach of a photograph with holes for the eyes; a turn is not.
    """
    count = rng.choice((2, 3))
    while True:
        actions = tuple(rng.sample(list(Action), count))
        if TURNS.intersection(actions):
            return Challenge(actions)


def parse_challenge(text: str) -> Challenge:
    """A challenge from its written form.

    Raises
    ------
    ValueError
        For an unknown or repeated action or none at all, with a sentence that names what is known.

    Examples
    --------
    >>> str(parse_challenge("turn_left, blink"))
    'turn_left,blink'
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in set(Action)]
    if unknown:
        raise ValueError(f"Unknown action {unknown[0]!r}; known are {', '.join(Action)}.")
    return Challenge(tuple(Action(name) for name in names))
