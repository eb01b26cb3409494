"""From a row of the registry to a model that is loaded and can be asked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import structlog
from django.conf import settings

from scoring.choices import ModelStatus
from scoring.features import SCHEMA
from scoring.ml import FraudModel, ModelDamaged, ModelMissing, SchemaMismatch, load_model
from scoring.models import ModelVersion

logger = structlog.get_logger(__name__)

NAME = "payments"


@dataclass(frozen=True, slots=True)
class Champion:
    """The model in force; or none, and the code of why.

    `trouble` is "" or one of no_model, model_missing, model_damaged, schema_mismatch. Without a
    model scoring goes on with rules, and sends what they do not settle to people.
    """

    model: FraudModel | None = None
    row: ModelVersion | None = None
    trouble: str = "no_model"


def model_folder(version: ModelVersion) -> Path:
    """Return where a model's files lie."""
    return Path(settings.MODEL_REGISTRY) / version.folder


def champion_look_up(current: Champion) -> Champion:
    """Return the champion by the database, loaded unless it is the current one already.

    One in trouble is tried again: its files may have been put back.
    """
    row = ModelVersion.objects.filter(name=NAME, status=ModelStatus.CHAMPION).first()
    if row is None:
        return Champion()
    is_same = current.row is not None and current.row.pk == row.pk
    if is_same and not current.trouble:
        return current
    return _load(row)


def _load(row: ModelVersion) -> Champion:
    try:
        model = load_model(model_folder(row), SCHEMA.hash, digest=row.manifest_sha256)
    except (ModelMissing, ModelDamaged, SchemaMismatch) as trouble:
        logger.exception("champion_unusable", model_version=row.version, trouble=trouble.code)
        return Champion(row=row, trouble=trouble.code)
    logger.info("champion_loaded", model_version=row.version, is_demo=row.is_demo)
    return Champion(model, row, trouble="")
