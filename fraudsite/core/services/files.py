"""Encrypted evidence on disk: stored, read, deleted, and swept."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from fraudsite.core.actors import Actor
from fraudsite.core.crypto.envelope import SealBroken
from fraudsite.core.models import DataKey, EncryptedFile
from fraudsite.core.services.audit import audit_record
from fraudsite.core.services.data_keys import data_key_hold, open_bytes, seal_bytes
from fraudsite.core.services.durable_write import StorageFailed, StorageFull, write_durably
from fraudsite.core.services.evidence_owner import FILE_PATTERNS, folder_claim, folder_refusal

__all__ = [
    "FileGone",
    "StorageFailed",
    "StorageFull",
    "SweepReport",
    "file_delete",
    "file_path",
    "file_read",
    "file_store",
    "files_delete_all",
    "files_sweep",
]

logger = structlog.get_logger(__name__)

# Longer than any request or task may take (hard time limit 120 s): a file younger than this may
# belong to a transaction that has not committed yet.
SWEEP_GRACE_S = 3600
SWEEP_BATCH = 500
# Files that no row names wait here: what was swept by mistake can be put back for a week.
ORPHANS = ".orphans"
ORPHAN_KEEP_S = 7 * 24 * 3600


class FileGone(Exception):
    """The file was deleted, or is missing or altered on disk."""


@dataclass(frozen=True, slots=True)
class SweepReport:
    """What a sweep found, or why it touched nothing.

    Parameters
    ----------
    removed : tuple of str
        Files that no row names: taken out of the evidence, kept in `.orphans` for a week.
    lost : tuple of UUID
        Rows without a file: lost evidence.
    deleted : int
        Files gone for good: their week is over, or their row says that they were deleted.
    refusal : str
        Why nothing was touched; empty when the folder belongs to this database.
    """

    removed: tuple[str, ...]
    lost: tuple[UUID, ...]
    deleted: int = 0
    refusal: str = ""


def file_path(file_id: UUID) -> Path:
    """Return where the file lies; two levels of 256 folders keep each of them small."""
    return Path(settings.EVIDENCE_ROOT) / file_id.hex[:2] / file_id.hex[2:4] / f"{file_id}.bin"


def file_store(*, data_key: DataKey, data: bytes, media_type: str, purpose: str) -> EncryptedFile:
    """Encrypt and store a file.

    The bytes are on disk before the row exists. If the caller's transaction rolls back, no row
    names them, and the sweeper takes them out. Raises `StorageFull` or `StorageFailed`, and
    `DataKeyDestroyed` for a customer who was erased.
    """
    file = EncryptedFile(
        data_key=data_key, media_type=media_type, purpose=purpose, size_bytes=len(data)
    )
    path = file_path(file.id)
    folder_claim()
    write_durably(path, seal_bytes(data_key=data_key, value=data, context=file.context))
    try:
        with transaction.atomic():
            # Whoever erases the customer finds the row, or it is not written.
            data_key_hold(data_key.pk)
            file.save(force_insert=True)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return file


def file_read(file: EncryptedFile) -> bytes:
    """Return the decrypted bytes.

    Raises `FileGone` when there is nothing to read, `DataKeyDestroyed` when its key is gone.
    """
    if file.is_deleted:
        message = f"The file {file.id} was deleted."
        raise FileGone(message)
    try:
        sealed = file_path(file.id).read_bytes()
    except FileNotFoundError:
        message = f"The file {file.id} is missing from the evidence folder."
        raise FileGone(message) from None
    try:
        return open_bytes(data_key=file.data_key, sealed=sealed, context=file.context)
    except SealBroken:
        message = f"The file {file.id} was altered on disk."
        raise FileGone(message) from None


def file_delete(*, file: EncryptedFile, actor: Actor) -> bool:
    """Delete the bytes once the transaction commits; False if they were deleted before."""
    with transaction.atomic():
        now = timezone.now()
        rows = EncryptedFile.objects.filter(pk=file.pk, deleted_at__isnull=True)
        if not rows.update(deleted_at=now):
            return False
        audit_record(
            actor=actor, action="file.deleted", target=file, details={"purpose": file.purpose}
        )
        # A crash between commit and this leaves bytes of a deleted file; the sweeper takes them.
        transaction.on_commit(lambda: file_path(file.id).unlink(missing_ok=True))
    file.deleted_at = now
    return True


def files_delete_all(*, data_key: DataKey, actor: Actor) -> int:
    """Delete every file under a data key; return how many."""
    with transaction.atomic():
        files = EncryptedFile.objects.filter(data_key=data_key, deleted_at__isnull=True)
        return sum(file_delete(file=file, actor=actor) for file in files.order_by("pk"))


def files_sweep(*, is_dry_run: bool = False, grace_s: float = SWEEP_GRACE_S) -> SweepReport:
    """Put files that no row names aside, and report rows whose file is missing.

    Younger than `grace_s`, a file may belong to an open transaction and is left alone. A folder
    that is not known to be this database's is left alone altogether.
    """
    refusal = folder_refusal()
    if refusal:
        logger.warning("evidence_sweep_refused", reason=refusal)
        return SweepReport(removed=(), lost=tuple(_rows_without_file()), refusal=refusal)
    removed, deleted = [], 0
    for paths in _in_batches(_settled_files(time.time() - grace_s)):
        orphans = _orphans(paths)
        finished = _finished_deletions(orphans)
        removed += [path.name for path in orphans if path not in finished]
        deleted += len(finished)
        if not is_dry_run:
            _take_out(orphans, finished)
    deleted += _delete_old_orphans(is_dry_run=is_dry_run)
    lost = tuple(_rows_without_file())
    if removed or deleted or lost:
        logger.warning("evidence_swept", removed=len(removed), deleted=deleted, lost=len(lost))
    return SweepReport(tuple(removed), lost, deleted)


def _take_out(orphans: list[Path], finished: set[Path]) -> None:
    folder = Path(settings.EVIDENCE_ROOT) / ORPHANS
    for path in orphans:
        if path in finished:
            path.unlink(missing_ok=True)
            continue
        folder.mkdir(mode=0o700, exist_ok=True)
        with suppress(FileNotFoundError):
            # The week counts from here, not from when the file was written.
            os.utime(path)
            path.replace(folder / path.name)


def _finished_deletions(orphans: list[Path]) -> set[Path]:
    """Return the files whose row says that they were deleted: a crash kept their bytes."""
    ids = {_id_of(path): path for path in orphans if path.suffix == ".bin"}
    rows = EncryptedFile.objects.filter(
        pk__in=[file_id for file_id in ids if file_id], deleted_at__isnull=False
    )
    return {ids[file_id] for file_id in rows.values_list("pk", flat=True)}


def _delete_old_orphans(*, is_dry_run: bool) -> int:
    before = time.time() - ORPHAN_KEEP_S
    old = [
        path
        for path in (Path(settings.EVIDENCE_ROOT) / ORPHANS).glob("*")
        if path.stat().st_mtime < before
    ]
    if not is_dry_run:
        for path in old:
            path.unlink(missing_ok=True)
    return len(old)


def _settled_files(before: float) -> Iterator[Path]:
    root = Path(settings.EVIDENCE_ROOT)
    for pattern in FILE_PATTERNS:
        for path in root.glob(pattern):
            try:
                modified_at = path.stat().st_mtime
            except FileNotFoundError:
                continue
            if modified_at < before:
                yield path


def _in_batches(paths: Iterator[Path]) -> Iterator[list[Path]]:
    batch: list[Path] = []
    for path in paths:
        batch.append(path)
        if len(batch) == SWEEP_BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _orphans(paths: list[Path]) -> list[Path]:
    ids = {path: _id_of(path) for path in paths if path.suffix == ".bin"}
    known = set(
        EncryptedFile.objects.filter(
            pk__in=[file_id for file_id in ids.values() if file_id], deleted_at__isnull=True
        ).values_list("pk", flat=True)
    )
    return [path for path in paths if ids.get(path) not in known]


def _id_of(path: Path) -> UUID | None:
    try:
        return UUID(path.stem)
    except ValueError:
        return None


def _rows_without_file() -> Iterator[UUID]:
    live = EncryptedFile.objects.filter(deleted_at__isnull=True).values_list("pk", flat=True)
    for file_id in live.iterator(chunk_size=SWEEP_BATCH):
        if not file_path(file_id).exists():
            yield file_id
