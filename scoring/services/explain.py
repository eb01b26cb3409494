"""Why a score is what it is: computed with the decision, or when somebody asks."""

from __future__ import annotations

from typing import Any

import numpy as np

from scoring.configuration import configuration
from scoring.features import SCHEMA
from scoring.judging import Judge
from scoring.ml import ModelDamaged, ModelMissing, SchemaMismatch, load_model
from scoring.ml.reasons import Reason
from scoring.models import Decision
from scoring.registry import model_folder


def decision_factors(decision: Decision) -> list[dict[str, Any]] | None:
    """Return what raised a decision's score, from the features it was made on.

    None where there was no model, or its files or feature schema are gone.
    """
    if decision.factors is not None or decision.model is None:
        return decision.factors
    judge = _judge_of(decision)
    if judge is None:
        return None
    features = np.frombuffer(bytes(decision.features), "<f4").reshape(1, -1)
    return factors_json(judge.factors(features)[0])


def decision_explain(decision: Decision) -> Decision:
    """Return the decision with its factors filled in; nothing is stored."""
    decision.factors = decision_factors(decision)
    return decision


def factors_json(factors: tuple[Reason, ...] | None) -> list[dict[str, Any]] | None:
    """Return factors as they are stored."""
    if factors is None:
        return None
    # Field by field: `asdict` took a sixth of the time of a batch full of suspicion.
    return [
        {"code": one.code, "text": one.text, "contribution": one.contribution} for one in factors
    ]


def _judge_of(decision: Decision) -> Judge | None:
    """Return a judge with the decision's own model; most of the time that is the champion."""
    in_force = configuration()
    if decision.schema_hash != SCHEMA.hash or decision.model is None:
        return None
    champion = in_force.champion
    if champion.row is not None and champion.row.pk == decision.model_id and champion.model:
        return in_force.judge
    try:
        model = load_model(
            model_folder(decision.model), SCHEMA.hash, digest=decision.model.manifest_sha256
        )
    except (ModelMissing, ModelDamaged, SchemaMismatch):
        return None
    return Judge(model=model, problem=None, policy=in_force.judge.policy)
