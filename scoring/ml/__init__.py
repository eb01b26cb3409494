"""Models on plain arrays: stored, served and explained here; trained in `scoring.ml.training`.

What is named here needs neither XGBoost nor scikit-learn: a process that only judges stays small.
"""

from __future__ import annotations

from scoring.ml.artefact import (
    ModelDamaged,
    ModelExists,
    ModelMissing,
    ModelTrouble,
    SchemaMismatch,
)
from scoring.ml.model import FraudModel, load_model

__all__ = [
    "FraudModel",
    "ModelDamaged",
    "ModelExists",
    "ModelMissing",
    "ModelTrouble",
    "SchemaMismatch",
    "load_model",
]
