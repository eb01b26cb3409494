from __future__ import annotations

import os
import resource
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from fraudsite.core.actors import Actor
from fraudsite.core.models import AuditEntry, DataKey, EncryptedFile, Installation
from fraudsite.core.services.data_keys import DataKeyDestroyed, data_key_create, data_key_destroy
from fraudsite.core.services.files import (
    FileGone,
    StorageFailed,
    StorageFull,
    SweepReport,
    file_delete,
    file_path,
    file_read,
    file_store,
    files_delete_all,
    files_sweep,
)
from tests.core.rollback import rolled_back

PORTRAIT = b"\xff\xd8\xff\xe0" + b"portrait" * 100


@pytest.fixture
def data_key(db: None) -> DataKey:
    return data_key_create()


def store(data_key: DataKey, data: bytes = PORTRAIT) -> EncryptedFile:
    return file_store(data_key=data_key, data=data, media_type="image/jpeg", purpose="selfie")


def files_below(root: Path) -> list[Path]:
    """Everything that is evidence, or half of it."""
    return sorted(path for path in root.glob("??/??/*") if path.is_file())


@contextmanager
def room_for(limit_bytes: int) -> Iterator[None]:
    """Writing beyond the limit fails in the kernel, as it does on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_stored_file_reads_back_and_lies_encrypted_on_disk(
    data_key: DataKey, evidence_root: Path
) -> None:
    file = store(data_key)

    stored = EncryptedFile.objects.get(pk=file.pk)
    assert file_read(stored) == PORTRAIT
    assert (stored.size_bytes, stored.media_type, stored.purpose) == (804, "image/jpeg", "selfie")
    path = evidence_root / file.id.hex[:2] / file.id.hex[2:4] / f"{file.id}.bin"
    assert files_below(evidence_root) == [path]
    assert b"portrait" not in path.read_bytes()


def test_only_the_owner_may_read_the_file_or_list_its_folders(
    data_key: DataKey, evidence_root: Path
) -> None:
    path = file_path(store(data_key).id)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for folder in (evidence_root, path.parent.parent, path.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_full_disk_is_told_and_leaves_nothing_behind(
    data_key: DataKey, evidence_root: Path
) -> None:
    with room_for(1000), pytest.raises(StorageFull, match="There is no room left"):
        store(data_key, bytes(100_000))

    assert files_below(evidence_root) == []
    assert EncryptedFile.objects.count() == 0


def test_a_folder_that_is_a_file_is_told_and_leaves_nothing_behind(
    data_key: DataKey, settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "occupied").write_text("not a folder")
    settings.EVIDENCE_ROOT = tmp_path / "occupied"

    with pytest.raises(StorageFailed, match="The file could not be stored"):
        store(data_key)

    assert EncryptedFile.objects.count() == 0
    assert (tmp_path / "occupied").read_text() == "not a folder"


def test_a_destroyed_key_stores_nothing(data_key: DataKey, ada: Actor, evidence_root: Path) -> None:
    data_key_destroy(data_key=data_key, actor=ada)

    with pytest.raises(DataKeyDestroyed):
        store(data_key)

    assert files_below(evidence_root) == []


def test_nothing_can_be_read_after_the_key_is_destroyed(data_key: DataKey, ada: Actor) -> None:
    file = store(data_key)

    data_key_destroy(data_key=data_key, actor=ada)

    with pytest.raises(DataKeyDestroyed):
        file_read(EncryptedFile.objects.get(pk=file.pk))


def test_an_altered_file_and_a_swapped_one_are_refused(data_key: DataKey) -> None:
    first, second = store(data_key), store(data_key, b"another")

    file_path(second.id).write_bytes(file_path(first.id).read_bytes())
    with pytest.raises(FileGone, match="was altered on disk"):
        file_read(second)

    file_path(first.id).unlink()
    with pytest.raises(FileGone, match="is missing from the evidence folder"):
        file_read(first)


@pytest.mark.django_db(transaction=True)
def test_deleting_removes_the_bytes_on_commit_and_is_audited(
    ada: Actor, evidence_root: Path
) -> None:
    file = store(data_key_create())

    assert file_delete(file=file, actor=ada) is True
    assert file_delete(file=file, actor=ada) is False

    assert files_below(evidence_root) == []
    with pytest.raises(FileGone, match="was deleted"):
        file_read(EncryptedFile.objects.get(pk=file.pk))
    entry = AuditEntry.objects.get(action="file.deleted")
    assert (entry.target_id, entry.details) == (str(file.pk), {"purpose": "selfie"})


@pytest.mark.django_db(transaction=True)
def test_a_deletion_that_is_rolled_back_keeps_the_bytes(ada: Actor) -> None:
    file = store(data_key_create())

    with rolled_back():
        file_delete(file=file, actor=ada)

    assert file_read(EncryptedFile.objects.get(pk=file.pk)) == PORTRAIT


@pytest.mark.django_db(transaction=True)
def test_all_files_under_a_key_go_together(ada: Actor, evidence_root: Path) -> None:
    data_key, other = data_key_create(), data_key_create()
    store(data_key)
    store(data_key)
    kept = store(other)

    assert files_delete_all(data_key=data_key, actor=ada) == 2

    assert files_below(evidence_root) == [file_path(kept.id)]


@pytest.mark.django_db(transaction=True)
def test_the_sweeper_puts_aside_what_a_rolled_back_transaction_left(evidence_root: Path) -> None:
    kept = store(data_key_create())
    with rolled_back():
        orphan = store(data_key_create())
    leftover = file_path(kept.id).with_suffix(".part")
    leftover.write_bytes(b"half")
    assert len(files_below(evidence_root)) == 3

    young = files_sweep()
    rehearsal = files_sweep(grace_s=-1, is_dry_run=True)
    report = files_sweep(grace_s=-1)

    assert young.removed == ()
    assert set(rehearsal.removed) == {f"{orphan.id}.bin", leftover.name}
    assert report == rehearsal
    assert files_below(evidence_root) == [file_path(kept.id)]
    assert {path.name for path in (evidence_root / ".orphans").iterdir()} == set(report.removed)


@pytest.mark.django_db(transaction=True)
def test_the_sweeper_finishes_a_deletion_that_a_crash_interrupted(
    ada: Actor, evidence_root: Path
) -> None:
    file = store(data_key_create())
    sealed = file_path(file.id).read_bytes()
    file_delete(file=file, actor=ada)
    file_path(file.id).write_bytes(sealed)

    report = files_sweep(grace_s=-1)

    assert (report.removed, report.deleted) == ((), 1)
    assert files_below(evidence_root) == []
    assert not (evidence_root / ".orphans").exists()


@pytest.mark.django_db(transaction=True)
def test_what_was_put_aside_is_deleted_a_week_later(evidence_root: Path) -> None:
    store(data_key_create())
    with rolled_back():
        orphan = store(data_key_create())
    files_sweep(grace_s=-1)
    aside = evidence_root / ".orphans" / f"{orphan.id}.bin"

    os.utime(aside, (time.time() - 6.9 * 86400,) * 2)
    assert files_sweep(grace_s=-1).deleted == 0
    assert aside.exists()

    os.utime(aside, (time.time() - 7.1 * 86400,) * 2)
    assert files_sweep(grace_s=-1, is_dry_run=True).deleted == 1
    assert aside.exists()
    assert files_sweep(grace_s=-1).deleted == 1
    assert not aside.exists()


def test_an_empty_database_costs_no_evidence(
    data_key: DataKey, evidence_root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = file_path(store(data_key).id)
    # What another, empty database looks like from here: other rows, another name.
    EncryptedFile.objects.all().delete()
    Installation.objects.all().delete()

    report = files_sweep(grace_s=-1)
    with pytest.raises(SystemExit) as exit_:
        call_command("sweep_evidence", grace=-1)

    assert report.refusal == f"{evidence_root} belongs to another database than DATABASE_URL names."
    assert report.removed == ()
    assert path.exists()
    assert exit_.value.code == 1
    assert "REFUSED:" in capsys.readouterr().out


def test_evidence_in_a_folder_without_an_owner_is_left_alone_until_it_is_adopted(
    data_key: DataKey, evidence_root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = file_path(store(data_key).id)
    EncryptedFile.objects.all().delete()
    (evidence_root / ".installation").unlink()
    second = file_path(store(data_key).id)

    assert files_sweep(grace_s=-1).refusal.endswith("(.installation is missing).")
    assert first.exists()

    call_command("sweep_evidence", adopt=True, grace=-1)

    assert "Put 1 files that no row names aside." in capsys.readouterr().out
    assert files_below(evidence_root) == [second]


@pytest.mark.django_db
def test_an_evidence_folder_that_was_never_used_needs_no_owner(evidence_root: Path) -> None:
    report = files_sweep(grace_s=-1)

    assert report == SweepReport(removed=(), lost=())
    assert not evidence_root.exists()


def test_the_command_reports_lost_evidence_with_exit_code_1(
    data_key: DataKey, capsys: pytest.CaptureFixture[str]
) -> None:
    file = store(data_key)
    file_path(file.id).unlink()

    with pytest.raises(SystemExit) as exit_:
        call_command("sweep_evidence")

    assert exit_.value.code == 1
    assert f"LOST: the file {file.id} is missing." in capsys.readouterr().out
