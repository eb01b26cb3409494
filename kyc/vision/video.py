"""Frames of an uploaded video, decoded without trusting a word of it.

A liveness video comes from a stranger's browser: MediaRecorder writes WebM (Chromium, Firefox)
or MP4 (Safari); GIF and Motion-JPEG are what test clips and fake cameras use. The container is
recognised by its first bytes, never by a name or a declared type. Decoders are large and written
in C, and some films crash them, so that a film is opened in a process of its own
(`kyc.vision.video_worker`), which has little time, little memory, no place to write to and nobody
else's data; only pixels come back.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kyc.vision.child_process import ChildFailed, ChildKilled, pixels_of, run_child

ContainerType = Literal["webm", "mp4", "gif", "mjpeg"]
Pixels = NDArray[np.uint8]

# A stream of JPEG pictures carries no times. Chromium plays such a file as a camera at 30 frames
# a second (media/capture/video/file_video_capture_device.cc, kMJpegFrameRate): read back as such.
MJPEG_FPS = 30.0

CONTAINER_NAMES: dict[ContainerType, str] = {
    "webm": "WebM",
    "mp4": "MP4",
    "gif": "GIF",
    "mjpeg": "Motion-JPEG",
}
# VP8, VP9, AV1, H.264 and HEVC, by the names that OpenCV gives them: what MediaRecorder writes.
BROWSER_CODECS = ("vp80", "vp90", "av01", "h264", "avc1", "hevc", "hvc1")
# Test clips besides. Everything else FFmpeg decodes stays out of reach.
CLIP_CODECS = ("mp4v", "fmp4", "mjpg")

_EBML_HEADER = b"\x1a\x45\xdf\xa3"
_EBML_DOCTYPES = (b"webm", b"matroska")

# Processor time is limited by `VideoLimits`; a busy machine may take longer to grant it.
WAIT_FACTOR = 2
WORKER = "kyc.vision.video_worker"

# Number, time, height and width of a frame.
_Place = tuple[int, float, int, int]
_Wanted = int | Literal["sampled", "times"]


@dataclass(frozen=True, slots=True)
class VideoLimits:
    """What a video may cost, enforced before and while it is decoded.

    Attributes
    ----------
    max_bytes : int
        Size of the upload. MediaRecorder's own choice of 2.5 Mbit/s makes 6 MB of 20 s.
    max_duration_ms : int
        Longest time from the first frame to the last.
    max_pixels : int
        Width times height of a frame (2560 x 1440 fits).
    max_frames : int
        Frames decoded at most (20 s at 60 a second, and a little).
    min_frames : int
        Fewer sampled frames than this are a picture, not a video.
    sample_fps : float
        Frames kept for a second of video, at most.
    max_side_px : int
        Longer side of the frames kept; larger ones are scaled down.
    min_side_px : int
        Shorter side of a frame; no face can be seen in less.
    max_elongation : float
        Longer side of a frame over the shorter: cameras have 2.4 at most.
    containers, codecs : tuple of str
        What is opened at all.
    max_cpu_s : int
        Processor time of decoding. 20 s at 2560 x 1440 and 60 a second take 13 s (VP8 and VP9, of
        the 25 MB allowed; 10 ms a frame, and 12 ms more where it is kept).
    max_memory_bytes : int
        Address space of decoding. One of 2560 x 1440 takes 0.4 GB; the frames kept, 0.3 at most,
        are in it.
    """

    max_bytes: int = 25_000_000
    max_duration_ms: int = 20_000
    max_pixels: int = 4_000_000
    max_frames: int = 1_260
    min_frames: int = 2
    sample_fps: float = 12.0
    max_side_px: int = 640
    min_side_px: int = 64
    max_elongation: float = 6.0
    containers: tuple[ContainerType, ...] = ("webm", "mp4", "gif", "mjpeg")
    codecs: tuple[str, ...] = BROWSER_CODECS + CLIP_CODECS
    max_cpu_s: int = 30
    max_memory_bytes: int = 1_500_000_000


# What a browser records, and nothing that only test clips are made of.
BROWSER_LIMITS = VideoLimits(containers=("webm", "mp4"), codecs=BROWSER_CODECS)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One frame of a video.

    Attributes
    ----------
    index : int
        Number of the frame in the source, from 0, those that were not sampled counted too.
    at_ms : float
        Milliseconds since the first frame, by the time stamps of the container.
    pixels : ndarray of shape (height, width, 3), dtype=uint8
        BGR, 0-255.
    """

    index: int
    at_ms: float
    pixels: Pixels


class VideoRefused(Exception):
    """A video that will not be looked at; `code` for programs, `sentence` for the person."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


def read_frames(data: bytes, limits: VideoLimits | None = None) -> list[Frame]:
    """Evenly sampled frames of a video.

    Parameters
    ----------
    data : bytes
        A whole WebM, Matroska, MP4, GIF or concatenated-JPEG file.
    limits : VideoLimits, optional
        What it may cost.

    Returns
    -------
    list of Frame
        In order of time, at most `limits.sample_fps` a second and `limits.max_side_px` long.

    Raises
    ------
    VideoRefused
        With the code `empty`, `too_large`, `unknown_type`, `unreadable`, `unknown_codec`,
        `too_many_pixels`, `too_many_frames`, `too_long`, `broken_times` or `too_short`; with
        `too_complex` where decoding took too much time or memory, or crashed, and `not_opened`
        where it never came so far, which is no fault of the film.

    Notes
    -----
    The process takes 0.15 s of processor time to start, and 0.2 s to hand over the pixels of ten
    seconds at 640 x 480.

    Frame count and frame rate in the header are never read: a browser writes WebM as a stream and
    leaves both out, and an attacker writes what he likes. Only what was decoded counts.
    """
    return _frames(*_asked(data, "sampled", limits or VideoLimits()))


def video_length_ms(data: bytes, limits: VideoLimits | None = None) -> float:
    """Time from the first sampled frame to the last, of a video that can be read to its end.

    Costs what `read_frames` costs the decoder, and the caller no memory.

    Raises
    ------
    VideoRefused
        As `read_frames`.
    """
    places, _ = _asked(data, "times", limits or VideoLimits())
    _, at_ms, _, _ = places[-1]
    return at_ms


def read_frame(data: bytes, index: int, limits: VideoLimits | None = None) -> Frame:
    """One frame of a video, in the size the camera delivered.

    Parameters
    ----------
    data : bytes
        The bytes that `read_frames` was given.
    index : int
        `Frame.index` of the frame wanted, >= 0.
    limits : VideoLimits, optional
        What it may cost.

    Returns
    -------
    Frame
        The frame, not scaled.

    Raises
    ------
    VideoRefused
        As `read_frames`; `too_short` when the video has no such frame.
    """
    return _frames(*_asked(data, index, limits or VideoLimits()))[0]


def container_type(data: bytes) -> ContainerType | None:
    r"""The container by its first bytes, None if it is none of the four that are known.

    Examples
    --------
    >>> container_type(b"GIF89a")
    'gif'
    >>> container_type(b"#EXTM3U\nhttp://example.org/a.ts") is None
    True
    """
    if data.startswith(_EBML_HEADER) and any(name in data[:64] for name in _EBML_DOCTYPES):
        return "webm"
    if data[4:8] == b"ftyp":
        return "mp4"
    if data[:6] in {b"GIF87a", b"GIF89a"}:
        return "gif"
    if data.startswith(b"\xff\xd8\xff"):
        return "mjpeg"
    return None


def container_checked(data: bytes, limits: VideoLimits) -> ContainerType:
    """The container, of a size and a type that are taken; raises VideoRefused otherwise."""
    if not data:
        raise VideoRefused("empty", "The video is empty. Please record it again.")
    if len(data) > limits.max_bytes:
        megabytes = limits.max_bytes // 1_000_000
        raise VideoRefused("too_large", f"The video is larger than {megabytes} MB.")
    container = container_type(data)
    if container is None or container not in limits.containers:
        raise VideoRefused("unknown_type", f"This is not a {_named(limits.containers)} video.")
    return container


def _named(containers: Sequence[ContainerType]) -> str:
    *others, last = (CONTAINER_NAMES[container] for container in containers)
    return f"{', '.join(others)} or {last}" if others else last


def _asked(data: bytes, wanted: _Wanted, limits: VideoLimits) -> tuple[list[_Place], memoryview]:
    """Which frames the worker found, and the pixels of those it was to send."""
    container_checked(data, limits)
    task = json.dumps({"wanted": wanted, "limits": asdict(limits)})
    try:
        head, pixels = run_child(
            WORKER, data, arguments=[task], wait_s=limits.max_cpu_s * WAIT_FACTOR
        )
    except ChildKilled as error:
        raise too_complex() from error
    except ChildFailed as error:
        sentence = "The video could not be opened just now. Please send it again in a moment."
        raise VideoRefused("not_opened", sentence) from error
    if "refused" in head:
        raise VideoRefused(head["refused"], head["sentence"])
    return head["frames"], pixels


def _frames(places: list[_Place], pixels: memoryview) -> list[Frame]:
    pictures = pixels_of([(height_px, width_px) for _, _, height_px, width_px in places], pixels)
    return [
        Frame(index, at_ms, picture)
        for (index, at_ms, _, _), picture in zip(places, pictures, strict=True)
    ]


def too_complex() -> VideoRefused:
    """The refusal of a film that takes too much time or memory, or crashes its decoder."""
    return VideoRefused("too_complex", "The video is too heavy to open. Please record it again.")
