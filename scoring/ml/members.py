"""What every kind of model can do for the one that is served."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from scoring.ml.forest import Features, Floats, Forest
from scoring.ml.shapley import Explainer


class Member(Protocol):
    """One trained model of a `FraudModel`, safe to use from several threads."""

    @property
    def kind(self) -> str:
        """What sort of file it was read from, as the manifest names it."""
        ...

    def margins(self, features: Features) -> Floats:
        """Return how suspect each row is, shape (n,): higher is worse, unbounded.

        The same to the bit for a row alone and in any batch.
        """
        ...

    def contributions(self, features: Features) -> Floats:
        """Return each feature's part in the margin, shape (n, d + 1); the last is the base."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class ForestMember:
    """Trees of any library, laid out once for walking and once for explaining."""

    kind: str
    forest: Forest
    explainer: Explainer

    def margins(self, features: Features) -> Floats:
        """Return log-odds before calibration; see `Forest.margins`."""
        return self.forest.margins(features)

    def contributions(self, features: Features) -> Floats:
        """Return exact Shapley values in log-odds; see `Explainer.contributions`."""
        return self.explainer.contributions(features)
