"""Wrong configuration, found at start and told with what to do about it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning

from fraudsite.core.crypto.keyring import KeyRing, KeyRingError

LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]", "::1"})
UNSENT_EMAIL_BACKENDS = frozenset(
    f"django.core.mail.backends.{name}.EmailBackend"
    for name in ("console", "dummy", "filebased", "locmem")
)

Apps = Sequence[AppConfig] | None


@register(Tags.security)
def check_master_keys(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001
    """The key ring can be read."""
    try:
        KeyRing.parse(getattr(settings, "MASTER_KEYS", ""))
    except KeyRingError as error:
        return [
            Error(
                str(error),
                hint="Set MASTER_KEYS to id:base64 pairs of 32-byte keys, the primary first; "
                "`openssl rand -base64 32` makes one. Keep keys that still open older data.",
                id="core.E001",
            )
        ]
    return []


@register(Tags.files)
def check_evidence_root(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001
    """Evidence can be written."""
    root = Path(settings.EVIDENCE_ROOT)
    existing = _nearest_existing(root)
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        return [
            Error(
                f"The folder for encrypted evidence cannot be written: {root}",
                hint=f"Make {existing} writable for this user, or set EVIDENCE_ROOT elsewhere.",
                id="core.E002",
            )
        ]
    return []


@register(Tags.files)
def check_evidence_is_private(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001
    """Nobody else on the machine can enter the folder; it is made so, and may have been opened."""
    root = Path(settings.EVIDENCE_ROOT)
    if not root.is_dir() or not root.stat().st_mode & 0o077:
        return []
    return [
        CheckWarning(
            f"Other users of this machine can enter the folder for evidence: {root}",
            hint=f"Run `chmod 700 {root}`. Encrypted or not, it is nobody else's business.",
            id="core.W002",
        )
    ]


@register(Tags.files)
def check_evidence_is_not_served(
    app_configs: Apps,  # noqa: ARG001
    **kwargs: Any,  # noqa: ARG001
) -> list[CheckMessage]:
    """Evidence lies in no folder that a web server hands out."""
    root = Path(settings.EVIDENCE_ROOT).resolve()
    served = [settings.STATIC_ROOT, settings.MEDIA_ROOT, *settings.STATICFILES_DIRS]
    for folder in (Path(str(folder)).resolve() for folder in served if folder):
        if root == folder or folder in root.parents:
            return [
                Error(
                    f"EVIDENCE_ROOT lies inside a folder that is served: {folder}",
                    hint="Move EVIDENCE_ROOT out of the static and media folders.",
                    id="core.E003",
                )
            ]
    return []


@register(Tags.security)
def check_proxy_count(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001
    """The number of trusted proxies is a count."""
    count = getattr(settings, "TRUSTED_PROXY_COUNT", 0)
    if isinstance(count, int) and count >= 0:
        return []
    return [
        Error(
            f"TRUSTED_PROXY_COUNT is {count!r}.",
            hint="Set it to how many proxies of yours stand in front of the site; 0 if none.",
            id="core.E004",
        )
    ]


@register(Tags.database)
def check_database_engine(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001
    """The database is PostgreSQL: triggers and SKIP LOCKED have no substitute elsewhere."""
    engine = settings.DATABASES["default"].get("ENGINE", "")
    if "postgresql" in engine:
        return []
    return [
        Error(
            f"The database engine is {engine or 'not set'}; only PostgreSQL works.",
            hint="Set DATABASE_URL to a postgresql:// address, or leave it unset for the embedded "
            "one that `make run` starts.",
            id="core.E005",
        )
    ]


@register(Tags.security, deploy=True)
def check_debug_is_off(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001
    """Error pages show no code and no values."""
    if not settings.DEBUG:
        return []
    return [
        Error(
            "DEBUG is on: error pages would show personal data and settings.",
            hint="Use fraudsite.settings.production.",
            id="core.E006",
        )
    ]


@register(Tags.security, deploy=True)
def check_staff_mfa(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001
    """Staff sign in with a second factor."""
    if settings.STAFF_MFA_REQUIRED:
        return []
    return [
        CheckWarning(
            "Staff may sign in without a second factor.",
            hint="Leave STAFF_MFA_REQUIRED at True; only the demonstration turns it off.",
            id="core.W001",
        )
    ]


@register(Tags.security, deploy=True)
def check_email_is_sent(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001
    """A site that others reach sends its e-mail instead of printing it."""
    is_reached_by_others = bool(set(settings.ALLOWED_HOSTS) - LOCAL_HOSTS)
    if not is_reached_by_others or settings.EMAIL_BACKEND not in UNSENT_EMAIL_BACKENDS:
        return []
    return [
        CheckWarning(
            "E-mail is not sent: links to confirm an address or set a password end in the log.",
            hint="Set EMAIL_URL to your mail server, such as smtp+tls://user:password@host:587.",
            id="core.W003",
        )
    ]


def _nearest_existing(path: Path) -> Path:
    while not path.exists() and path != path.parent:
        path = path.parent
    return path
