"""The model registry: candidates come in, one is the champion, the one before can come back."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from fraudsite.core.actors import Actor
from fraudsite.core.models import StatusChange, User
from fraudsite.core.services.audit import audit_record
from fraudsite.core.transitions import move
from scoring.choices import ModelStatus
from scoring.configuration import configuration_forget
from scoring.features import SCHEMA
from scoring.ml import load_model
from scoring.models import ModelVersion
from scoring.registry import NAME, model_folder

S = ModelStatus
MANIFEST = "manifest.json"


class ModelRefused(Exception):
    """A model cannot be registered, promoted or rolled back to; nothing changed."""


def model_register(*, folder: Path, actor: Actor, user: User | None = None) -> ModelVersion:
    """Take a trained model's folder into the registry as a candidate.

    The files are copied beside their place and renamed, so that a registered model is whole.
    The same model again returns the row it has.

    Raises `ModelRefused` when another model holds its version, and what `load_model` raises.
    """
    manifest_bytes = (folder / MANIFEST).read_bytes()
    manifest = orjson.loads(manifest_bytes)
    digest = hashlib.sha256(manifest_bytes).hexdigest()
    load_model(folder, SCHEMA.hash, digest=digest)
    existing = ModelVersion.objects.filter(name=NAME, version=manifest["version"]).first()
    if existing is not None:
        if existing.manifest_sha256 != digest:
            raise ModelRefused(f"Another model has the version {existing.version} already.")
        _copy(folder, existing)
        return existing
    return _create(folder, manifest, digest, actor, user)


def model_promote(
    *, model: ModelVersion, actor: Actor, reason: str = "promoted", allow_demo: bool = False
) -> ModelVersion | None:
    """Make a model the champion; return the one it replaces.

    Raises `ModelRefused` when its files do not load here, or a demo model would replace one
    trained on real labels; `TransitionRefused` when somebody moved it in between.
    """
    _require_usable(model)
    with transaction.atomic():
        _lock_name()
        current = ModelVersion.objects.filter(name=NAME, status=S.CHAMPION).first()
        if current is not None and current.pk == model.pk:
            return None
        if model.is_demo and current is not None and not current.is_demo and not allow_demo:
            sentence = "A demo model does not replace one trained on your own labels."
            raise ModelRefused(sentence)
        if current is not None:
            move(current, to=S.RETIRED, actor=actor, reason_code="replaced")
        move(
            model,
            to=S.CHAMPION,
            actor=actor,
            reason_code=reason,
            details={"replaces": current.version if current else ""},
            update={"promoted_at": timezone.now()},
        )
    configuration_forget()
    return current


def model_rollback(*, actor: Actor) -> ModelVersion:
    """Make the champion before the present one the champion again; return it.

    Raises `ModelRefused` when there is none.
    """
    previous = champion_before()
    model_promote(model=previous, actor=actor, reason="rolled_back", allow_demo=True)
    return previous


def _create(
    folder: Path, manifest: dict[str, Any], digest: str, actor: Actor, user: User | None
) -> ModelVersion:
    version = ModelVersion(
        name=NAME,
        version=manifest["version"],
        manifest_sha256=digest,
        schema_hash=manifest["schema_hash"],
        manifest=manifest,
        is_demo=bool(manifest["is_demo"]),
        created_by=user,
    )
    version.folder = f"{NAME}-{version.pk}"
    _copy(folder, version)
    with transaction.atomic():
        version.save(force_insert=True)
        audit_record(
            actor=actor,
            action="model.registered",
            target=version,
            details={"version": version.version, "manifest_sha256": digest},
        )
    return version


def _copy(folder: Path, version: ModelVersion) -> None:
    target = model_folder(version)
    if target.exists():
        return
    part = target.with_name(f"{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    Path(settings.MODEL_REGISTRY).mkdir(parents=True, exist_ok=True)
    shutil.copytree(folder, part)
    part.rename(target)


def _require_usable(model: ModelVersion) -> None:
    try:
        load_model(model_folder(model), SCHEMA.hash, digest=model.manifest_sha256)
    except Exception as trouble:
        raise ModelRefused(f"{model.version} cannot be used: {trouble}") from trouble


def _lock_name() -> None:
    """Let one promotion at a time look at who is champion; the constraint is the second line."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"model:{NAME}"])


def champion_before() -> ModelVersion:
    """Return the retired model that was replaced last. Raises `ModelRefused` when there is none."""
    retired = ModelVersion.objects.filter(name=NAME, status=S.RETIRED, promoted_at__isnull=False)
    by_id = {str(row.pk): row for row in retired}
    last = (
        StatusChange.objects.filter(
            target_type=ModelVersion._meta.label_lower,
            target_id__in=by_id,
            from_status=S.CHAMPION,
            to_status=S.RETIRED,
        )
        .order_by("-id")
        .first()
    )
    if last is None:
        raise ModelRefused("There is no earlier champion to go back to.")
    return by_id[last.target_id]
