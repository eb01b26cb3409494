"""Reading a boosted forest out of XGBoost's own JSON, without XGBoost.

Its binary form (UBJSON) is a third smaller, but the library reads past the end of a damaged one: of
60 that were cut short or had bits flipped, 12 killed the process (XGBoost 3.2).
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import numpy as np

from scoring.ml.forest import Forest, ForestRefused, Tree
from scoring.ml.members import ForestMember
from scoring.ml.shapley import Explainer

KIND = "xgboost"


@dataclass(frozen=True, slots=True)
class _Parameters:
    """Of the whole model; XGBoost writes numbers as text here."""

    base_score: str
    num_class: str
    num_feature: str


@dataclass(frozen=True, slots=True)
class _Objective:
    name: str


@dataclass(frozen=True, slots=True)
class _Tree:
    """One tree, a number a node; a leaf's value stands where a split has its condition."""

    left_children: list[int]
    right_children: list[int]
    split_indices: list[int]
    split_conditions: list[float]
    split_type: list[int]
    default_left: list[int]
    sum_hessian: list[float]


@dataclass(frozen=True, slots=True)
class _Trees:
    trees: list[_Tree]


@dataclass(frozen=True, slots=True)
class _GradientBooster:
    model: _Trees


@dataclass(frozen=True, slots=True)
class _Learner:
    learner_model_param: _Parameters
    objective: _Objective
    gradient_booster: _GradientBooster


@dataclass(frozen=True, slots=True)
class _Document:
    learner: _Learner


def read_xgboost(data: bytes) -> ForestMember:
    """Return the forest that XGBoost stored with `save_raw("json")`.

    Raises
    ------
    ForestRefused
        The bytes are no XGBoost model of two classes.

    References
    ----------
    XGBoost 3.2 documentation, "Introduction to Model IO", JSON schema.
    """
    try:
        return _member(msgspec.json.decode(data, type=_Document).learner)
    except (LookupError, ArithmeticError, ValueError) as error:
        message = f"The file is no boosted forest of XGBoost's ({error})."
        raise ForestRefused(message) from error


def _member(learner: _Learner) -> ForestMember:
    parameters = learner.learner_model_param
    if learner.objective.name != "binary:logistic" or int(parameters.num_class) > 1:
        message = "it does not tell frauds from honest transactions"
        raise ForestRefused(message)
    trees = [_tree(tree) for tree in learner.gradient_booster.model.trees]
    base, feature_count = _base(parameters.base_score), int(parameters.num_feature)
    return ForestMember(
        KIND,
        Forest.of(trees, base=base, feature_count=feature_count),
        Explainer.of(trees, base=base, feature_count=feature_count),
    )


def _base(base_score: str) -> float:
    """Return the log-odds that the sum of trees starts from."""
    # "[1.1E-1]" since XGBoost 3.1, "1.1E-1" before.
    probability = float(base_score.strip("[]"))
    if not 0 < probability < 1:
        message = "its base score is no probability"
        raise ForestRefused(message)
    return float(np.log(probability / (1 - probability)))


def _tree(tree: _Tree) -> Tree:
    if any(tree.split_type):
        message = "it has splits by category, which features are not"
        raise ForestRefused(message)
    # Numbers beyond float32 become infinite, which the forest refuses.
    with np.errstate(over="ignore"):
        conditions = np.array(tree.split_conditions, np.float32)
        cover = np.array(tree.sum_hessian, np.float32)
    return Tree(
        left=np.array(tree.left_children, np.int64),
        right=np.array(tree.right_children, np.int64),
        feature=np.array(tree.split_indices, np.int64),
        threshold=conditions,
        missing_goes_left=np.array(tree.default_left, np.bool_),
        value=conditions,
        cover=cover,
    )
