"""What a customer declares about themselves."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class PersonDetails:
    """Declared identity. `nationality` is ISO 3166-1 alpha-3."""

    surname: str
    given_names: str
    birth_date: date
    nationality: str

    def to_json(self) -> dict[str, str]:
        """Return the details as they are sealed."""
        return {**asdict(self), "birth_date": self.birth_date.isoformat()}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """Return the details that `to_json` wrote."""
        return cls(**{**value, "birth_date": date.fromisoformat(value["birth_date"])})
