"""A stored model is whole, unharmed, of today's features, or refused with a sentence."""

from __future__ import annotations

import hashlib
import json
import os
import pickletools
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scoring.ml import artefact
from scoring.ml.artefact import (
    ModelDamaged,
    ModelExists,
    ModelMissing,
    SchemaMismatch,
    read_artefact,
    write_artefact,
)
from scoring.ml.model import load_model
from scoring.ml.training import TrainedModel
from tests.scoring.ml.conftest import NAMES, SCHEMA_HASH

FILES = {"manifest.json", "xgboost.json", "calibration.json", "reference.json"}


@pytest.fixture
def folder(trained: TrainedModel, tmp_path: Path) -> Path:
    place = tmp_path / "models" / "payments-1"
    trained.save(place)
    return place


def _change_manifest(folder: Path, change: Callable[[dict[str, object]], None]) -> None:
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    change(manifest)
    path.write_text(json.dumps(manifest))


def test_it_comes_back_as_it_was(trained: TrainedModel, tmp_path: Path) -> None:
    digest = trained.save(tmp_path / "m")
    features = np.random.default_rng(1).standard_normal((50, len(NAMES))).astype(np.float32)

    model = load_model(tmp_path / "m", SCHEMA_HASH, digest=digest)

    assert model.scores(features).tobytes() == trained.model.scores(features).tobytes()
    assert model.calibration == trained.model.calibration
    assert model.reference == trained.model.reference
    assert model.digest == digest
    assert model.version == "payments@1"
    assert model.manifest == replace(trained.manifest, files=model.manifest.files)


def test_a_folder_holds_plain_files_and_nothing_else(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == FILES
    assert [path.name for path in folder.parent.iterdir()] == ["payments-1"]
    for path in folder.iterdir():
        with pytest.raises(ValueError, match=r"."):
            pickletools.dis(path.read_bytes(), out=open(os.devnull, "w"))  # noqa: PTH123, SIM115


def test_the_manifest_names_every_file_with_its_digest(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())

    assert set(manifest["files"]) == FILES - {"manifest.json"}
    for name, entry in manifest["files"].items():
        data = (folder / name).read_bytes()
        assert entry == {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def test_storing_twice_is_refused_and_changes_nothing(trained: TrainedModel, folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    with pytest.raises(ModelExists, match="payments-1 already"):
        trained.save(folder)

    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_what_a_killed_process_left_is_written_over(trained: TrainedModel, tmp_path: Path) -> None:
    half = tmp_path / "m.part"
    half.mkdir()
    (half / "rubbish.bin").write_bytes(b"half")

    trained.save(tmp_path / "m")

    assert {path.name for path in (tmp_path / "m").iterdir()} == FILES
    assert not half.exists()


def test_a_disk_that_fails_leaves_nothing_behind(
    trained: TrainedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(artefact.os, "fsync", full)

    with pytest.raises(OSError, match="No space left"):
        trained.save(tmp_path / "m")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../evil.json", "a/b.json", ".hidden", "x", "A.JSON", "/etc/x.y"])
def test_only_plain_names_are_written(trained: TrainedModel, tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="no name for a file of a model"):
        write_artefact(tmp_path / "m", trained.manifest, {name: b"x"})

    assert list(tmp_path.iterdir()) == []


def test_no_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="There is no model in nowhere"):
        load_model(tmp_path / "nowhere", SCHEMA_HASH)


def test_a_file_in_its_place_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")

    with pytest.raises(ModelMissing, match="no model in file"):
        load_model(tmp_path / "file", SCHEMA_HASH)


def test_other_features_are_refused_by_name(folder: Path) -> None:
    with pytest.raises(
        SchemaMismatch, match=r"payments 1 was trained on features 0123456789abcdef"
    ):
        load_model(folder, "ffffffffffffffff")


@pytest.mark.parametrize("name", sorted(FILES))
def test_any_flipped_bit_is_noticed(trained: TrainedModel, tmp_path: Path, name: str) -> None:
    digest = trained.save(tmp_path / "m")
    path = tmp_path / "m" / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)

    with pytest.raises(ModelDamaged):
        load_model(tmp_path / "m", SCHEMA_HASH, digest=digest)


@pytest.mark.parametrize("name", sorted(FILES - {"manifest.json"}))
def test_a_missing_or_longer_file_is_noticed(folder: Path, name: str) -> None:
    data = (folder / name).read_bytes()

    (folder / name).write_bytes(data + b"\n")
    with pytest.raises(ModelDamaged, match=name):
        load_model(folder, SCHEMA_HASH)

    (folder / name).unlink()
    with pytest.raises(ModelDamaged, match=f"{name} of model payments-1 cannot be read"):
        load_model(folder, SCHEMA_HASH)


def test_a_folder_exchanged_as_a_whole_is_noticed(trained: TrainedModel, tmp_path: Path) -> None:
    digest = trained.save(tmp_path / "m")
    _change_manifest(tmp_path / "m", lambda manifest: manifest.update(is_demo=False))

    load_model(tmp_path / "m", SCHEMA_HASH)
    with pytest.raises(ModelDamaged, match="not the one that was registered"):
        load_model(tmp_path / "m", SCHEMA_HASH, digest=digest)


@pytest.mark.parametrize("name", ["../secret.json", "/etc/passwd.x", "sub/model.json", ".env"])
def test_a_manifest_cannot_name_files_elsewhere(folder: Path, name: str) -> None:
    (folder.parent / "secret.json").write_text("{}")

    def name_it(manifest: dict[str, object]) -> None:
        manifest["files"][name] = {"sha256": hashlib.sha256(b"{}").hexdigest(), "bytes": 2}

    _change_manifest(folder, name_it)

    with pytest.raises(ModelDamaged, match="names a file that no model has"):
        load_model(folder, SCHEMA_HASH)


def test_links_are_not_followed(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.json"
    (folder / "xgboost.json").rename(elsewhere)
    (folder / "xgboost.json").symlink_to(elsewhere)

    with pytest.raises(ModelDamaged, match=r"xgboost\.json of model payments-1 cannot be read"):
        load_model(folder, SCHEMA_HASH)


def test_a_pipe_does_not_hang_the_reader(folder: Path) -> None:
    (folder / "xgboost.json").unlink()
    os.mkfifo(folder / "xgboost.json")

    with pytest.raises(ModelDamaged, match="no plain file"):
        load_model(folder, SCHEMA_HASH)


@pytest.mark.parametrize("size", [-1, artefact.LARGEST_FILE + 1])
def test_sizes_are_bounded(folder: Path, size: int) -> None:
    _change_manifest(folder, lambda m: m["files"]["xgboost.json"].update(bytes=size))

    with pytest.raises(ModelDamaged, match="names a file that no model has"):
        load_model(folder, SCHEMA_HASH)


def test_a_manifest_beyond_its_bound_is_not_read(folder: Path) -> None:
    with (folder / "manifest.json").open("ab") as stream:
        stream.truncate(artefact.LARGEST_MANIFEST + 1)

    with pytest.raises(ModelDamaged, match="no plain file of at most"):
        load_model(folder, SCHEMA_HASH)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"format": 1}', '{"name": 3}', "\x00"])
def test_a_manifest_that_is_none_is_refused(folder: Path, text: str) -> None:
    (folder / "manifest.json").write_text(text)

    with pytest.raises(ModelDamaged, match="manifest of model payments-1 cannot be read"):
        load_model(folder, SCHEMA_HASH)


def test_a_later_form_is_refused_by_its_number(folder: Path) -> None:
    _change_manifest(folder, lambda manifest: manifest.update(format=2, something_new={}))

    with pytest.raises(ModelDamaged, match="stored in form 2, not 1"):
        load_model(folder, SCHEMA_HASH)


def test_a_member_of_an_unknown_kind_is_refused(folder: Path) -> None:
    _change_manifest(folder, lambda manifest: manifest["members"][0].update(kind="oracle"))

    with pytest.raises(ModelDamaged, match="is not complete"):
        load_model(folder, SCHEMA_HASH)


def test_nothing_is_parsed_before_its_digest_fits(folder: Path) -> None:
    read = read_artefact(folder, schema_hash=SCHEMA_HASH)

    assert set(read.files) == FILES - {"manifest.json"}
    assert read.digest == hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()


def test_serving_needs_neither_xgboost_nor_scikit_learn() -> None:
    code = (
        "import sys, scoring.ml; print(sorted({'xgboost', 'sklearn', 'pandas'} & set(sys.modules)))"
    )

    found = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        cwd=Path(artefact.__file__).parents[2],
    )

    assert found.stdout.decode().strip() == "[]"
