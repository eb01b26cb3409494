"""Frames of an uploaded video, decoded without trusting a word of it.

A liveness video comes from a stranger's browser: MediaRecorder writes WebM (Chromium, Firefox)
or MP4 (Safari); GIF and Motion-JPEG are what test clips and fake cameras use. The container is
recognised by its first bytes, never by a name or a declared type, and is decoded from memory: no
file is written, and FFmpeg has no path or address to follow.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, cast

import cv2
import numpy as np
from numpy.typing import NDArray

ContainerType = Literal["webm", "mp4", "gif", "mjpeg"]
Pixels = NDArray[np.uint8]

# A stream of JPEG pictures carries no times. Chromium plays such a file as a camera at 30 frames
# a second (media/capture/video/file_video_capture_device.cc, kMJpegFrameRate): read back as such.
MJPEG_FPS = 30.0

# What browsers record and test clips use. Everything else FFmpeg decodes stays out of reach.
_CODECS = frozenset(
    {"vp80", "vp90", "av01", "avc1", "h264", "hevc", "hvc1", "mp4v", "fmp4", "mjpg"}
)

# Containers round times to whole milliseconds (WebM) or hundredths of a second (GIF).
_ROUNDING_MS = 10.0
_EBML_HEADER = b"\x1a\x45\xdf\xa3"
_EBML_DOCTYPES = (b"webm", b"matroska")


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
    """

    max_bytes: int = 25_000_000
    max_duration_ms: int = 20_000
    max_pixels: int = 4_000_000
    max_frames: int = 1_260
    min_frames: int = 2
    sample_fps: float = 12.0
    max_side_px: int = 640


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
        `too_many_pixels`, `too_many_frames`, `too_long`, `broken_times` or `too_short`.

    Notes
    -----
    Frame count and frame rate in the header are never read: a browser writes WebM as a stream and
    leaves both out, and an attacker writes what he likes. Only what was decoded counts.
    """
    limits = limits or VideoLimits()
    gap_ms = 1000.0 / limits.sample_fps
    kept: list[Frame] = []
    due_ms = 0.0
    with _opened(data, limits) as (capture, container):
        for index, at_ms in _grabbed(capture, container, limits):
            if at_ms + _ROUNDING_MS < due_ms:
                continue
            pixels = _retrieved(capture, limits)
            kept.append(Frame(index, at_ms, _shrunk(pixels, limits.max_side_px)))
            # On a raster of its own, so that 30 frames a second become 12 and not 10.
            due_ms = max(due_ms + gap_ms, at_ms)
    if len(kept) < limits.min_frames:
        raise VideoRefused("too_short", "The video is too short. Please record it again.")
    return kept


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
    limits = limits or VideoLimits()
    with _opened(data, limits) as (capture, container):
        for found, at_ms in _grabbed(capture, container, limits):
            if found == index:
                return Frame(found, at_ms, _retrieved(capture, limits))
    raise VideoRefused("too_short", "The video is too short. Please record it again.")


def container_type(data: bytes) -> ContainerType | None:
    r"""The container by its first bytes, None if it is none of the four that are accepted.

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


@contextmanager
def _opened(data: bytes, limits: VideoLimits) -> Iterator[tuple[Any, ContainerType]]:
    """An open capture over the bytes; released in every case."""
    container = _checked_container(data, limits)
    # With a stream of ours FFmpeg sees neither a file name nor a protocol. The name `stream` has to
    # outlive the capture: OpenCV 4.11 drops its reference without holding the interpreter lock, and
    # freeing the object there is a segmentation fault.
    stream = io.BytesIO(data)
    capture = None
    try:
        capture = cv2.VideoCapture(cast("Any", stream), cv2.CAP_FFMPEG, [])
        if not capture.isOpened():
            raise _unreadable()
        _check_header(capture, container, limits)
        yield capture, container
    except cv2.error as error:
        raise _unreadable() from error
    finally:
        if capture is not None:
            capture.release()
        stream.close()


def _checked_container(data: bytes, limits: VideoLimits) -> ContainerType:
    if not data:
        raise VideoRefused("empty", "The video is empty. Please record it again.")
    if len(data) > limits.max_bytes:
        megabytes = limits.max_bytes // 1_000_000
        raise VideoRefused("too_large", f"The video is larger than {megabytes} MB.")
    container = container_type(data)
    if container is None:
        raise VideoRefused("unknown_type", "This is not a WebM, MP4, GIF or Motion-JPEG video.")
    return container


def _check_header(capture: Any, container: ContainerType, limits: VideoLimits) -> None:
    width_px = capture.get(cv2.CAP_PROP_FRAME_WIDTH)
    height_px = capture.get(cv2.CAP_PROP_FRAME_HEIGHT)
    _check_pixels(width_px, height_px, limits)
    if container in {"webm", "mp4"} and _codec(capture) not in _CODECS:
        raise VideoRefused("unknown_codec", "This kind of video cannot be read here.")


def _codec(capture: Any) -> str:
    number = int(capture.get(cv2.CAP_PROP_FOURCC))
    name = number.to_bytes(4, "little", signed=number < 0)
    return name.decode("latin-1").strip("\x00 ").lower()


def _check_pixels(width_px: float, height_px: float, limits: VideoLimits) -> None:
    if not (width_px >= 1 and height_px >= 1):
        raise _unreadable()
    if width_px * height_px > limits.max_pixels:
        raise VideoRefused(
            "too_many_pixels",
            f"The video has more than {limits.max_pixels / 1e6:g} million pixels in a frame.",
        )


def _grabbed(
    capture: Any, container: ContainerType, limits: VideoLimits
) -> Iterator[tuple[int, float]]:
    """Number and time of each frame, the frame itself waiting to be retrieved."""
    index, first_ms, previous_ms = 0, 0.0, 0.0
    while capture.grab():
        if index >= limits.max_frames:
            raise VideoRefused("too_many_frames", "The video has too many frames.")
        stamp_ms = _stamp_ms(capture, container, index)
        if index == 0:
            first_ms = stamp_ms
        at_ms = stamp_ms - first_ms
        if at_ms < previous_ms:
            raise VideoRefused("broken_times", "The video is damaged. Please record it again.")
        if at_ms > limits.max_duration_ms:
            seconds = limits.max_duration_ms / 1000
            raise VideoRefused("too_long", f"The video is longer than {seconds:g} seconds.")
        yield index, at_ms
        index, previous_ms = index + 1, at_ms


def _stamp_ms(capture: Any, container: ContainerType, index: int) -> float:
    if container == "mjpeg":
        return index * 1000.0 / MJPEG_FPS
    stamp_ms = float(capture.get(cv2.CAP_PROP_POS_MSEC))
    if not math.isfinite(stamp_ms):
        raise VideoRefused("broken_times", "The video is damaged. Please record it again.")
    return stamp_ms


def _retrieved(capture: Any, limits: VideoLimits) -> Pixels:
    is_read, pixels = capture.retrieve()
    if not is_read or pixels is None or pixels.ndim != 3:
        raise _unreadable()
    height_px, width_px = pixels.shape[:2]
    # A stream may change its size on the way, whatever its header said.
    _check_pixels(width_px, height_px, limits)
    return np.asarray(pixels, dtype=np.uint8)


def _shrunk(pixels: Pixels, max_side_px: int) -> Pixels:
    height_px, width_px = pixels.shape[:2]
    scale = max_side_px / max(height_px, width_px)
    if scale >= 1:
        return pixels
    size = (max(1, round(width_px * scale)), max(1, round(height_px * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _unreadable() -> VideoRefused:
    return VideoRefused("unreadable", "The video cannot be read. Please record it again.")
