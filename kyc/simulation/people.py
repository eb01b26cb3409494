"""Fictional citizens of Utopia, for specimens, demo data and tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np

Sex = Literal["F", "M", "X"]

# "UTO" is the state that Doc 9303-3 §5 keeps for specimens: no real document carries it.
UTOPIA = "UTO"

SURNAMES = (
    "Almqvist", "Brandão", "Castellane", "Dvořák", "Eriksson", "Fairweather", "Grünwald",
    "Holm-Lindén", "Ivanyi", "Järvinen", "Kowalczyk", "Lindqvist", "Moreau", "Nygård", "O'Sullivan",
    "Petrov", "Quintero", "Rosenthal", "Sørensen", "Tanaka", "Ülker", "van der Meer", "Wójcik",
    "Zamora",
)  # fmt: skip
GIVEN_NAMES: dict[Sex, tuple[str, ...]] = {
    "F": (
        "Anna Maria", "Beatriz", "Clémence", "Dagny", "Elsa", "Freya Louise", "Greta", "Helena",
        "Inés", "Johanna", "Katarína", "Liv", "Margot", "Noor", "Olivia Ruth", "Zoë",
    ),
    "M": (
        "Anders", "Björn", "César", "Daniel Owen", "Émile", "Felix", "Gustav", "Henrik Jan",
        "Ivo", "João", "Kasper", "Lucas", "Matteo", "Nils", "Oskar", "Zoltán",
    ),
    "X": ("Alex", "Charlie Robin", "Kim", "Sasha"),
}  # fmt: skip
TOWNS = ("Amaurot", "Polyleria", "Achoria", "Macaria", "Anyder", "Zapoletes")  # More, 1516
# Letters that a reader cannot take for digits; Doc 9303 leaves the choice to the state.
NUMBER_LETTERS = "CFGHJKLMNPRTVWXYZ"


@dataclass(frozen=True, slots=True)
class SpecimenPerson:
    """The data printed on one fictional document.

    Attributes
    ----------
    surname, given_names : str
        As printed; accents allowed.
    birth_date, issue_date, expiry_date : date
    sex : {"F", "M", "X"}
        As printed; the zone writes "<" for X.
    document_number : str
        Up to nine capital letters and digits.
    nationality, issuing_state : str
        Three-letter codes.
    personal_number : str
        Up to 14 characters, or empty.
    """

    surname: str
    given_names: str
    birth_date: date
    sex: Sex
    document_number: str
    issue_date: date
    expiry_date: date
    nationality: str = UTOPIA
    issuing_state: str = UTOPIA
    place_of_birth: str = TOWNS[0]
    personal_number: str = ""
    height_cm: int = 170


# The specimen of Doc 9303-4, appendix B: its printed lines are the standard's own test vector.
ERIKSSON = SpecimenPerson(
    surname="Eriksson",
    given_names="Anna Maria",
    birth_date=date(1974, 8, 12),
    sex="F",
    document_number="L898902C3",
    issue_date=date(2007, 4, 16),
    expiry_date=date(2012, 4, 15),
    place_of_birth="Zenith",
    personal_number="ZE184226B",
)


def draw_person(rng: np.random.Generator, *, today: date, sex: Sex = "F") -> SpecimenPerson:
    """An adult with a document that is valid on `today`.

    Parameters
    ----------
    rng : numpy.random.Generator
        The same state gives the same person.
    today : date
        The document was issued up to eight years before and is valid for ten.
    sex : {"F", "M", "X"}
        Both portraits that come with the packages show women, hence the default.
    """
    age_days, held_days = int(rng.integers(20 * 366, 70 * 365)), int(rng.integers(60, 8 * 365))
    issued = today - timedelta(days=held_days)
    letters = "".join(NUMBER_LETTERS[i] for i in rng.integers(0, len(NUMBER_LETTERS), 2))
    return SpecimenPerson(
        surname=_pick(rng, SURNAMES),
        given_names=_pick(rng, GIVEN_NAMES[sex]),
        birth_date=today - timedelta(days=age_days),
        sex=sex,
        document_number=f"{letters}{int(rng.integers(0, 10**7)):07d}",
        issue_date=issued,
        expiry_date=issued + timedelta(days=3652),
        place_of_birth=_pick(rng, TOWNS),
        height_cm=int(rng.integers(152, 190)),
    )


def _pick(rng: np.random.Generator, choices: tuple[str, ...]) -> str:
    return choices[int(rng.integers(0, len(choices)))]
