"""Serving an Isolation Forest: how few questions set a payment apart from all others."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from scoring.ml.forest import Features, Floats, Forest, ForestRefused
from scoring.ml.forest_arrays import unpack_trees
from scoring.ml.isolation_forest_paths import Paths
from scoring.ml.surprise import StoredSurprise, Surprise

KIND = "isolation_forest"


@dataclass(frozen=True, slots=True)
class StoredIsolationForest:
    """The file: trees whose leaves sum to minus the mean path length, as `pack_trees` writes."""

    trees: bytes
    surprise: StoredSurprise


@dataclass(frozen=True, slots=True, eq=False)
class IsolationForestMember:
    """Trees over features as they are, and how odd honest rows look to them.

    Attributes
    ----------
    forest : Forest
        Sums to the oddness: minus the mean path length of a row. Its splits are in units of the
        features; what was scaled in training is in the thresholds.
    """

    kind: str
    forest: Forest
    paths: Paths
    surprise: Surprise

    def margins(self, features: Features) -> Floats:
        """Return the surprise of each row, shape (n,), ≥ 0; the same to the bit in any batch."""
        return self.surprise.of_oddness(self.forest.margins(features))

    def contributions(self, features: Features) -> Floats:
        """Return what each feature's splits took from the path, in proportion, as surprise.

        Shape (n, d + 1); the last column is the surprise of a path of usual length. See `Paths`.
        """
        return self.surprise.of_parts(self.paths.contributions(features))


def read_isolation_forest(data: bytes) -> IsolationForestMember:
    """Return the forest that `fit_isolation_forest` stored.

    Raises
    ------
    ForestRefused
        The bytes are no such file.
    """
    try:
        stored = msgspec.msgpack.decode(data, type=StoredIsolationForest)
        packed = unpack_trees(stored.trees)
        forest = Forest.of(packed.trees, base=packed.base, feature_count=packed.feature_count)
        surprise = Surprise.from_stored(stored.surprise)
    except ValueError as error:
        message = f"The file is no Isolation Forest ({error})."
        raise ForestRefused(message) from error
    paths = Paths.of(packed.trees, base=packed.base, feature_count=packed.feature_count)
    return IsolationForestMember(KIND, forest, paths, surprise)
