"""What every kind of model can do for the one that is served."""

from __future__ import annotations

from typing import Protocol

from scoring.ml.forest import Features, Floats


class Member(Protocol):
    """One trained model of a `FraudModel`, safe to use from several threads."""

    @property
    def kind(self) -> str:
        """Which library's file it is, as the manifest names it."""
        ...

    def margins(self, features: Features) -> Floats:
        """Return how suspect each row is, shape (n,): higher is worse, unbounded.

        The same to the bit for a row alone and in any batch.
        """
        ...

    def contributions(self, features: Features) -> Floats:
        """Return each feature's part in the margin, shape (n, d + 1); the last is the base."""
        ...
