"""The files of a case: listed, taken in, handed out."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header

from cases.admin.notes import colleague
from cases.models import Attachment, Case
from cases.services.attachments import (
    MAX_BYTES,
    AttachedFile,
    attachment_add,
    attachment_name,
)
from fraudsite.core.models import User
from kyc.refusals import Refusal

TAKEN = f"PDF, PNG, JPEG, ZIP or plain text, at most {MAX_BYTES // 1_000_000} MB."
GONE = "went with its customer"


def attachments_context(case: Case, viewer: User) -> list[dict[str, Any]]:
    """Return what is attached; the names only for who may open it. One query."""
    may_open = viewer.has_perm("cases.work_case")
    rows = Attachment.objects.filter(case=case).select_related("file", "added_by")
    return [_row(case, row, may_open=may_open) for row in rows.order_by("id")]


def attach(case: Case, seen: int, upload: Any, user: User) -> Attachment:
    """Put an upload to a case. More than fits is refused before it is read into memory."""
    if upload is None:
        raise Refusal("file_missing", "Choose a file first.", field="file")
    data = upload.read(MAX_BYTES + 1)
    return attachment_add(case_id=case.pk, seen=seen, name=upload.name, data=data, user=user)


def download(file: AttachedFile) -> HttpResponse:
    """Return a file that no browser shows in this site's name."""
    response = HttpResponse(file.data, content_type=file.media_type)
    disposition = content_disposition_header(as_attachment=True, filename=file.name or "file")
    response["Content-Disposition"] = disposition
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _row(case: Case, row: Attachment, *, may_open: bool) -> dict[str, Any]:
    row.case = case
    return {
        "url": reverse("admin:cases_case_attachment", args=[row.pk]) if may_open else "",
        "name": (attachment_name(row) or GONE) if may_open else "A file",
        "media_type": row.file.media_type,
        "sha256": row.sha256,
        "by": colleague(row.added_by),
        "created_at": row.created_at,
    }
