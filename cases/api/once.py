"""A command on a case, carried out once however often it is sent, and written down.

The audit entry of what a key did is also what remembers its `Idempotency-Key`: it is written in
the transaction of the command, and never goes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import Model
from rest_framework import status
from rest_framework.request import Request

from cases.api.person import principal_of
from cases.models import Case
from cases.services.case_rows import case_lock
from fraudsite.core.api.errors import RequestRefused
from fraudsite.core.api.idempotency import REPLAYED, REPLAYED_HEADER, idempotency_key_of
from fraudsite.core.models import AuditEntry, User
from fraudsite.core.services.audit import audit_record
from kyc.refusals import Refusal

OTHER_REQUEST = "This Idempotency-Key was used for another request. Use a new one."


@dataclass(frozen=True, slots=True)
class Command:
    """What is asked of a case, by which action, through a key in a person's name."""

    request: Request
    person: User
    case: Case
    action: str
    told: msgspec.Struct

    @property
    def fingerprint(self) -> str:
        """What tells the same request from another one under the same key."""
        told = msgspec.json.encode(self.told, order="sorted")
        return hashlib.sha256(self.action.encode() + b" " + told).hexdigest()


@dataclass(frozen=True, slots=True)
class Done:
    """The id of what came of a command, and whether that was there before."""

    result_id: str
    is_replay: bool

    @property
    def headers(self) -> dict[str, str]:
        """What tells the caller that this was answered before."""
        return {REPLAYED_HEADER: REPLAYED} if self.is_replay else {}


def carry_out(command: Command, act: Callable[[], Model]) -> Done:
    """Do it in one transaction with its audit entry, or return what came of it the first time.

    The case's lock lets one of several equal requests in; the others find its entry. A refusal
    leaves nothing behind, so that the key may be sent again.
    """
    key = idempotency_key_of(command.request)
    key_hash = hashlib.sha256(key.encode()).hexdigest() if key else ""
    try:
        with transaction.atomic():
            case_lock(command.case.pk)
            before = _before(command, key_hash)
            if before is not None:
                return _replay(command, before)
            made = act()
            _write_down(command, key_hash, made)
    except Refusal as refusal:
        raise refused(refusal) from refusal
    return Done(str(made.pk), is_replay=False)


def refused(refusal: Refusal) -> RequestRefused:
    """Return a service's refusal in the API's form."""
    return RequestRefused(
        refusal.code, refusal.sentence, field=refusal.field or None, status_code=refusal.status
    )


def _before(command: Command, key_hash: str) -> AuditEntry | None:
    if not key_hash:
        return None
    # Uses index core_audit_target: a case has tens of entries.
    entries = AuditEntry.objects.filter(
        target_type=Case._meta.label_lower,
        target_id=str(command.case.pk),
        actor_id=str(principal_of(command.request).key_id),
        details__idempotency_hash=key_hash,
    )
    return entries.first()


def _replay(command: Command, before: AuditEntry) -> Done:
    if before.details["request_hash"] != command.fingerprint:
        unprocessable = status.HTTP_422_UNPROCESSABLE_ENTITY
        raise RequestRefused("idempotency_conflict", OTHER_REQUEST, status_code=unprocessable)
    return Done(before.details["result_id"], is_replay=True)


def _write_down(command: Command, key_hash: str, made: Model) -> None:
    details: dict[str, Any] = {
        "in_name_of_id": str(command.person.pk),
        "result_id": str(made.pk),
        "request_hash": command.fingerprint,
    }
    if key_hash:
        details["idempotency_hash"] = key_hash
    audit_record(
        actor=principal_of(command.request).actor,
        action=f"case.api_{command.action}",
        target=command.case,
        details=details,
    )
