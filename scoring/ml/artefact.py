"""A model as a folder of plain files: written whole or not at all, read only if it is unharmed.

```
manifest.json      what the model is, and the digest of every file below
xgboost.json …     each member, in a form of its kind
calibration.json   the curve from margin to probability
reference.json     what features and scores looked like in training
```

No file is a pickle: reading a model never runs code from it.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from scoring.ml.manifest import FORMAT, FileEntry, Manifest

MANIFEST = "manifest.json"
CALIBRATION = "calibration.json"
REFERENCE = "reference.json"
# Plain names only: no folders, nothing hidden, nothing that climbs out.
FILE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}\.[a-z0-9]{1,8}")
# A forest of 600 trees of depth 7 takes 8 MB. Far above that, but not enough to fill the memory.
LARGEST_FILE = 512 * 1024 * 1024
LARGEST_MANIFEST = 4 * 1024 * 1024


class ModelTrouble(Exception):
    """A stored model cannot be used; the sentence says why, and the code is stable."""

    code = "model_trouble"


class ModelMissing(ModelTrouble):
    """There is no model in that folder."""

    code = "model_missing"


class ModelDamaged(ModelTrouble):
    """A file is not what the manifest says, or no manifest can be read."""

    code = "model_damaged"


class SchemaMismatch(ModelTrouble):
    """The model was trained on other features than those that are computed now."""

    code = "schema_mismatch"


class ModelExists(ModelTrouble):
    """A stored model is never overwritten."""

    code = "model_exists"


@dataclass(frozen=True, slots=True)
class Artefact:
    """A folder that was read and found unharmed.

    Attributes
    ----------
    manifest : Manifest
        What the model says of itself.
    files : mapping of str to bytes
        Every other file.
    digest : str
        sha256 of the manifest, and through it of everything; a registry keeps it, so that a folder
        that was exchanged as a whole is noticed too.
    """

    manifest: Manifest
    files: Mapping[str, bytes]
    digest: str


def write_artefact(folder: Path, manifest: Manifest, files: Mapping[str, bytes]) -> str:
    """Store a model and return its digest.

    1. Write every file into `<folder>.part` and flush it to the disk, the manifest last.
    2. Rename the folder, which is atomic within a file system.
    3. Flush the folder above, or the name could be lost in a power cut.

    Parameters
    ----------
    folder : Path
        Must not exist yet; the one above it is made.
    manifest : Manifest
        Its `files` are filled in here.

    Raises
    ------
    ModelExists
        There is something in that place already.
    OSError
        The disk is full or the folder cannot be written; nothing is left behind.
    """
    if os.path.lexists(folder):
        message = f"There is a model in {folder.name} already; a stored model is never overwritten."
        raise ModelExists(message)
    for name in files:
        _check_name(name)
    entries = {name: _entry(data) for name, data in files.items()}
    complete = msgspec.json.encode(replace(manifest, files=entries), order="sorted")
    readable = msgspec.json.format(complete, indent=2)
    part = folder.with_name(folder.name + ".part")
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        _write_all(part, {**files, MANIFEST: readable})
        part.rename(folder)
    except OSError:
        shutil.rmtree(part, ignore_errors=True)
        raise
    _sync_folder(folder.parent)
    return hashlib.sha256(readable).hexdigest()


def read_artefact(folder: Path, *, schema_hash: str, digest: str | None = None) -> Artefact:
    """Read a stored model, every file checked against the manifest before anything parses it.

    Parameters
    ----------
    schema_hash : str
        Of the features that are computed now.
    digest : str, optional
        What `write_artefact` returned, from where the folder's owner cannot change it.

    Raises
    ------
    ModelMissing
        There is no such folder, or no manifest in it.
    ModelDamaged
        Anything in it is not as it was written.
    SchemaMismatch
        The features are others.
    """
    written = _read_manifest(folder)
    found = hashlib.sha256(written).hexdigest()
    if digest is not None and found != digest:
        message = f"The manifest of model {folder.name} is not the one that was registered."
        raise ModelDamaged(message)
    manifest = _decode_manifest(written, folder.name)
    if manifest.schema_hash != schema_hash:
        message = (
            f"Model {manifest.name} {manifest.version} was trained on features "
            f"{manifest.schema_hash}, but features {schema_hash} are computed now. Train it again."
        )
        raise SchemaMismatch(message)
    files = {name: _read_checked(folder, name, entry) for name, entry in manifest.files.items()}
    return Artefact(manifest, files, found)


def _check_name(name: str) -> None:
    if not FILE_NAME.fullmatch(name):
        message = f"{name!r} is no name for a file of a model."
        raise ValueError(message)


def _entry(data: bytes) -> FileEntry:
    return FileEntry(hashlib.sha256(data).hexdigest(), len(data))


def _write_all(part: Path, files: Mapping[str, bytes]) -> None:
    # What a killed process left here is nobody's: only a renamed folder is a model.
    with suppress(FileNotFoundError):
        shutil.rmtree(part)
    part.mkdir(mode=0o755)
    for name, data in files.items():
        with (part / name).open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
    _sync_folder(part)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read_manifest(folder: Path) -> bytes:
    try:
        return _read_bounded(folder / MANIFEST, LARGEST_MANIFEST)
    except (FileNotFoundError, NotADirectoryError) as error:
        message = f"There is no model in {folder.name}."
        raise ModelMissing(message) from error


def _decode_manifest(written: bytes, name: str) -> Manifest:
    try:
        form = msgspec.json.decode(written, type=dict[str, msgspec.Raw]).get("format")
        if form is not None and bytes(form) != str(FORMAT).encode():
            message = f"Model {name} is stored in form {bytes(form).decode()}, not {FORMAT}."
            raise ModelDamaged(message)
        return msgspec.json.decode(written, type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        message = f"The manifest of model {name} cannot be read ({error})."
        raise ModelDamaged(message) from error


def _read_checked(folder: Path, name: str, entry: FileEntry) -> bytes:
    if not FILE_NAME.fullmatch(name) or not 0 <= entry.bytes <= LARGEST_FILE:
        message = f"The manifest of model {folder.name} names a file that no model has."
        raise ModelDamaged(message)
    try:
        data = _read_bounded(folder / name, entry.bytes)
    except OSError as error:
        message = f"The file {name} of model {folder.name} cannot be read."
        raise ModelDamaged(message) from error
    if _entry(data) != entry:
        message = f"The file {name} of model {folder.name} is not as it was written."
        raise ModelDamaged(message)
    return data


def _read_bounded(path: Path, most: int) -> bytes:
    """Read a regular file of at most `most` bytes; never through a link, never from a pipe."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as stream:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > most:
            message = f"The file {path.name} is no plain file of at most {most} bytes."
            raise ModelDamaged(message)
        return stream.read(most + 1)
