"""Trees as flat arrays in one file, for libraries whose own form is a pickle.

A pickle runs code when it is read. Here every column of all trees is one run of little-endian
numbers in a MessagePack document: reading it copies numbers, checks them and does nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Protocol

import msgspec
import numpy as np
import numpy.typing as npt

from scoring.ml.forest import ForestRefused, Tree, first_above

# Far above the 147 there are; it bounds what a damaged file can ask for.
MOST_FEATURES = 4_096


class SklearnTree(Protocol):
    """What is read of the `tree_` of a fitted tree of scikit-learn's."""

    children_left: npt.NDArray[np.int64]
    children_right: npt.NDArray[np.int64]
    feature: npt.NDArray[np.int64]
    threshold: npt.NDArray[np.float64]
    missing_go_to_left: npt.NDArray[np.uint8]
    weighted_n_node_samples: npt.NDArray[np.float64]
    value: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class PackedTrees:
    """What a file of trees says, before it is laid out for walking."""

    trees: tuple[Tree, ...]
    base: float
    feature_count: int


@dataclass(frozen=True, slots=True)
class _Document:
    """Nodes of all trees, one tree after the other; children count from their tree's root."""

    base: float
    feature_count: Annotated[int, msgspec.Meta(ge=1, le=MOST_FEATURES)]
    sizes: bytes
    left: bytes
    right: bytes
    feature: bytes
    threshold: bytes
    missing_goes_left: bytes
    value: bytes
    cover: bytes


# Little-endian wherever it was written; in memory the types are those of `Tree`.
STORED = {
    "left": "<i4",
    "right": "<i4",
    "feature": "<i4",
    "threshold": "<f4",
    "missing_goes_left": "?",
    "value": "<f4",
    "cover": "<f4",
}


def tree_of_sklearn(tree: SklearnTree, values: npt.ArrayLike) -> Tree:
    """Return a fitted tree of scikit-learn's.

    Parameters
    ----------
    tree : SklearnTree
        The `tree_` of a decision tree or extra tree, for regression or classification.
    values : array_like of shape (m,)
        What each node adds if it is a leaf; ignored elsewhere.

    Notes
    -----
    scikit-learn compares a float32 value with a float64 threshold, and "equal" goes left.
    """
    return Tree(
        left=np.asarray(tree.children_left, np.int64),
        right=np.asarray(tree.children_right, np.int64),
        feature=np.asarray(tree.feature, np.int64),
        threshold=first_above(tree.threshold),
        missing_goes_left=np.asarray(tree.missing_go_to_left, np.bool_),
        value=np.asarray(values, np.float32),
        cover=np.asarray(tree.weighted_n_node_samples, np.float32),
    )


def pack_trees(trees: Sequence[Tree], *, base: float, feature_count: int) -> bytes:
    """Return the file that `unpack_trees` reads; the same trees give the same bytes."""
    columns = {
        name: b"".join(getattr(tree, name).astype(stored).tobytes() for tree in trees)
        for name, stored in STORED.items()
    }
    sizes = np.array([len(tree.left) for tree in trees], "<i4").tobytes()
    document = _Document(base=base, feature_count=feature_count, sizes=sizes, **columns)
    return msgspec.msgpack.encode(document)


def unpack_trees(data: bytes) -> PackedTrees:
    """Return the trees that `pack_trees` stored.

    Whether they can be walked, `Forest.of` says: it refuses nodes that point elsewhere and numbers
    that are none.

    Raises
    ------
    ForestRefused
        The bytes are no such file, or its columns are not of one length.
    """
    try:
        document = msgspec.msgpack.decode(data, type=_Document)
        trees = _trees(document)
    except ValueError as error:
        message = f"The file is no forest in flat arrays ({error})."
        raise ForestRefused(message) from error
    return PackedTrees(trees, document.base, document.feature_count)


def _trees(document: _Document) -> tuple[Tree, ...]:
    if not np.isfinite(document.base):
        message = "its base is no number"
        raise ForestRefused(message)
    sizes = np.frombuffer(document.sizes, "<i4").astype(np.int64)
    columns = {name: _column(document, name, stored) for name, stored in STORED.items()}
    if (sizes < 1).any() or any(len(column) != sizes.sum() for column in columns.values()):
        message = "its columns do not have a number for each node"
        raise ForestRefused(message)
    ends = np.cumsum(sizes)
    return tuple(
        Tree(**{name: column[end - size : end] for name, column in columns.items()})
        for size, end in zip(sizes, ends, strict=True)
    )


def _column(document: _Document, name: str, stored: str) -> npt.NDArray[Any]:
    if stored == "?":
        # Any other byte than 0 is true, as a flag of numpy's may not be.
        return np.frombuffer(getattr(document, name), np.uint8).astype(np.bool_)
    numbers = np.frombuffer(getattr(document, name), stored)
    return numbers.astype(np.int64) if stored == "<i4" else numbers.astype(np.float32)
