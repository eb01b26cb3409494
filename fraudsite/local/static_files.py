"""Static files gathered for the web server, when any has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

# What decides how a file is named and packed.
PACKERS = ("django", "whitenoise")


def static_files_gather() -> None:
    """Gather, hash and pack the static files, unless the same ones lie there already.

    Django packs every file anew each time, which was two seconds of each start.
    """
    folder = Path(settings.STATIC_ROOT)
    stamp = folder.with_name(f"{folder.name}.sha256")
    state = _state()
    is_there = (folder / "staticfiles.json").exists() and stamp.exists()
    if is_there and stamp.read_text() == state:
        return
    # Stopped half-way, the next start begins again.
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(state)


def _state() -> str:
    """Return a digest of all that the result depends on: names, times and sizes of the files."""
    digest = hashlib.sha256()
    for fact in _facts():
        digest.update(f"{fact}\n".encode())
    return digest.hexdigest()


def _facts() -> Iterator[str]:
    yield repr(settings.STORAGES["staticfiles"])
    yield from (f"{name} {version(name)}" for name in PACKERS)
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            yield f"{name} {status.st_mtime_ns} {status.st_size}"
