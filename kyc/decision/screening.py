"""What a search of the watchlists found, as it is stored and judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class SearchedList:
    """One list that was searched; `trouble` is empty, ``empty``, ``stale`` or ``failed``."""

    name: str
    version: int
    entries: int
    trouble: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class FeatureFinding:
    """One feature of a match: name, birth or country; see `kyc.screening.scoring`."""

    name: str
    declared: str
    listed: str
    state: str
    points: float
    sentence: str


@dataclass(frozen=True, slots=True)
class MatchFinding:
    """A listed person who may be the customer.

    Attributes
    ----------
    hit_id : str
        Of the row on which a person decides.
    status : str
        ``open``, ``false_positive`` or ``confirmed``, as it was at the time.
    score : float
        0–1, of name, birth and country together.
    programmes : tuple of str
        Why the person is listed.
    """

    hit_id: str
    status: str
    list_name: str
    external_id: str
    score: float
    source: str
    programmes: tuple[str, ...]
    features: tuple[FeatureFinding, ...]


@dataclass(frozen=True, slots=True)
class ScreeningFindings:
    """Everything one search found; holds names, and is sealed for that reason."""

    lists: tuple[SearchedList, ...]
    matches: tuple[MatchFinding, ...]
    limit: float

    @property
    def troubled(self) -> tuple[SearchedList, ...]:
        """The lists that could not be relied on."""
        return tuple(searched for searched in self.lists if searched.trouble)

    @property
    def standing(self) -> tuple[MatchFinding, ...]:
        """The matches that nobody has told apart from the customer."""
        return tuple(match for match in self.matches if match.status != "false_positive")

    def to_json(self) -> dict[str, Any]:
        """Return the findings as they are stored."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Return the findings that `to_json` wrote."""
        return cls(
            lists=tuple(SearchedList(**searched) for searched in value["lists"]),
            matches=tuple(_match(match) for match in value["matches"]),
            limit=value["limit"],
        )


def _match(value: Mapping[str, Any]) -> MatchFinding:
    features = tuple(FeatureFinding(**feature) for feature in value["features"])
    programmes = tuple(value["programmes"])
    return MatchFinding(**{**value, "features": features, "programmes": programmes})
