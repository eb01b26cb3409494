"""The one way a status changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from fraudsite.core.actors import Actor
from fraudsite.core.models import StatusChange
from fraudsite.core.outbox import publish
from fraudsite.core.redaction import redact_value
from fraudsite.core.request_id import current_request_id
from fraudsite.core.services.audit import audit_record


class TransitionRefused(Exception):
    """A status did not change; nothing was written.

    `code` is "not_allowed" when the table knows no such move, "stale" when somebody else moved the
    object first. `sentence` can be shown to the person who asked.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class TransitionTable:
    """Which status may follow which; a status without followers is final.

    Examples
    --------
    >>> table = TransitionTable({"draft": {"sent"}, "sent": set()})
    >>> table.permits("draft", "sent"), table.permits("sent", "draft"), table.is_final("sent")
    (True, False, True)
    """

    followers: Mapping[str, frozenset[str] | set[str]]

    def __post_init__(self) -> None:
        named = {str(status) for targets in self.followers.values() for status in targets}
        unknown = named - {str(status) for status in self.followers}
        if unknown:
            message = f"Statuses without a row of their own: {', '.join(sorted(unknown))}."
            raise ValueError(message)

    def permits(self, from_status: str, to_status: str) -> bool:
        """Whether the second status may follow the first."""
        return to_status in self.followers.get(from_status, frozenset())

    def is_final(self, status: str) -> bool:
        """Whether nothing follows the status."""
        return not self.followers.get(status)


def move(
    instance: models.Model,
    *,
    to: str,
    actor: Actor,
    reason_code: str = "",
    details: Mapping[str, Any] | None = None,
    payload: Mapping[str, Any] | None = None,
    update: Mapping[str, Any] | None = None,
) -> StatusChange:
    """Move an object to another status.

    In one transaction: the row changes if its status is still the one `instance` was read with, and
    a StatusChange, an audit entry and the event "<app>.<model>.<to>" are written. `update` sets
    further fields in the same UPDATE. `details` goes into history and audit, `payload` into the
    event; both hold ids and codes only.

    Raises `TransitionRefused`; the database and `instance` are then unchanged.
    """
    from_status = str(_status_of(instance))
    to_status = str(to)
    _require_permitted(instance, from_status, to_status)
    fields = {**_touched_timestamps(instance), **(update or {}), "status": to_status}
    with transaction.atomic():
        _compare_and_swap(instance, from_status, fields)
        change = StatusChange.objects.create(
            target_type=instance._meta.label_lower,
            target_id=str(instance.pk),
            from_status=from_status,
            to_status=to_status,
            reason_code=reason_code,
            details=redact_value(dict(details or {})),
            actor_kind=actor.kind,
            actor_id=actor.id,
            actor_label=actor.label,
            request_id=current_request_id(),
            occurred_at=timezone.now(),
        )
        audit_record(
            actor=actor,
            action=event_kind(instance, to_status),
            target=instance,
            details={"from": from_status, "reason_code": reason_code, **(details or {})},
        )
        publish(
            kind=event_kind(instance, to_status),
            aggregate=instance,
            payload={
                "from": from_status,
                "to": to_status,
                "reason_code": reason_code,
                **(payload or {}),
            },
        )
    for name, value in fields.items():
        setattr(instance, name, value)
    return change


def event_kind(instance: models.Model, status: str) -> str:
    """Return the name of the event and audit action for a status: "kyc.verification.approved"."""
    return f"{instance._meta.label_lower}.{status}"


def _status_of(instance: models.Model) -> str:
    return str(instance.status)  # type: ignore[attr-defined]  # a model with a transition table


def _require_permitted(instance: models.Model, from_status: str, to_status: str) -> None:
    table: TransitionTable = instance.transitions  # type: ignore[attr-defined]  # as above
    if table.permits(from_status, to_status):
        return
    name = instance._meta.verbose_name
    sentence = f"A {name} that is {from_status} cannot become {to_status}."
    raise TransitionRefused("not_allowed", sentence)


def _compare_and_swap(instance: models.Model, from_status: str, fields: Mapping[str, Any]) -> None:
    # The default manager of a model may hide rows; this one sees them all.
    every_row = type(instance)._base_manager  # noqa: SLF001 - documented API of Django
    rows = every_row.filter(pk=instance.pk, status=from_status)
    if rows.update(**fields):
        return
    name = instance._meta.verbose_name
    sentence = f"This {name} was changed by somebody else in the meantime; look at it again."
    raise TransitionRefused("stale", sentence)


def _touched_timestamps(instance: models.Model) -> dict[str, Any]:
    """`QuerySet.update` passes by auto_now, so a row would look untouched."""
    return {
        field.name: timezone.now()
        for field in instance._meta.concrete_fields
        if isinstance(field, models.DateTimeField) and field.auto_now
    }
