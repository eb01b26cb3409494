from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from fraudsite.local import static_files
from fraudsite.local.static_files import static_files_gather


@pytest.fixture
def sources(settings: Any, tmp_path: Path) -> Path:
    """A folder of static files of its own, gathered nowhere yet."""
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "site.css").write_text("body { color: green }")
    settings.STATICFILES_DIRS = [folder]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    return folder


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How often the files were really gathered."""
    calls: list[str] = []
    real = static_files.call_command

    def call_command(name: str, **options: Any) -> None:
        calls.append(name)
        real(name, **options)

    monkeypatch.setattr(static_files, "call_command", call_command)
    return calls


def gathered(root: Path) -> set[str]:
    return {path.name.split(".")[0] for path in root.glob("*.css")}


def test_the_same_files_are_gathered_once(sources: Path, runs: list[str], settings: Any) -> None:
    static_files_gather()
    static_files_gather()

    assert runs == ["collectstatic"]
    assert gathered(settings.STATIC_ROOT) == {"site"}


def test_a_file_that_changed_or_came_is_gathered(
    sources: Path, runs: list[str], settings: Any
) -> None:
    static_files_gather()
    (sources / "staff.css").write_text("body {}")
    static_files_gather()
    (sources / "site.css").write_text("body { color: black }")
    # Later than what was gathered, whatever the clock of the disk.
    os.utime(sources / "site.css", (2**31, 2**31))
    static_files_gather()

    assert len(runs) == 3
    assert gathered(settings.STATIC_ROOT) == {"site", "staff"}
    assert (settings.STATIC_ROOT / "site.css").read_text() == "body { color: black }"


def test_what_was_gathered_and_is_gone_is_gathered_again(
    sources: Path, runs: list[str], settings: Any
) -> None:
    static_files_gather()
    (settings.STATIC_ROOT / "staticfiles.json").unlink()
    static_files_gather()

    assert len(runs) == 2


def test_a_gathering_that_broke_off_is_begun_again(
    sources: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    static_files_gather()
    (sources / "staff.css").write_text("body {}")

    def broken(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(static_files, "call_command", broken)
        with pytest.raises(KeyboardInterrupt):
            static_files_gather()
    (sources / "staff.css").unlink()
    (settings.STATIC_ROOT / "site.css").unlink()
    static_files_gather()

    assert gathered(settings.STATIC_ROOT) == {"site"}
