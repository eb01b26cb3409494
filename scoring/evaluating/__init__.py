"""How good the models are on generated payments that nothing was learned from. Knows no Django.

One history is lived until a day and a model trained on what was known by then. Another history,
grown from another seed, goes on from that day, and the model is measured there.
"""

from __future__ import annotations

from scoring.evaluating.evaluate import evaluate_models
from scoring.evaluating.plan import Bars, EvaluationPlan, EvaluationRefused
from scoring.evaluating.report import Report

__all__ = ["Bars", "EvaluationPlan", "EvaluationRefused", "Report", "evaluate_models"]
