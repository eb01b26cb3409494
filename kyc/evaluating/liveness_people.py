"""Whose portraits are rendered: the two that packages bring, and those of a folder of faces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from kyc.evaluating.face_pairs import FaceMaterial, read_face_material
from kyc.evaluating.report import MaterialRefused
from kyc.simulation.portraits import PORTRAIT_NAMES, load_portrait
from kyc.vision.face_mesh import MeshFace, track
from kyc.vision.images import ImageRefused, read_image

Image = NDArray[np.uint8]

# A portrait to be turned looks ahead: turned further, the renderer has one cheek only.
_MAX_YAW_DEG = 13.0
_MAX_ROLL_DEG = 12.0
# Smaller ones are enlarged, and a person before a camera is not so blurred.
_MIN_FACE_PX = 150
# At rest the lips are closed: who laughs in the portrait would laugh throughout the video.
_MAX_MOUTH_OPENNESS = 0.2
# Of the height of the face, on every side: a head that turns needs its ears.
_MARGIN = 0.1
# As much is kept: the head and some of the room, the face this high.
_FACE_PX = 300
_REACH = (1.5, 1.5)


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """Somebody to be rendered.

    Attributes
    ----------
    name : str
        Of the portrait.
    portraits : tuple of ndarray of shape (height, width, 3), dtype=uint8
        BGR, each with one frontal face; at least one.
    strangers : frozenset of str
        Names of people who are certainly somebody else.
    """

    name: str
    portraits: tuple[Image, ...]
    strangers: frozenset[str]


def people_of(folder: Path | None) -> tuple[Person, ...]:
    """Everybody who can be rendered, in a fixed order.

    Parameters
    ----------
    folder : Path or None
        A ``faces/`` folder of photographs with pairs.csv; people of it that have no suitable
        photograph are left out. None, or one that cannot be used, for the built-in two.
    """
    suited = dict(_suited(folder)) if folder is not None else {}
    differ = _strangers(folder, suited) if folder is not None and suited else {}
    # Nobody of a folder of press photographs is one of the two of the packages.
    everybody = frozenset((*PORTRAIT_NAMES, *suited))
    built_in = [
        Person(name, (load_portrait(name, framing="selfie"),), everybody - {name})
        for name in PORTRAIT_NAMES
    ]
    given = [
        Person(name, tuple(portraits), differ.get(name, frozenset()) | frozenset(PORTRAIT_NAMES))
        for name, portraits in sorted(suited.items())
    ]
    return (*built_in, *given)


def suited_portrait(photograph: Image) -> Image | None:
    """The head and shoulders of a photograph, None if it is not one to be rendered.

    Parameters
    ----------
    photograph : ndarray of shape (height, width, 3), dtype=uint8
        BGR.
    """
    faces = track(photograph)
    if len(faces) != 1 or not (_is_suited(faces[0]) and _is_inside(faces[0], photograph)):
        return None
    return _cropped(photograph, faces[0])


def _is_suited(face: MeshFace) -> bool:
    return (
        abs(face.yaw_deg) <= _MAX_YAW_DEG
        and abs(face.roll_deg) <= _MAX_ROLL_DEG
        and face.box[3] >= _MIN_FACE_PX
        and face.mouth_openness <= _MAX_MOUTH_OPENNESS
    )


def _is_inside(face: MeshFace, photograph: Image) -> bool:
    left, top, width, height = face.box
    margin = _MARGIN * height
    return (
        min(left, top) > margin
        and left + width < photograph.shape[1] - margin
        and top + height < photograph.shape[0] - margin
    )


def _cropped(photograph: Image, face: MeshFace) -> Image:
    left, top, width, height = face.box
    middle = np.array([left + width / 2, top + height / 2])
    reach = np.array(_REACH) * height
    low = np.maximum(middle - reach, 0).astype(int)
    high = (middle + reach).astype(int)
    part = photograph[low[1] : high[1], low[0] : high[0]]
    scale = min(1.0, _FACE_PX / height)
    small = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def _suited(folder: Path) -> Iterator[tuple[str, Sequence[Image]]]:
    material = _material(folder)
    if material is None:
        return
    for person in sorted(set(material.person_of.values())):
        names = [name for name in material.names if material.person_of[name] == person]
        portraits = [
            one for name in names if (one := _portrait(material.path_of(name))) is not None
        ]
        if portraits:
            yield person, portraits


def _portrait(path: Path) -> Image | None:
    try:
        return suited_portrait(read_image(path.read_bytes()).pixels)
    except (OSError, ImageRefused):
        return None


def _material(folder: Path) -> FaceMaterial | None:
    try:
        return read_face_material(folder)
    except MaterialRefused:
        return None


def _strangers(folder: Path, suited: dict[str, Sequence[Image]]) -> dict[str, frozenset[str]]:
    """Who is labelled as somebody else; without a label two names may be one person."""
    material = read_face_material(folder)
    apart = {
        frozenset((material.person_of[pair.file_x], material.person_of[pair.file_y]))
        for pair in material.pairs
        if not pair.is_same
    }
    return {
        one: frozenset(other for other in suited if frozenset((one, other)) in apart)
        for one in suited
    }
