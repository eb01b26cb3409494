"""What the page of one model shows: its manifest in words and tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.urls import reverse

from fraudsite.core.models import User
from scoring.admin.history import history_of
from scoring.choices import ModelStatus
from scoring.features import SCHEMA
from scoring.models import ModelVersion

S = ModelStatus
# Slices by how far they can be trusted, the honest one first.
SLICES = (
    ("test", "Test", "nothing was fitted on it"),
    ("calibration", "Calibration", "used in fitting"),
    ("validation", "Validation", "used in fitting"),
)
MEASURES = (
    ("rows", "Transactions"),
    ("frauds", "Frauds"),
    ("auc", "Area under ROC"),
    ("average_precision", "Average precision"),
    ("recall_at_1pct_fpr", "Recall at 1 % false positives"),
    ("card_precision_100", "Card precision at 100"),
    ("threshold", "Threshold"),
    ("precision", "Precision at the threshold"),
    ("recall", "Recall at the threshold"),
    ("f1", "F1 at the threshold"),
    ("log_loss", "Log loss"),
    ("brier", "Brier score"),
    ("calibration_error", "Calibration error"),
)
COUNTS = {"rows", "frauds"}
THRESHOLDS = (
    ("fraud", "Called fraud from"),
    ("review_from", "Review from"),
    ("block_from", "Block and review from"),
    ("decline_from", "Decline from"),
)


def model_context(model: ModelVersion, viewer: User) -> dict[str, Any]:
    """Return the template context of one model's page."""
    metrics = model.manifest.get("metrics") or {}
    slices = [entry for entry in SLICES if entry[0] in metrics]
    can_promote = viewer.has_perm("scoring.promote_model")
    return {
        "model": model,
        "fits": model.schema_hash == SCHEMA.hash,
        "slices": slices,
        "measures": [
            {"words": words, "values": [_value(metrics[one[0]], name) for one in slices]}
            for name, words in MEASURES
        ],
        "thresholds": _thresholds(model),
        "trained_on": _trained_on(model),
        "acts": list(_acts(model)) if can_promote else [],
        "can_promote": can_promote,
        "seen": champion_state(model),
        "timeline": history_of(model),
    }


def champion_state(model: ModelVersion) -> str:
    """Return a token of how a model and the champion stand; a promotion changes it."""
    champion = _champion(model)
    return f"{model.status}:{champion.pk if champion else ''}"


def _champion(model: ModelVersion) -> ModelVersion | None:
    return ModelVersion.objects.filter(name=model.name, status=S.CHAMPION).first()


def _value(measures: dict[str, Any], name: str) -> str:
    value = measures.get(name)
    if value is None:
        return "–"
    return f"{value:,}" if name in COUNTS else f"{value:.4f}"


def _thresholds(model: ModelVersion) -> list[tuple[str, str]]:
    suggested = model.manifest.get("thresholds") or {}
    return [
        (words, "never" if suggested[name] >= 1 else f"{suggested[name]:.4f}")
        for name, words in THRESHOLDS
        if name in suggested
    ]


def _trained_on(model: ModelVersion) -> list[tuple[str, str]]:
    told = model.manifest.get("trained_on") or {}
    if not told:
        return []
    return [
        ("Source", str(told.get("source", ""))),
        ("Transactions", f"{told.get('rows', 0):,}"),
        ("Frauds", f"{told.get('frauds', 0):,}"),
        ("From", _day(told.get("from_us"))),
        ("Until", _day(told.get("until_us"))),
        ("Features", f"{len(model.manifest.get('feature_names') or ()):,}"),
        ("Seed", str(model.manifest.get("seed", ""))),
    ]


def _day(microseconds: int | None) -> str:
    if microseconds is None:
        return ""
    return f"{datetime.fromtimestamp(microseconds / 1e6, tz=UTC):%-d %b %Y}"


def _acts(model: ModelVersion) -> Iterator[dict[str, str]]:
    champion = _champion(model)
    if model.status == S.CHAMPION:
        words = "The champion before this one serves again, on every process within 5 seconds."
        yield _act("rollback", "Roll back", "danger", words, model)
    elif ModelVersion.transitions.permits(model.status, S.CHAMPION):
        replaced = f" {champion.version} is retired." if champion else ""
        words = f"Every process serves it within 5 seconds.{replaced}"
        yield _act("promote", "Make champion", "success", words, model)


def _act(name: str, label: str, tone: str, words: str, model: ModelVersion) -> dict[str, str]:
    url = reverse(f"admin:scoring_modelversion_{name}", args=[model.pk])
    return {"name": name, "label": label, "tone": tone, "words": words, "url": url}
