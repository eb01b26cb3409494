"""How each kind of member is trained and read: one record a kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scoring.ml import (
    autoencoder_layers,
    isolation_forest_trees,
    lightgbm_text,
    one_class_svm_vectors,
    random_forest_trees,
    xgboost_json,
)
from scoring.ml.autoencoder_fit import AutoencoderPlan, fit_autoencoder
from scoring.ml.dataset import Slice
from scoring.ml.isolation_forest_fit import IsolationForestPlan, fit_isolation_forest
from scoring.ml.lightgbm_fit import LightGBMPlan, fit_lightgbm, search_lightgbm
from scoring.ml.members import Member
from scoring.ml.one_class_svm_fit import OneClassSvmPlan, fit_one_class_svm
from scoring.ml.random_forest_fit import RandomForestPlan, fit_random_forest
from scoring.ml.xgboost_fit import XGBoostPlan, fit_xgboost, search_xgboost

# Any of the plans that `TRAINERS` names.
MemberPlan = Any
PartDone = Callable[[float], None]


class UnknownKind(ValueError):
    """There is no member of that kind; the sentence names those there are."""


@dataclass(frozen=True, slots=True)
class Trainer:
    """How one kind of member comes to be.

    Attributes
    ----------
    kind : str
        As the manifest names it; see `scoring.ml.model.READERS`.
    suffix : str
        Of its file.
    is_supervised : bool
        It learns from labels and gives log-odds; the others learn what is usual and give surprise.
    plan : type
        Everything that can be chosen about it, with defaults.
    search : callable or None
        Fills in what is chosen on the validation slice; None where nothing is.
    fit : callable
        From rows and a plan to the stored file.
    read : callable
        From the stored file to what is served.
    """

    kind: str
    suffix: str
    is_supervised: bool
    plan: type[MemberPlan]
    search: Callable[..., MemberPlan] | None
    fit: Callable[..., bytes]
    read: Callable[[bytes], Member]


TRAINERS: Mapping[str, Trainer] = {
    trainer.kind: trainer
    for trainer in (
        Trainer(
            kind=xgboost_json.KIND,
            suffix="json",
            is_supervised=True,
            plan=XGBoostPlan,
            search=search_xgboost,
            fit=fit_xgboost,
            read=xgboost_json.read_xgboost,
        ),
        Trainer(
            kind=lightgbm_text.KIND,
            suffix="txt",
            is_supervised=True,
            plan=LightGBMPlan,
            search=search_lightgbm,
            fit=fit_lightgbm,
            read=lightgbm_text.read_lightgbm,
        ),
        Trainer(
            kind=random_forest_trees.KIND,
            suffix="msgpack",
            is_supervised=True,
            plan=RandomForestPlan,
            search=None,
            fit=fit_random_forest,
            read=random_forest_trees.read_random_forest,
        ),
        Trainer(
            kind=isolation_forest_trees.KIND,
            suffix="msgpack",
            is_supervised=False,
            plan=IsolationForestPlan,
            search=None,
            fit=fit_isolation_forest,
            read=isolation_forest_trees.read_isolation_forest,
        ),
        Trainer(
            kind=autoencoder_layers.KIND,
            suffix="msgpack",
            is_supervised=False,
            plan=AutoencoderPlan,
            search=None,
            fit=fit_autoencoder,
            read=autoencoder_layers.read_autoencoder,
        ),
        Trainer(
            kind=one_class_svm_vectors.KIND,
            suffix="msgpack",
            is_supervised=False,
            plan=OneClassSvmPlan,
            search=None,
            fit=fit_one_class_svm,
            read=one_class_svm_vectors.read_one_class_svm,
        ),
    )
}


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A member as it was stored and read again.

    Attributes
    ----------
    name : str
        Its kind; with a number where there are several of the kind.
    plan : plan of its kind
        With what was chosen on validation filled in.
    """

    name: str
    trainer: Trainer
    plan: MemberPlan
    data: bytes
    member: Member

    @property
    def file(self) -> str:
        """Name of its file in the stored model."""
        return f"{self.name}.{self.trainer.suffix}"


def trainer_of(plan: MemberPlan) -> Trainer:
    """Return how a plan is carried out.

    Raises
    ------
    UnknownKind
        It is no plan of any member.
    """
    for trainer in TRAINERS.values():
        if isinstance(plan, trainer.plan):
            return trainer
    message = f"{type(plan).__name__} is no plan of a member."
    raise UnknownKind(message)


def default_plans(kinds: Sequence[str] = tuple(TRAINERS)) -> tuple[MemberPlan, ...]:
    """Return the usual plan of each kind.

    Raises
    ------
    UnknownKind
        One is not known.

    Examples
    --------
    >>> default_plans(["xgboost"]) == (XGBoostPlan(),)
    True
    """
    unknown = [kind for kind in kinds if kind not in TRAINERS]
    if unknown:
        message = f'There is no member "{unknown[0]}"; there are: {", ".join(TRAINERS)}.'
        raise UnknownKind(message)
    return tuple(TRAINERS[kind].plan() for kind in kinds)


def member_names(plans: Sequence[MemberPlan]) -> tuple[str, ...]:
    """Return a name for each member of an ensemble, the second of a kind with a number.

    Examples
    --------
    >>> member_names([XGBoostPlan(), XGBoostPlan(max_depth=3)])
    ('xgboost', 'xgboost_2')
    """
    kinds = [trainer_of(plan).kind for plan in plans]
    earlier = [kinds[:place].count(kind) for place, kind in enumerate(kinds)]
    return tuple(
        f"{kind}_{count + 1}" if count else kind for kind, count in zip(kinds, earlier, strict=True)
    )


def try_member(
    name: str,
    plan: MemberPlan,
    train: Slice,
    validation: Slice,
    *,
    seed: int,
    progress: PartDone,
) -> Fitted:
    """Choose on `validation` what the plan leaves open, and fit on `train` alone."""
    trainer = trainer_of(plan)
    if trainer.search is not None:
        plan = trainer.search(
            train, validation, plan, seed=seed, progress=lambda part: progress(part / 2)
        )
    return fit_member(name, plan, train, seed=seed, progress=lambda part: progress((1 + part) / 2))


def fit_member(
    name: str, plan: MemberPlan, rows: Slice, *, seed: int, progress: PartDone
) -> Fitted:
    """Fit a member; what is returned was written and read, as it will be served."""
    trainer = trainer_of(plan)
    data = trainer.fit(rows, plan, seed=seed, progress=progress)
    return Fitted(name, trainer, plan, data, trainer.read(data))
