from __future__ import annotations

import shutil
from collections import namedtuple
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from transactions.columns import FILES
from transactions.simulation import History, SimulationPlan, generate
from transactions.simulation.files import FolderRefused, demand_room, expected_bytes, write

PLAN = SimulationPlan(users=50, transactions=1_000)
Usage = namedtuple("Usage", "total used free")


@pytest.fixture(scope="module")
def small() -> History:
    return generate(PLAN)


def test_what_is_written_is_read_again_column_for_column(small: History, tmp_path: Path) -> None:
    told: list[str] = []

    rows = write(small, tmp_path / "new" / "folder", told.append)

    assert list(rows) == told == list(FILES)
    for name, frame in small.tables():
        read = pl.read_parquet(tmp_path / "new" / "folder" / f"{name}.parquet")
        assert_frame_equal(read, frame)
        assert dict(read.schema) == FILES[name]
        assert rows[name] == frame.height
    assert not list(tmp_path.rglob("*.part"))


def test_writing_twice_gives_the_same_bytes(small: History, tmp_path: Path) -> None:
    write(small, tmp_path / "one")
    write(generate(PLAN), tmp_path / "two")

    for name in FILES:
        one, two = (tmp_path / folder / f"{name}.parquet" for folder in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()


def test_a_folder_that_holds_something_is_refused_unless_it_may_be_replaced(
    tmp_path: Path,
) -> None:
    (tmp_path / "notes.txt").write_text("mine")

    with pytest.raises(FolderRefused, match="is not empty; --force replaces the history in it"):
        demand_room(tmp_path, PLAN, may_replace=False)

    demand_room(tmp_path, PLAN, may_replace=True)
    demand_room(tmp_path / "not" / "there", PLAN, may_replace=False)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")

    with pytest.raises(FolderRefused, match="is a file; name a folder"):
        demand_room(tmp_path / "notes.txt", PLAN, may_replace=True)


def test_a_full_disk_is_told_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = Usage(10, 10, expected_bytes(PLAN) - 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)

    with pytest.raises(FolderRefused, match=r"has 0 MB left, and the history takes about 0 MB"):
        demand_room(tmp_path, PLAN, may_replace=False)


def test_a_disk_that_fills_up_is_told_in_a_sentence_and_leaves_no_half_file(
    small: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(frame: pl.DataFrame, path: Path, **_: object) -> None:
        path.write_bytes(b"PAR1")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)

    with pytest.raises(FolderRefused, match=r"cannot be written to .*No space left on device"):
        write(small, tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_the_room_that_is_asked_for_is_enough_and_not_absurd(tmp_path: Path) -> None:
    plan = SimulationPlan(users=2_000, transactions=100_000)
    write(generate(plan), tmp_path)

    taken = sum(path.stat().st_size for path in tmp_path.iterdir())

    assert taken <= expected_bytes(plan) <= 2 * taken
