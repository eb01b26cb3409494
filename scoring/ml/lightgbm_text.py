"""Reading a boosted forest out of LightGBM's own text, without LightGBM."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from scoring.ml.forest import Forest, ForestRefused, Tree, first_above
from scoring.ml.members import ForestMember
from scoring.ml.shapley import Explainer

KIND = "lightgbm"

# The objective whose sum of leaves is the log-odds as it is.
LOG_ODDS = "binary sigmoid:1"

# Bits of `decision_type`: split by category, missing goes left, and in the third and fourth what
# counts as missing (include/LightGBM/tree.h: kCategoricalMask, kDefaultLeftMask, MissingType).
BY_CATEGORY = 1
MISSING_LEFT = 2
NOTHING_IS_MISSING, NAN_IS_MISSING = 0, 2

Lines = Mapping[str, str]


def read_lightgbm(data: bytes) -> ForestMember:
    """Return the forest that LightGBM stored with `model_to_string()`.

    Raises
    ------
    ForestRefused
        The bytes are no LightGBM model of two classes, or one with splits by category, with linear
        leaves, or that takes zero for missing.

    References
    ----------
    LightGBM 4.7, src/boosting/gbdt_model_text.cpp and src/io/tree.cpp, `Tree::ToString`.
    """
    try:
        return _member(data.decode("ascii"))
    except (LookupError, ArithmeticError, ValueError) as error:
        message = f"The file is no boosted forest of LightGBM's ({error})."
        raise ForestRefused(message) from error


def _member(text: str) -> ForestMember:
    forest, end, _ = text.partition("\nend of trees")
    head, *blocks = forest.split("\nTree=")
    header = _lines(head)
    _check_header(header)
    if not end or len(blocks) != len(header["tree_sizes"].split()):
        message = "it does not have all its trees"
        raise ForestRefused(message)
    trees = [_tree(_lines(block)) for block in blocks]
    feature_count = int(header["max_feature_idx"]) + 1
    return ForestMember(
        KIND,
        Forest.of(trees, base=0.0, feature_count=feature_count),
        Explainer.of(trees, base=0.0, feature_count=feature_count),
    )


def _lines(block: str) -> Lines:
    """Return what each line says: ``{"num_leaves": "31"}``."""
    parted = (line.partition("=") for line in block.splitlines())
    return {name: value for name, _, value in parted}


def _check_header(header: Lines) -> None:
    if header["objective"] != LOG_ODDS or header["num_tree_per_iteration"] != "1":
        message = "it does not tell frauds from honest transactions"
        raise ForestRefused(message)
    # A line without a value: a random forest of LightGBM's, whose trees are averaged.
    if "average_output" in header:
        message = "its trees are not summed"
        raise ForestRefused(message)


def _tree(lines: Lines) -> Tree:
    """Return one tree: its splits, then its leaves."""
    leaves = int(lines["num_leaves"])
    if leaves < 1 or lines["num_cat"] != "0" or lines["is_linear"] != "0":
        message = "it has leaves or splits of a kind that features have no use for"
        raise ForestRefused(message)
    splits = leaves - 1
    decision = _integers(lines, "decision_type", splits)
    threshold = _numbers(lines, "threshold", splits)
    covers = _numbers(lines, "internal_count", splits), _numbers(lines, "leaf_count", leaves)
    values = np.zeros(splits), _numbers(lines, "leaf_value", leaves)
    no_leaves = np.full(leaves, -1)
    # Numbers beyond float32 become infinite, which the forest refuses.
    with np.errstate(over="ignore"):
        return Tree(
            left=np.concatenate([_children(lines, "left_child", splits), no_leaves]),
            right=np.concatenate([_children(lines, "right_child", splits), no_leaves]),
            feature=np.concatenate([_integers(lines, "split_feature", splits), no_leaves]),
            threshold=np.concatenate([first_above(threshold), np.zeros(leaves, np.float32)]),
            missing_goes_left=np.append(_missing_left(decision, threshold), no_leaves > 0),
            value=np.concatenate(values).astype(np.float32),
            cover=np.concatenate(covers).astype(np.float32),
        )


def _missing_left(
    decision: npt.NDArray[np.int64], threshold: npt.NDArray[np.float64]
) -> npt.NDArray[np.bool_]:
    """Return where NaN goes at each split."""
    missing = decision >> 2
    known = (missing == NOTHING_IS_MISSING) | (missing == NAN_IS_MISSING)
    if (decision & BY_CATEGORY).any() or not known.all():
        message = "it splits by category, or takes zero for missing"
        raise ForestRefused(message)
    # Of a feature that was never missing in training, LightGBM takes NaN for zero.
    zero_left = threshold >= 0
    said_left = (decision & MISSING_LEFT) > 0
    return np.where(missing == NAN_IS_MISSING, said_left, zero_left)


def _children(lines: Lines, name: str, splits: int) -> npt.NDArray[np.int64]:
    """Return places in the tree; LightGBM counts leaves -1, -2, … where splits are 0, 1, …."""
    child = _integers(lines, name, splits)
    return np.where(child < 0, splits - 1 - child, child)


def _integers(lines: Lines, name: str, count: int) -> npt.NDArray[np.int64]:
    return np.array(_words(lines, name, count), np.int64)


def _numbers(lines: Lines, name: str, count: int) -> npt.NDArray[np.float64]:
    return np.array(_words(lines, name, count), np.float64)


def _words(lines: Lines, name: str, count: int) -> list[str]:
    words = lines[name].split()
    if len(words) != count:
        message = f"a tree has {len(words)} of {name} where {count} belong"
        raise ForestRefused(message)
    return words
