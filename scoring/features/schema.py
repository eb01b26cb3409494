"""The feature vector: which features, in which order, and the hash that ties a model to them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from scoring.features.spec import FeatureSpec
from scoring.features.specs_habit import HABIT
from scoring.features.specs_known import KNOWN
from scoring.features.specs_surroundings import SURROUNDINGS
from scoring.features.specs_velocity import VELOCITY

# Part of the hash. Raise it whenever a feature's value changes for any sequence of events while its
# name stays; `tests/scoring/features/test_golden.py` fails until that is done.
CODE_VERSION = 2


@dataclass(frozen=True, slots=True)
class FeatureSchema:
    """The order of the feature vector.

    Attributes
    ----------
    specs : tuple of FeatureSpec
        In the order of the vector.
    code_version : int
        Version of the code that computes the values.

    Examples
    --------
    >>> schema = FeatureSchema((FeatureSpec("amount_eur", "EUR", "the amount", "amount"),), 1)
    >>> schema.names, schema.index("amount_eur"), len(schema.hash)
    (('amount_eur',), 0, 16)
    """

    specs: tuple[FeatureSpec, ...]
    code_version: int
    names: tuple[str, ...] = field(init=False)
    hash: str = field(init=False)
    _places: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        names = tuple(spec.name for spec in self.specs)
        places = {name: place for place, name in enumerate(names)}
        if len(places) != len(names):
            raise ValueError("Two features have the same name.")
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "hash", _digest(names, self.code_version))
        object.__setattr__(self, "_places", places)

    def __len__(self) -> int:
        return len(self.specs)

    def index(self, name: str) -> int:
        """Return the place of a feature in the vector.

        Raises
        ------
        KeyError
            There is no such feature.
        """
        return self._places[name]


def _digest(names: tuple[str, ...], code_version: int) -> str:
    text = "\n".join((str(code_version), *names))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


SCHEMA = FeatureSchema(HABIT + VELOCITY + SURROUNDINGS + KNOWN, CODE_VERSION)
