"""Whether single pictures of a face look like a print or a screen: passive anti-spoofing.

The two networks are minivision's MiniFASNet (Apache-2.0), run by deepface's ONNX engine. They are
there where the operator fetched them; absent, the check is skipped and says so: it never passes.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from kyc.vision.face_mesh import track
from kyc.vision.faces.detect import detect_faces
from kyc.vision.weights import (
    DEEPFACE_ENGINE_VARIABLE,
    DEEPFACE_HOME_VARIABLE,
    deepface_home,
    model_file,
    require,
)

Pixels = NDArray[np.uint8]
# Left, top, width and height of a face from forehead to chin, pixels.
Box = tuple[int, int, int, int]
SpoofModel = Callable[[Pixels, Box], float]

ENGINE = "deepface-fasnet"
NETWORKS = ("fasnet-2.7", "fasnet-4.0")
# Their pinned digests, under deepface's own names.
WEIGHTS = {file.file_name: file.sha256 for file in map(model_file, NETWORKS)}
# The class of the networks that means a living face; the two others are print and screen.
_LIVE_CLASS = 1
# Around the face, in its own sizes, what each network was trained to see.
_SURROUNDINGS = (2.7, 4.0)
_NETWORK_PX = 80
# The detector's square begins at the eyebrows; the networks know faces from the forehead down.
_FOREHEAD_SHARE = 0.15


@dataclass(frozen=True, slots=True)
class PassivePolicy:
    """Threshold of the passive check.

    Attributes
    ----------
    min_live : float
        Below it, a picture is called a spoof; the median over a video's pictures decides. Halfway
        between classes, not fitted: there is too little to fit on. On 2 photographs and 4 clips
        (36 live, 20 attack frames, November 2026) live frames read .66-1, attack frames 0-.23.
    max_pictures : int
        How many pictures of a video are looked at, about 25 ms each.
    """

    min_live: float = 0.5
    max_pictures: int = 5


@dataclass(frozen=True, slots=True)
class PassiveReport:
    """What single pictures say about a face.

    Attributes
    ----------
    state : {"available", "skipped"}
        "skipped": nothing was judged, which is not a pass.
    reason : str
        Why it was skipped: "no_weights", "not_asked" or "no_face"; empty otherwise.
    scores : tuple of float
        Probability of a living face in each picture, 0-1.
    score, threshold : float or None, float
        Median of `scores`, and what it is compared with.
    is_spoof : bool or None
        None when skipped.
    engine, engine_version : str
    duration_ms : float
    """

    state: Literal["available", "skipped"]
    reason: str
    scores: tuple[float, ...]
    score: float | None
    threshold: float
    is_spoof: bool | None
    engine: str
    engine_version: str
    duration_ms: float


def judge_passive(
    pictures: Sequence[Pixels],
    model: SpoofModel | None,
    *,
    policy: PassivePolicy | None = None,
) -> PassiveReport:
    """Judge pictures of one face, from a video or a still.

    Parameters
    ----------
    pictures : sequence of ndarray of shape (height, width, 3), dtype=uint8
        BGR, uncut: the networks look at the surroundings too. Those without a face are left out.
    model : SpoofModel or None
        From `load_spoof_model`; None where there are no weights.
    policy : PassivePolicy, optional

    Returns
    -------
    PassiveReport
    """
    started = time.perf_counter()
    policy = policy or PassivePolicy()
    if model is None:
        return skipped("no_weights", policy)
    boxes = [(picture, _face_box(picture)) for picture in pictures]
    scores = tuple(float(model(picture, box)) for picture, box in boxes if box is not None)
    if not scores:
        return skipped("no_face", policy)
    score = float(np.median(scores))
    return PassiveReport(
        state="available",
        reason="",
        scores=scores,
        score=score,
        threshold=policy.min_live,
        # This way round, what is not a number is no pass.
        is_spoof=not score >= policy.min_live,
        engine=ENGINE,
        engine_version=engine_version(),
        duration_ms=(time.perf_counter() - started) * 1000,
    )


def skipped(reason: str, policy: PassivePolicy | None = None) -> PassiveReport:
    """The report of a check that did not look, which is no pass.

    Examples
    --------
    >>> skipped("no_weights").is_spoof is None
    True
    """
    threshold = (policy or PassivePolicy()).min_live
    return PassiveReport("skipped", reason, (), None, threshold, None, ENGINE, "", 0.0)


def engine_version() -> str:
    """Version of the engine and the first digits of its weights."""
    digests = "+".join(digest[:8] for digest in WEIGHTS.values())
    return f"deepface {version('deepface')}, weights {digests}"


def load_spoof_model() -> SpoofModel:
    """The networks as one function from a picture and a face to the probability of life.

    Raises
    ------
    WeightsUnavailable
        When a file is missing or not the pinned one; nothing is downloaded.
    """
    require(*NETWORKS)
    return _load(str(deepface_home()))


@lru_cache(maxsize=1)
def _load(home: str) -> SpoofModel:
    # deepface reads both variables when it is first used.
    os.environ[DEEPFACE_HOME_VARIABLE] = home
    os.environ[DEEPFACE_ENGINE_VARIABLE] = "onnx"
    from deepface.commons.onnx_utils import run_session  # noqa: PLC0415 - heavy
    from deepface.models.spoofing.FasNetUtils import crop  # noqa: PLC0415
    from deepface.models.spoofing.onnx.FasNet import Fasnet  # noqa: PLC0415

    networks = Fasnet()
    lock = threading.Lock()

    def live_probability(picture: Pixels, box: Box) -> float:
        with lock:
            answers = [
                np.ravel(run_session(network, crop(picture, box, scale, _NETWORK_PX, _NETWORK_PX)))
                for network, scale in zip(_networks_of(networks), _SURROUNDINGS, strict=True)
            ]
        return float(np.mean([answer[_LIVE_CLASS] for answer in answers]))

    return live_probability


def _networks_of(networks: Any) -> tuple[Any, Any]:
    return networks.first_model, networks.second_model


def _face_box(picture: Pixels) -> Box | None:
    """The face from forehead to chin; the detector finds some that the mesh does not."""
    faces = track(picture)
    if faces:
        left, top, width, height = (round(value) for value in faces[0].box)
        return left, top, width, height
    found = detect_faces(picture)
    if not found:
        return None
    left, top, width, height = found[0].box
    higher = round(_FOREHEAD_SHARE * height)
    return left, top - higher, width, height + higher
