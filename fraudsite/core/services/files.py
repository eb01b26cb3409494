"""Encrypted evidence on disk: stored, read, deleted, and swept."""

from __future__ import annotations

import errno
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
from fraudsite.core.services.data_keys import open_bytes, seal_bytes

logger = structlog.get_logger(__name__)

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
# Longer than any request or task may take (hard time limit 120 s): a file younger than this may
# belong to a transaction that has not committed yet.
SWEEP_GRACE_S = 3600
SWEEP_BATCH = 500


class StorageFailed(Exception):
    """The evidence could not be written; nothing of it was left behind."""


class StorageFull(StorageFailed):
    """There is no room for it: the disk, the quota or the size limit of the process is reached."""


class FileGone(Exception):
    """The file was deleted, or is missing or altered on disk."""


@dataclass(frozen=True, slots=True)
class SweepReport:
    """What a sweep found: files without a row (removed), rows without a file (lost evidence)."""

    removed: tuple[str, ...]
    lost: tuple[UUID, ...]


def file_path(file_id: UUID) -> Path:
    """Return where the file lies; two levels of 256 folders keep each of them small."""
    return Path(settings.EVIDENCE_ROOT) / file_id.hex[:2] / file_id.hex[2:4] / f"{file_id}.bin"


def file_store(*, data_key: DataKey, data: bytes, media_type: str, purpose: str) -> EncryptedFile:
    """Encrypt and store a file.

    The bytes are on disk before the row exists. If the caller's transaction rolls back, no row
    names them, and the sweeper removes them. Raises `StorageFull` or `StorageFailed`.
    """
    file = EncryptedFile(
        data_key=data_key, media_type=media_type, purpose=purpose, size_bytes=len(data)
    )
    path = file_path(file.id)
    write_durably(path, seal_bytes(data_key=data_key, value=data, context=file.context))
    try:
        with transaction.atomic():
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
    """Remove files that no row names, and report rows whose file is missing.

    Younger than `grace_s`, a file may belong to an open transaction and is left alone.
    """
    removed = []
    for paths in _in_batches(_settled_files(time.time() - grace_s)):
        for path in _orphans(paths):
            removed.append(path.name)
            if not is_dry_run:
                path.unlink(missing_ok=True)
    lost = tuple(_rows_without_file())
    if removed or lost:
        logger.warning("evidence_swept", removed=len(removed), lost=len(lost))
    return SweepReport(tuple(removed), lost)


def write_durably(path: Path, data: bytes) -> None:
    """Write a file that is either whole or not there, whatever happens in between.

    1. Write to a `.part` beside it that only this user may read, and flush it to the disk.
    2. Rename it, which is atomic within a file system.
    3. Flush the folder, or the name could be lost in a power cut though the bytes were kept.
    """
    part = path.with_suffix(".part")
    try:
        _make_private(path.parent)
        _write_and_sync(part, data)
        part.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        # What cannot be removed either (the folder itself is broken) is left to the sweeper.
        for leftover in (part, path):
            with suppress(OSError):
                leftover.unlink()
        if error.errno in NO_ROOM:
            message = "There is no room left to store the file."
            raise StorageFull(message) from error
        message = f"The file could not be stored ({os.strerror(error.errno or 0)})."
        raise StorageFailed(message) from error


def _make_private(folder: Path) -> None:
    # Each level on its own: `parents=True` would make the upper ones with the default mode.
    for level in (*reversed(folder.parents), folder):
        if not level.exists():
            level.mkdir(mode=0o700, exist_ok=True)


def _write_and_sync(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _settled_files(before: float) -> Iterator[Path]:
    root = Path(settings.EVIDENCE_ROOT)
    for pattern in ("??/??/*.bin", "??/??/*.part"):
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
