"""Writing audit entries, sealing them into a hash chain, and checking the chain."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import Count, Max, Min, Model
from django.utils import timezone

from fraudsite.core.actors import Actor
from fraudsite.core.in_transaction import require_transaction
from fraudsite.core.models import AuditEntry, AuditSeal
from fraudsite.core.redaction import redact_value
from fraudsite.core.request_id import current_request_id

logger = structlog.get_logger(__name__)

SEAL_BATCH = 1000
GENESIS_HASH = bytes(32)
# Seals read at once while verifying: at most 200,000 entries in memory.
VERIFY_CHUNK = 200
# Any constant of our own does; it is the name of the sealer's lock within this database.
SEALER_LOCK = 0x5EA1


@dataclass(frozen=True, slots=True)
class ChainBreak:
    """Where the chain fails, and how."""

    seal_number: int
    reason: str


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What a walk along the chain found.

    `unused_ids` counts entry ids that exist in no row: a transaction rolled back leaves such a hole
    too, so it is no proof of a deletion, while a hole inside a seal is a break.
    """

    seals: int
    sealed_entries: int
    unsealed_entries: int
    oldest_unsealed_at: datetime | None
    unused_ids: int
    head_number: int
    head_hash: str
    breaks: tuple[ChainBreak, ...]

    @property
    def is_intact(self) -> bool:
        """Whether nothing sealed was altered, removed or inserted."""
        return not self.breaks


def audit_record(
    *,
    actor: Actor,
    action: str,
    target: Model | None,
    details: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Write who did what to which object, in the open transaction of the change itself.

    `details` holds ids, codes and numbers; what looks like personal data is redacted all the same.
    """
    require_transaction("An audit entry")
    entry = _entry(actor, action, target, details or {})
    entry.save(force_insert=True)
    return entry


def audit_record_each(*, actor: Actor, action: str, targets: Iterable[Model]) -> None:
    """Write that somebody did the same to each of several objects, all at once."""
    require_transaction("An audit entry")
    AuditEntry.objects.bulk_create(_entry(actor, action, target, {}) for target in targets)


def _entry(
    actor: Actor, action: str, target: Model | None, details: Mapping[str, Any]
) -> AuditEntry:
    return AuditEntry(
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=actor.label,
        action=action,
        target_type=target._meta.label_lower if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        details=redact_value(dict(details)),
        request_id=current_request_id(),
        occurred_at=timezone.now(),
    )


def audit_seal_batch(*, limit: int = SEAL_BATCH) -> AuditSeal | None:
    """Seal the oldest unsealed entries as the next link; None if there are none or another seals.

    Only committed entries are seen. One that commits later with a lower id goes into a later seal,
    so no transaction ever waits for the chain.
    """
    with transaction.atomic():
        if not _take_sealer_lock():
            return None
        entries = list(AuditEntry.objects.filter(seal__isnull=True).order_by("id")[:limit])
        if not entries:
            return None
        seal = _next_seal(entries)
        seal.save(force_insert=True)
        AuditEntry.objects.filter(pk__in=[entry.pk for entry in entries]).update(seal=seal)
    # The head leaves the database with the logs: whoever rewrites the whole chain cannot reach it.
    logger.info(
        "audit_sealed",
        seal_number=seal.number,
        entries_count=seal.entries_count,
        head_hash=seal.head_hash.hex(),
    )
    return seal


def audit_seal_all() -> int:
    """Seal until nothing committed is unsealed; return how many seals were made."""
    seals = 0
    while audit_seal_batch() is not None:
        seals += 1
    return seals


def audit_verify(*, expected_heads: Mapping[int, str] | None = None) -> ChainReport:
    """Walk the chain from its beginning and report what does not hold.

    `expected_heads` maps seal numbers to head hashes noted elsewhere (the logs have each): the only
    way to see that the end of the chain was cut off or all of it written anew.
    """
    expected = dict(expected_heads or {})
    walk = _ChainWalk()
    while chunk := _seals_after(walk.number):
        entries = _entries_by_seal(chunk)
        for seal in chunk:
            walk.take(seal, entries.get(seal.number, []), expected.pop(seal.number, None))
    for number in sorted(expected):
        walk.breaks.append(ChainBreak(number, "the chain ends before this seal"))
    return walk.report()


class _ChainWalk:
    """State of a walk: the last seal seen, its hash, and what was found."""

    def __init__(self) -> None:
        self.number = 0
        self.head = GENESIS_HASH
        self.seals = 0
        self.sealed_entries = 0
        self.breaks: list[ChainBreak] = []

    def take(self, seal: AuditSeal, entries: Sequence[AuditEntry], expected: str | None) -> None:
        reasons = _seal_faults(seal, entries, self.number, self.head, expected)
        self.breaks.extend(ChainBreak(seal.number, reason) for reason in reasons)
        self.number = seal.number
        # Go on from what is written, so that one break is reported once.
        self.head = bytes(seal.head_hash)
        self.seals += 1
        self.sealed_entries += len(entries)

    def report(self) -> ChainReport:
        tail = AuditEntry.objects.filter(seal__isnull=True).aggregate(
            count=Count("id"), oldest=Min("occurred_at")
        )
        return ChainReport(
            seals=self.seals,
            sealed_entries=self.sealed_entries,
            unsealed_entries=tail["count"],
            oldest_unsealed_at=tail["oldest"],
            unused_ids=_unused_ids(),
            head_number=self.number,
            head_hash=self.head.hex(),
            breaks=tuple(self.breaks),
        )


def _seal_faults(
    seal: AuditSeal,
    entries: Sequence[AuditEntry],
    previous_number: int,
    previous_head: bytes,
    expected: str | None,
) -> list[str]:
    faults = []
    if seal.number != previous_number + 1:
        faults.append(f"seals {previous_number + 1} to {seal.number - 1} are missing")
    elif bytes(seal.previous_hash) != previous_head:
        faults.append("it does not continue the seal before it")
    if len(entries) != seal.entries_count:
        faults.append(f"it sealed {seal.entries_count} entries and {len(entries)} are there")
    elif head_hash(seal, entries) != bytes(seal.head_hash):
        faults.append("an entry or the seal itself was altered")
    if expected is not None and expected != bytes(seal.head_hash).hex():
        faults.append("its hash is not the expected one")
    return faults


def head_hash(seal: AuditSeal, entries: Iterable[AuditEntry]) -> bytes:
    """Return SHA-256 over the previous hash, the seal's own fields and each entry's digest."""
    digest = hashlib.sha256(bytes(seal.previous_hash))
    digest.update(_canonical([seal.number, seal.entries_count, seal.sealed_at.isoformat()]))
    for entry in entries:
        digest.update(_entry_digest(entry))
    return digest.digest()


def _entry_digest(entry: AuditEntry) -> bytes:
    fields = {
        field.attname: getattr(entry, field.attname)
        for field in AuditEntry._meta.concrete_fields
        if field.attname not in {"seal_id", "occurred_at"}
    }
    fields["occurred_at"] = entry.occurred_at.isoformat()
    return hashlib.sha256(_canonical(fields)).digest()


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def _next_seal(entries: Sequence[AuditEntry]) -> AuditSeal:
    last = AuditSeal.objects.order_by("-number").first()
    seal = AuditSeal(
        number=last.number + 1 if last else 1,
        entries_count=len(entries),
        previous_hash=bytes(last.head_hash) if last else GENESIS_HASH,
        sealed_at=timezone.now(),
    )
    seal.head_hash = head_hash(seal, entries)
    return seal


def _take_sealer_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEALER_LOCK])
        row = cursor.fetchone()
    return bool(row and row[0])


def _seals_after(number: int) -> list[AuditSeal]:
    return list(AuditSeal.objects.filter(number__gt=number).order_by("number")[:VERIFY_CHUNK])


def _entries_by_seal(seals: Sequence[AuditSeal]) -> dict[int | None, list[AuditEntry]]:
    entries = AuditEntry.objects.filter(
        seal_id__gte=seals[0].number, seal_id__lte=seals[-1].number
    ).order_by("seal_id", "id")
    return {number: list(group) for number, group in groupby(entries, key=lambda e: e.seal_id)}


def _unused_ids() -> int:
    ids = AuditEntry.objects.aggregate(first=Min("id"), last=Max("id"), count=Count("id"))
    if not ids["count"]:
        return 0
    return int(ids["last"] - ids["first"] + 1 - ids["count"])
