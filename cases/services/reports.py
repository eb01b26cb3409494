"""Reports of suspicious activity: a record of their own, which few may know of."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from cases.choices import ReportStatus
from cases.models import SuspiciousActivityReport
from cases.services.case_rows import case_lock, require_not_own
from fraudsite.core.actors import Actor
from fraudsite.core.models import User
from fraudsite.core.services.audit import audit_record
from fraudsite.core.services.data_keys import open_bytes, platform_key, seal_bytes
from fraudsite.core.transitions import TransitionRefused, move
from kyc.refusals import ChangedElsewhere, Refusal

MAX_NARRATIVE_LENGTH = 20_000
MAX_AUTHORITY_LENGTH = 100
MOVED_ON = "This report was changed since you opened it. Look at it again."
WRITABLE = ReportStatus.DRAFT


def report_draft(
    *, case_id: uuid.UUID, authority: str, narrative: str, author: User
) -> SuspiciousActivityReport:
    """Begin a report about a case. The case itself shows nothing of it.

    Raises `Refusal` when the author may not, is its subject, or leaves something out.
    """
    _require_may_write(author)
    authority, narrative = _authority(authority), _narrative(narrative)
    with transaction.atomic():
        case = case_lock(case_id)
        require_not_own(case, author)
        report = SuspiciousActivityReport(case=case, written_by=author, authority=authority)
        report.narrative_sealed = _seal(report, narrative)
        report.save(force_insert=True)
        audit_record(
            actor=Actor.of_user(author),
            action="report.drafted",
            target=report,
            details={"case_id": str(case.pk)},
        )
    return report


def report_change(
    *, report_id: uuid.UUID, seen: int | None, authority: str, narrative: str, author: User
) -> SuspiciousActivityReport:
    """Write a draft anew. Raises `Refusal`, or `ChangedElsewhere` for a stale form."""
    authority, narrative = _authority(authority), _narrative(narrative)
    with _as_seen(report_id, seen, author) as report:
        if report.status != WRITABLE:
            words = report.get_status_display().lower()
            raise Refusal("not_a_draft", f"A report that is {words} cannot be written anew.")
        report.authority = authority
        report.narrative_sealed = _seal(report, narrative)
        report.version += 1
        report.save(update_fields=["authority", "narrative_sealed", "version", "updated_at"])
        audit_record(actor=Actor.of_user(author), action="report.changed", target=report)
    return report


def report_move(
    *,
    report_id: uuid.UUID,
    seen: int | None,
    to: str,
    author: User,
    filing_reference: str = "",
) -> SuspiciousActivityReport:
    """Make a report ready, file it or withdraw it; a filed one names what the authority calls it.

    Raises `Refusal`, or `ChangedElsewhere` for a stale form.
    """
    with _as_seen(report_id, seen, author) as report:
        fields: dict[str, object] = {"version": report.version + 1}
        if to == ReportStatus.FILED:
            fields |= {"filed_at": timezone.now(), "filing_reference": _reference(filing_reference)}
        try:
            move(report, to=to, actor=Actor.of_user(author), update=fields)
        except TransitionRefused as refused:
            words = report.get_status_display().lower()
            sentence = f"This cannot be done with a report that is {words}."
            raise Refusal("move_not_allowed", sentence) from refused
    return report


def report_read(*, report: SuspiciousActivityReport, reader: User) -> str:
    """Return the narrative; that somebody read it is written down first."""
    _require_may_read(reader)
    with transaction.atomic():
        audit_record(actor=Actor.of_user(reader), action="report.read", target=report)
    return _narrative_of(report)


def report_export(*, report: SuspiciousActivityReport, reader: User) -> bytes:
    """Return a report as JSON for the authority's form; that it was exported is written down."""
    _require_may_read(reader)
    with transaction.atomic():
        audit_record(actor=Actor.of_user(reader), action="report.exported", target=report)
    content = {
        "report_id": str(report.pk),
        "case_id": str(report.case_id),
        "customer_id": str(report.case.customer_id or ""),
        "authority": report.authority,
        "status": report.status,
        "filing_reference": report.filing_reference,
        "created_at": report.created_at.isoformat(),
        "filed_at": report.filed_at.isoformat() if report.filed_at else None,
        "transaction_ids": _transaction_ids(report),
        "narrative": _narrative_of(report),
    }
    return json.dumps(content, ensure_ascii=False, indent=2).encode()


@contextmanager
def _as_seen(
    report_id: uuid.UUID, seen: int | None, author: User
) -> Iterator[SuspiciousActivityReport]:
    _require_may_write(author)
    with transaction.atomic():
        rows = SuspiciousActivityReport.objects.select_for_update(of=("self",), no_key=True)
        report = rows.select_related("case__customer").get(pk=report_id)
        require_not_own(report.case, author)
        if seen is not None and report.version != seen:
            raise ChangedElsewhere(MOVED_ON)
        yield report


def _require_may_write(author: User) -> None:
    if not author.has_perm("cases.write_report"):
        raise Refusal("may_not_report", "You may not write reports of suspicious activity.")


def _require_may_read(reader: User) -> None:
    if not reader.has_perm("cases.read_report"):
        raise Refusal("may_not_report", "You may not read reports of suspicious activity.")


def _authority(text: str) -> str:
    text = text.strip()
    if not 1 <= len(text) <= MAX_AUTHORITY_LENGTH:
        raise Refusal("authority_missing", "Say whom the report goes to.", field="authority")
    return text


def _narrative(text: str) -> str:
    text = text.strip()
    if not 1 <= len(text) <= MAX_NARRATIVE_LENGTH:
        sentence = f"Write what happened, in at most {MAX_NARRATIVE_LENGTH:,} characters."
        raise Refusal("narrative_missing", sentence, field="narrative")
    return text


def _reference(text: str) -> str:
    text = text.strip()
    if not 1 <= len(text) <= MAX_AUTHORITY_LENGTH:
        sentence = "Enter the reference under which the authority has it."
        raise Refusal("reference_missing", sentence, field="filing_reference")
    return text


def _seal(report: SuspiciousActivityReport, narrative: str) -> bytes:
    return seal_bytes(data_key=platform_key(), value=narrative.encode(), context=report.context)


def _narrative_of(report: SuspiciousActivityReport) -> str:
    return open_bytes(
        data_key=platform_key(), sealed=report.narrative_sealed, context=report.context
    ).decode()


def _transaction_ids(report: SuspiciousActivityReport) -> list[str]:
    ids = report.case.alerts.exclude(transaction=None).values_list("transaction_id", flat=True)
    return [str(pk) for pk in ids.distinct().order_by("transaction_id")]
