"""How well a customer and a listed person agree, feature by feature, and what each adds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kyc.screening.entries import ListedEntry, PartialDate
from kyc.screening.name_comparison import NameComparison, compare_names


class FeatureState(StrEnum):
    """What one feature says."""

    MATCH = "match"
    NEAR = "near"
    CONFLICT = "conflict"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class MatchPolicy:
    """What agreeing and disagreeing is worth.

    The name's similarity is 0–1; the other features add to it. A name that agrees in full and a
    birth year that does not make no hit, a name alone does. `bench/screening.py` measures what
    these numbers find and how many others they raise.

    Attributes
    ----------
    hit_from : float
        Sum from which on a person looks.
    name_from : float
        Similarity of the name below which nothing else counts.
    year_tolerance : int
        Years that lists are off without a person being another one.
    """

    hit_from: float = 0.85
    name_from: float = 0.75
    birth_date_match: float = 0.06
    birth_year_match: float = 0.03
    birth_conflict: float = -0.20
    country_match: float = 0.02
    country_conflict: float = -0.03
    year_tolerance: int = 2

    def years_of_hits(self, born: date | None) -> tuple[int, ...] | None:
        """The years in which somebody must be born to be a hit; None when any year will do.

        Whoever the list knows to be born in other years is none, however well the rest agrees.

        Examples
        --------
        >>> MatchPolicy().years_of_hits(date(1960, 5, 1))
        (1958, 1959, 1960, 1961, 1962)
        >>> MatchPolicy(hit_from=0.8).years_of_hits(date(1960, 5, 1)) is None
        True
        """
        if born is None or 1.0 + self.birth_conflict + self.country_match >= self.hit_from:
            return None
        nearest = range(born.year - self.year_tolerance, born.year + self.year_tolerance + 1)
        return tuple(nearest)


@dataclass(frozen=True, slots=True)
class ScreenedPerson:
    """Whom a search is about. `countries` are ISO 3166-1 alpha-3; `source` says who says so."""

    name: str
    birth_date: date | None = None
    countries: tuple[str, ...] = ()
    source: str = "declared"


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature of a match, for the reviewer.

    Attributes
    ----------
    name : str
        ``name``, ``birth`` or ``country``.
    declared, listed : str
        What was compared; empty where it is not known.
    points : float
        What it added to the sum.
    """

    name: str
    declared: str
    listed: str
    state: FeatureState
    points: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Match:
    """A customer against one entry. `score` is the sum of the points, 0–1."""

    score: float
    is_hit: bool
    features: tuple[Feature, ...]


def match(person: ScreenedPerson, entry: ListedEntry, policy: MatchPolicy = MatchPolicy()) -> Match:
    """Compare a customer with an entry, by the one of its names that agrees best.

    Examples
    --------
    >>> entry = ListedEntry("1", ("Ivan Petrov", "Iwan Petroff"), (PartialDate(1960),), ("RUS",))
    >>> found = match(ScreenedPerson("PETROV Ivan", date(1960, 5, 1), ("RUS",)), entry)
    >>> found.is_hit, [str(feature.state) for feature in found.features]
    (True, ['match', 'match', 'match'])
    >>> match(ScreenedPerson("Ivan Petrov", date(1990, 5, 1), ("RUS",)), entry).is_hit
    False
    """
    best = max((compare_names(person.name, name) for name in entry.names), key=lambda c: c.score)
    features = (
        _name_feature(person, best, policy),
        _birth_feature(person.birth_date, entry, policy),
        _country_feature(person.countries, entry.countries, policy),
    )
    score = round(min(max(sum(feature.points for feature in features), 0.0), 1.0), 4)
    is_hit = best.score >= policy.name_from and score >= policy.hit_from
    return Match(score, is_hit, features)


def _name_feature(person: ScreenedPerson, best: NameComparison, policy: MatchPolicy) -> Feature:
    if best.score >= 0.995:
        state = FeatureState.MATCH
    else:
        state = FeatureState.NEAR if best.score >= policy.name_from else FeatureState.CONFLICT
    return Feature("name", person.name, best.listed, state, round(best.score, 4), best.sentence)


def _birth_feature(born: date | None, entry: ListedEntry, policy: MatchPolicy) -> Feature:
    listed = entry.birth_dates
    shown = born.isoformat() if born else ""
    dates = ", ".join([*map(str, listed), *entry.unread_births])
    if born is None or not dates:
        words = "No date of birth is known on one side."
        return Feature("birth", shown, dates, FeatureState.NOT_KNOWN, 0.0, words)
    if any((d.year, d.month, d.day) == (born.year, born.month, born.day) for d in listed):
        return _birth(shown, dates, FeatureState.MATCH, policy.birth_date_match, "The same day.")
    if any(d.year == born.year and not d.last_year and _may_be(born, d) for d in listed):
        return _birth(shown, dates, FeatureState.MATCH, policy.birth_year_match, "The same year.")
    off = min((_years_off(born, d, policy) for d in listed), default=None)
    if off is not None and off <= policy.year_tolerance:
        words = f"{off} years apart." if off > 0 else _within(born, listed)
        return _birth(shown, dates, FeatureState.NEAR, 0.0, words)
    if entry.unread_births:
        words = "One of the listed dates of birth could not be read."
        return _birth(shown, dates, FeatureState.NOT_KNOWN, 0.0, words)
    return _birth(shown, dates, FeatureState.CONFLICT, policy.birth_conflict, f"{off} years apart.")


def _years_off(born: date, listed: PartialDate, policy: MatchPolicy) -> int:
    """Return how many years lie between the two, less those by which an uncertain date may err."""
    years = listed.years
    apart = max(years[0] - born.year, born.year - years[-1], 0)
    return apart - (policy.year_tolerance if listed.is_circa else 0)


def _within(born: date, listed: Sequence[PartialDate]) -> str:
    if any(d.year == born.year and not d.last_year for d in listed):
        return "The same year, another day."
    return "Within the years that are listed."


def _may_be(born: date, listed: PartialDate) -> bool:
    """Whether what the list leaves open leaves room for the day; day and month may be swapped."""
    if listed.month is None:
        return True
    if listed.day is None:
        return listed.month == born.month
    return (listed.month, listed.day) == (born.day, born.month)


def _birth(
    declared: str, listed: str, state: FeatureState, points: float, sentence: str
) -> Feature:
    return Feature("birth", declared, listed, state, points, sentence)


def _country_feature(
    countries: Sequence[str], listed: Sequence[str], policy: MatchPolicy
) -> Feature:
    shown, others = ", ".join(countries), ", ".join(listed)
    if not countries or not listed:
        words = "No country is known on one side."
        return Feature("country", shown, others, FeatureState.NOT_KNOWN, 0.0, words)
    if set(countries) & set(listed):
        words, state, points = "A country agrees.", FeatureState.MATCH, policy.country_match
    else:
        words, state, points = "No country agrees.", FeatureState.CONFLICT, policy.country_conflict
    return Feature("country", shown, others, state, points, words)
