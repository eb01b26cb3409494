"""What is written, as root, into folders that the servers' account owns."""

from __future__ import annotations

import os
import pwd
import stat
from pathlib import Path

import pytest

from fraudsite.local.service_account import ServerHome, write_new
from fraudsite.local.trouble import ServerTrouble

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
NOBODY = pwd.getpwnam("nobody")


def home_of(folder: Path, uid: int | None = None, gid: int | None = None) -> ServerHome:
    return ServerHome(folder, uid, gid, is_outside_checkout=False)


def test_a_link_in_place_of_a_private_file_is_replaced_and_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "shadow"
    target.write_text("untouched")
    link = tmp_path / "valkey.conf"
    link.symlink_to(target)

    home_of(tmp_path, os.geteuid(), os.getegid()).write_private(link, "requirepass secret")

    assert target.read_text() == "untouched"
    assert not link.is_symlink()
    assert link.read_text() == "requirepass secret"
    assert stat.S_IMODE(link.stat().st_mode) == 0o600


def test_a_written_file_replaces_an_open_one_and_leaves_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "address.json"
    path.write_text("old")
    path.chmod(0o644)

    write_new(path, "new")

    assert [found.name for found in tmp_path.iterdir()] == ["address.json"]
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("new", 0o600)


def test_a_link_in_place_of_a_private_folder_is_refused(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    (tmp_path / "logs").symlink_to(elsewhere)

    with pytest.raises(ServerTrouble, match=r"logs is no folder of user .+ Move it away"):
        home_of(tmp_path).private_folder("logs")

    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o755


@as_root
def test_a_folder_of_somebody_else_is_refused_and_stays_theirs(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()

    with pytest.raises(ServerTrouble, match="is no folder of user nobody"):
        home_of(tmp_path, NOBODY.pw_uid, NOBODY.pw_gid).private_folder("postgres")

    assert (tmp_path / "postgres").stat().st_uid == 0


@as_root
def test_a_new_folder_and_a_new_file_belong_to_the_account(tmp_path: Path) -> None:
    home = home_of(tmp_path, NOBODY.pw_uid, NOBODY.pw_gid)

    folder = home.private_folder("valkey")
    home.write_private(folder / "valkey.conf", "port 1")

    found = folder.stat()
    assert (found.st_uid, stat.S_IMODE(found.st_mode)) == (NOBODY.pw_uid, 0o700)
    assert (folder / "valkey.conf").stat().st_uid == NOBODY.pw_uid
    assert home.private_folder("valkey") == folder
