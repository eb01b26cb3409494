"""API keys: made and revoked; always audited."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from fraudsite.core.actors import Actor
from fraudsite.core.api.key_text import key_text_hash, new_key_text
from fraudsite.core.choices import ActorKind, ApiScope, WorkspaceKind
from fraudsite.core.models import ApiKey, Workspace
from fraudsite.core.services.audit import audit_record

MAX_NAME_LENGTH = 100


class ApiKeyRefused(Exception):
    """The key was not made; its text is a sentence for the person who asked."""


@dataclass(frozen=True, slots=True)
class CreatedApiKey:
    """A new key and its text: the only moment at which anybody sees it."""

    key: ApiKey
    text: str = field(repr=False)


def api_key_create(
    *,
    name: str,
    scopes: Iterable[str],
    workspace: Workspace,
    actor: Actor,
    expires_at: datetime | None = None,
) -> CreatedApiKey:
    """Make a key; its text is in the answer and nowhere else."""
    now = timezone.now()
    wanted = _known_scopes(scopes)
    _require_usable(name, expires_at, now)
    made = new_key_text(is_live=workspace.kind == WorkspaceKind.LIVE)
    with transaction.atomic():
        key = ApiKey.objects.create(
            workspace=workspace,
            created_by_id=actor.id if actor.kind == ActorKind.USER else None,
            name=name.strip(),
            prefix=made.prefix,
            secret_hash=key_text_hash(made.text),
            scopes=wanted,
            created_at=now,
            expires_at=expires_at,
        )
        details = {"prefix": key.prefix, "scopes": wanted, "workspace_id": str(workspace.pk)}
        audit_record(actor=actor, action="api_key.created", target=key, details=details)
    return CreatedApiKey(key, made.text)


def api_key_revoke(*, api_key: ApiKey, actor: Actor) -> bool:
    """End a key for good, within two seconds on every process; False if it had ended before."""
    now = timezone.now()
    with transaction.atomic():
        row = ApiKey.objects.filter(pk=api_key.pk, revoked_at__isnull=True)
        if not row.update(revoked_at=now):
            return False
        details = {"prefix": api_key.prefix}
        audit_record(actor=actor, action="api_key.revoked", target=api_key, details=details)
    api_key.revoked_at = now
    return True


def _known_scopes(scopes: Iterable[str]) -> list[str]:
    """Return the scopes, each once and in the order of the list; refuse none and unknown ones."""
    wanted = {str(scope) for scope in scopes}
    unknown = sorted(wanted - set(ApiScope.values))
    if unknown or not wanted:
        found = f"There is no scope {', '.join(unknown)}." if unknown else "A key needs a scope."
        message = f"{found} Choose from {', '.join(ApiScope.values)}."
        raise ApiKeyRefused(message)
    return [scope for scope in ApiScope.values if scope in wanted]


def _require_usable(name: str, expires_at: datetime | None, now: datetime) -> None:
    if not 0 < len(name.strip()) <= MAX_NAME_LENGTH:
        message = f"A key needs a name of up to {MAX_NAME_LENGTH} characters: what uses it."
        raise ApiKeyRefused(message)
    if expires_at is not None and expires_at <= now:
        message = "The key would have expired already."
        raise ApiKeyRefused(message)
