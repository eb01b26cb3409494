"""Files put to a case: checked, encrypted, hashed, read under audit."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from cases.choices import CaseEventKind
from cases.models import Attachment
from cases.services.case_rows import case_as_seen, case_write, event_add, require_not_own
from cases.services.sealing import (
    key_of,
    refused_when_erased,
    text_open,
    text_seal,
)
from fraudsite.core.actors import Actor
from fraudsite.core.models import User
from fraudsite.core.services.audit import audit_record
from fraudsite.core.services.files import (
    FileGone,
    StorageFailed,
    StorageFull,
    file_read,
    file_store,
)
from kyc.refusals import NothingStored, Refusal

MAX_BYTES = 10_000_000
MAX_PER_CASE = 50
MAX_NAME_LENGTH = 200
PURPOSE = "case_attachment"
# By their first bytes, never by what the browser calls them. All are handed out as downloads.
SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"PK\x03\x04", "application/zip"),
)


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """An attachment's content as it is handed out."""

    name: str
    media_type: str
    data: bytes


def attachment_add(
    *, case_id: uuid.UUID, seen: int | None, name: str, data: bytes, user: User
) -> Attachment:
    """Put a file to a case; the same bytes a second time are refused.

    Raises
    ------
    Refusal
        For an empty, large or unknown kind of file, too many of them, or an erased customer.
    NothingStored
        When the disk is full or gone.
    """
    if not user.has_perm("cases.work_case"):
        raise Refusal("may_not_work", "Only analysts attach files.")
    media_type = media_type_of(data)
    try:
        with case_as_seen(case_id, seen) as case:
            require_not_own(case, user)
            if case.attachments.count() >= MAX_PER_CASE:
                sentence = f"A case has at most {MAX_PER_CASE} attachments."
                raise Refusal("too_many_attachments", sentence, field="file")
            with refused_when_erased():
                file = file_store(
                    data_key=key_of(case), data=data, media_type=media_type, purpose=PURPOSE
                )
            attachment = Attachment(
                case=case, file=file, added_by=user, sha256=hashlib.sha256(data).hexdigest()
            )
            attachment.name_sealed = text_seal(case, _plain(name), attachment.context)
            attachment.save(force_insert=True)
            case_write(case)
            details = {"attachment_id": str(attachment.pk), "sha256": attachment.sha256}
            event_add(case, CaseEventKind.ATTACHED, Actor.of_user(user), details)
    except (StorageFull, StorageFailed):
        raise NothingStored from None
    except IntegrityError:
        sentence = "This very file is attached already."
        raise Refusal("attached_already", sentence, field="file") from None
    return attachment


def attachment_read(*, attachment: Attachment, viewer: User) -> AttachedFile:
    """Return what was attached; that somebody read it is written down first.

    Raises `Refusal` when it is gone: its customer was erased, or the file was lost or altered.
    """
    with transaction.atomic():
        audit_record(
            actor=Actor.of_user(viewer),
            action="case.attachment_read",
            target=attachment.case,
            details={"attachment_id": str(attachment.pk)},
        )
    try:
        with refused_when_erased():
            data = file_read(attachment.file)
    except FileGone:
        raise Refusal("file_gone", "This file is not there any more, or was altered.") from None
    return AttachedFile(attachment_name(attachment), attachment.file.media_type, data)


def attachment_name(attachment: Attachment) -> str:
    """Return the name under which a file came, "" when its customer was erased."""
    return text_open(attachment.case, attachment.name_sealed, attachment.context)


def media_type_of(data: bytes) -> str:
    """Return the kind of a file by its content. Raises `Refusal` for one that is not taken.

    Examples
    --------
    >>> media_type_of(b"%PDF-1.7 ..."), media_type_of("ein Brief, übersetzt".encode())
    ('application/pdf', 'text/plain')
    """
    if not data:
        raise Refusal("file_empty", "This file is empty.", field="file")
    if len(data) > MAX_BYTES:
        sentence = f"A file has at most {MAX_BYTES // 1_000_000} MB."
        raise Refusal("file_too_large", sentence, field="file")
    for signature, media_type in SIGNATURES:
        if data.startswith(signature):
            return media_type
    if _is_text(data):
        return "text/plain"
    raise Refusal("unknown_file", "Attach a PDF, PNG, JPEG, ZIP or plain text.", field="file")


def _is_text(data: bytes) -> bool:
    try:
        return "\x00" not in data.decode()
    except UnicodeDecodeError:
        return False


def _plain(name: str) -> str:
    """Return a file's name without folders and control characters."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(character for character in last if character.isprintable()).strip()
    return kept[-MAX_NAME_LENGTH:] or "file"
