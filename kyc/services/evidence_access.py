"""Who looked at whose evidence, written down before it is shown."""

from __future__ import annotations

from django.db import transaction

from fraudsite.core.actors import Actor
from fraudsite.core.models import User
from fraudsite.core.services.audit import audit_record
from kyc.models import Capture, Verification


def evidence_seen(
    *, verification: Verification, viewer: User, capture: Capture | None = None, shown: str = ""
) -> None:
    """Record that somebody sees the page, or one picture or video of it, or what `shown` names."""
    details = {} if capture is None else {"capture_id": str(capture.id), "kind": capture.kind}
    if shown:
        details["shown"] = shown
    with transaction.atomic():
        audit_record(
            actor=Actor.of_user(viewer),
            action="evidence.viewed" if capture is None else "capture.viewed",
            target=verification,
            details=details,
        )
