"""What besides the face says that two customers are one person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kyc.decision.duplicates import Sign
from kyc.decision.names import mrz_variants


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name, as declared or as read from a document."""

    surname: str
    given_names: str


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Every name and birth date that a customer declared or showed."""

    names: tuple[PersonName, ...] = ()
    birth_dates: frozenset[date] = frozenset()


def personal_signs(one: KnownPerson, other: KnownPerson) -> tuple[Sign, ...]:
    """Return what two customers' details have in common.

    Examples
    --------
    >>> declared = KnownPerson((PersonName("Núñez", "Carla Maria"),), frozenset({date(1990, 1, 2)}))
    >>> read = KnownPerson((PersonName("NUNEZ", "CARLA"),))
    >>> personal_signs(declared, read)
    (<Sign.NAME: 'name'>,)
    """
    signs = []
    if any(is_same_name(a, b) for a in one.names for b in other.names):
        signs.append(Sign.NAME)
    if one.birth_dates & other.birth_dates:
        signs.append(Sign.BIRTH_DATE)
    return tuple(signs)


def is_same_name(one: PersonName, other: PersonName) -> bool:
    """Whether surname and first given name agree, also when somebody exchanged the two.

    Middle names are left out: they are the first thing that differs between two documents of one
    person.

    Examples
    --------
    >>> is_same_name(PersonName("Müller", "Jörg"), PersonName("MUELLER", "JOERG PETER"))
    True
    >>> is_same_name(PersonName("Jörg", "Müller"), PersonName("MULLER", "JORG"))
    True
    >>> is_same_name(PersonName("Müller", "Jörg"), PersonName("MUELLER", "JAN"))
    False
    """
    return _agree(one.surname, one.given_names, other.surname, other.given_names) or _agree(
        one.surname, one.given_names, other.given_names, other.surname
    )


def _agree(surname: str, given_names: str, other_surname: str, other_given_names: str) -> bool:
    return bool(
        mrz_variants(surname) & mrz_variants(other_surname)
        and _first_words(given_names) & _first_words(other_given_names)
    )


def _first_words(name: str) -> frozenset[str]:
    return frozenset(variant.split()[0] for variant in mrz_variants(name))
