"""Writing a file so that it is either whole or not there."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class StorageFailed(Exception):
    """The evidence could not be written; nothing of it was left behind."""


class StorageFull(StorageFailed):
    """There is no room for it: the disk, the quota or the size limit of the process is reached."""


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
