"""Own renders of every kind of document, photographed at three levels, to be read and judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from string import ascii_uppercase, digits

import numpy as np
import numpy.typing as npt

from kyc.evaluating.document_cases import Case
from kyc.simulation.people import SpecimenPerson, draw_person
from kyc.simulation.portraits import load_portrait
from kyc.simulation.specimens import Kind, render_specimen
from kyc.simulation.wear import LEVELS, Level, photograph_at

Image = npt.NDArray[np.uint8]
KINDS: tuple[Kind, ...] = ("TD1", "TD2", "TD3", "MRVA", "MRVB", "FRAID")

# One card in three has a number that runs on in the optional data.
LONG_NUMBER_SHARE = 1 / 3
CHARACTERS = np.array(list(ascii_uppercase + digits))


@dataclass(frozen=True, slots=True)
class Render:
    """One photograph to be read, and what it shows."""

    level: Level
    case: Case
    pixels: Image


def renders(count: int, *, seed: int, today: date) -> Iterator[Render]:
    """As many photographs of each kind of document at each level.

    Parameters
    ----------
    count : int
    seed : int
        The same seed gives the same photographs, however many are asked for.
    today : date
        The documents are valid on it.
    """
    for level_at, level in enumerate(LEVELS):
        for kind_at, kind in enumerate(KINDS):
            for number in range(count):
                rng = np.random.default_rng((seed, level_at, kind_at, number))
                yield _render(level, kind, f"{level}-{kind}-{number}", rng, today)


def _render(level: Level, kind: Kind, name: str, rng: np.random.Generator, today: date) -> Render:
    person = _numbered(draw_person(rng, today=today, sex=rng.choice(["F", "M", "X"])), kind, rng)
    portrait = load_portrait("astronaut" if rng.uniform() < 0.5 else "grace_hopper")
    specimen = render_specimen(person, kind=kind, portrait=portrait, rng=rng)
    side = specimen.front if specimen.back is None else specimen.back
    return Render(level, Case(name, kind, specimen.mrz_lines), photograph_at(level, side, rng))


def _numbered(person: SpecimenPerson, kind: Kind, rng: np.random.Generator) -> SpecimenPerson:
    """The person with a number of letters and digits at random, look-alikes among them."""
    written = partial(_text, rng)
    if kind == "FRAID":
        number = "".join(str(figure) for figure in rng.integers(0, 10, 12))
        return replace(person, document_number=number, personal_number=number[4:7])
    is_long = kind in {"TD1", "TD2"} and rng.uniform() < LONG_NUMBER_SHARE
    number = written(9 + int(rng.integers(1, 5)) if is_long else 9)
    personal = "" if is_long or rng.uniform() < 0.5 else written(7)
    return replace(person, document_number=number, personal_number=personal)


def _text(rng: np.random.Generator, length: int) -> str:
    return "".join(rng.choice(CHARACTERS, length))
