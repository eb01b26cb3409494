"""What `make clean-data` deletes, and what it leaves alone."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fraudsite.environment import CHECKOUT

CLEAN = "import sys; from fraudsite.local import clean_data; sys.exit(clean_data.main())"
# Looks, in the moment of deletion, whether somebody could start the servers.
CLEAN_AND_LOOK = """
import fcntl, sys
from fraudsite.local import clean_data

delete = clean_data._delete

def delete_and_look(var):
    delete(var)
    for name in ("servers.start.lock", "servers.users.lock"):
        with (var / name).open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
                print("free:", name)
            except BlockingIOError:
                print("held:", name)

clean_data._delete = delete_and_look
sys.exit(clean_data.main())
"""


@pytest.fixture
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("var")
    # As root, the servers' account must be able to get there.
    for parent in (folder, *folder.parents[:2]):
        if "pytest" in str(parent):
            parent.chmod(0o755)
    return folder


def clean(var: Path, script: str = CLEAN, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=CHECKOUT,
        env={**os.environ, "FRAUDSITE_VAR": str(var), "EVIDENCE_ROOT": "", **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_data_go_and_models_stay(var: Path) -> None:
    for folder in ("evidence/aa", "run", "models"):
        (var / folder).mkdir(parents=True)
    for ending in ("", ".bak", ".dat", ".dir", "-shm"):
        (var / f"celerybeat-schedule{ending}").touch()

    result = clean(var)

    assert (result.returncode, result.stderr) == (0, "")
    assert {path.name for path in var.iterdir() if not path.name.endswith(".lock")} == {"models"}


def test_an_evidence_folder_of_another_name_below_var_goes_too(var: Path) -> None:
    (var / "vault" / "aa").mkdir(parents=True)

    result = clean(var, EVIDENCE_ROOT=str(var / "vault"))

    assert result.returncode == 0
    assert not (var / "vault").exists()


def test_an_evidence_folder_elsewhere_is_named_and_left_alone(var: Path, tmp_path: Path) -> None:
    (tmp_path / "aa").mkdir()

    result = clean(var, EVIDENCE_ROOT=str(tmp_path))

    assert result.returncode == 0
    assert f"{tmp_path} (EVIDENCE_ROOT) lies outside {var} and is left alone" in result.stdout
    assert (tmp_path / "aa").exists()


def test_nobody_can_start_the_servers_before_everything_is_gone(var: Path) -> None:
    result = clean(var, CLEAN_AND_LOOK)

    assert "held: servers.start.lock\nheld: servers.users.lock\n" in result.stdout


def test_data_in_use_are_left_alone(var: Path) -> None:
    (var / "evidence").mkdir()
    with (var / "servers.users.lock").open("w") as user:
        fcntl.flock(user, fcntl.LOCK_SH)

        result = clean(var)

    assert result.returncode == 1
    assert result.stderr == "clean-data: something still runs here. Stop it first.\n"
    assert (var / "evidence").exists()
