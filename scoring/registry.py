"""The champion in this process: loaded once, and looked after every two seconds.

Promotion and rollback are rows in the database; each process notices within `REFRESH_S` when it
next scores. A champion that cannot be used is a trouble with a name: scoring goes on with rules
and sends what they do not settle to people.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from pathlib import Path

import structlog
from django.conf import settings

from scoring.choices import ModelStatus
from scoring.features import SCHEMA
from scoring.ml import FraudModel, ModelDamaged, ModelMissing, SchemaMismatch, load_model
from scoring.models import ModelVersion

logger = structlog.get_logger(__name__)

# "On every process within 5 s", with room for a slow disk.
REFRESH_S = 2.0
NAME = "payments"


@dataclass(frozen=True, slots=True)
class Champion:
    """The model in force; or none, and the code of why.

    `trouble` is "" or one of no_model, model_missing, model_damaged, schema_mismatch.
    """

    model: FraudModel | None = None
    row: ModelVersion | None = None
    trouble: str = "no_model"


class _Holder:
    """The champion this process last saw, and when it looked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._champion = Champion()
        self._looked_at = -REFRESH_S

    def champion(self) -> Champion:
        """Return the champion, looked up at most `REFRESH_S` ago.

        One thread looks; the others go on with what is there, but for the very first time.
        """
        if time.monotonic() - self._looked_at < REFRESH_S:
            return self._champion
        with self._lock:
            if time.monotonic() - self._looked_at >= REFRESH_S:
                self._champion = _look_up(self._champion)
                self._looked_at = time.monotonic()
        return self._champion

    def forget(self) -> None:
        """Look again at the next call."""
        self._looked_at = -REFRESH_S


_holder = _Holder()
champion = _holder.champion
champion_forget = _holder.forget


def model_folder(version: ModelVersion) -> Path:
    """Return where a model's files lie."""
    return Path(settings.MODEL_REGISTRY) / version.folder


def _look_up(current: Champion) -> Champion:
    row = ModelVersion.objects.filter(name=NAME, status=ModelStatus.CHAMPION).first()
    if row is None:
        return Champion()
    # A champion in trouble is tried again: its files may have been put back.
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
