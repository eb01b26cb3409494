"""The process that decodes a film: it may hang, swell or crash, and nobody else is harmed.

OpenCV sets its colour conversion up once for a film, and reads past the planes of a later frame
that has another pixel format (https://github.com/opencv/opencv/issues/29699): into a segmentation
fault, or into memory that was somebody's. In this process there is nothing but that film.

Reads the film from standard input, and what is wanted of it as JSON from the command line; writes
one line of JSON to standard output, either ``{"refused": code, "sentence": text}`` or
``{"frames": [[index, at_ms, height, width], …]}``, and after it the frames' BGR pixels. Started by
`kyc.vision.video` only.
"""

from __future__ import annotations

import io
import json
import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import cv2
import numpy as np

from kyc.vision.child_process import limit_process, write_answer
from kyc.vision.video import (
    MJPEG_FPS,
    ContainerType,
    Frame,
    Pixels,
    VideoLimits,
    VideoRefused,
    container_checked,
    too_complex,
)

# Containers round times to whole milliseconds (WebM) or hundredths of a second (GIF).
_ROUNDING_MS = 10.0


def main() -> None:
    """Decode what comes in, within limits that the kernel keeps."""
    task = json.loads(sys.argv[1])
    limits = VideoLimits(**task["limits"])
    limit_process(cpu_s=limits.max_cpu_s, memory_bytes=limits.max_memory_bytes)
    cv2.setNumThreads(1)
    head, frames = _answer(sys.stdin.buffer.read(), task["wanted"], limits)
    write_answer(head, [frame.pixels for frame in frames])


def _answer(
    data: bytes, wanted: int | str, limits: VideoLimits
) -> tuple[dict[str, Any], list[Frame]]:
    try:
        if isinstance(wanted, int):
            frames = [frame_at(data, wanted, limits)]
        else:
            frames = sampled_frames(data, limits)
    except (VideoRefused, MemoryError) as error:
        refused = error if isinstance(error, VideoRefused) else too_complex()
        return {"refused": refused.code, "sentence": refused.sentence}, []
    head = {"frames": [(frame.index, frame.at_ms, *frame.pixels.shape[:2]) for frame in frames]}
    return head, [] if wanted == "times" else frames


def sampled_frames(data: bytes, limits: VideoLimits) -> list[Frame]:
    """As `kyc.vision.video.read_frames`, in this process."""
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
        raise _too_short()
    return kept


def frame_at(data: bytes, index: int, limits: VideoLimits) -> Frame:
    """As `kyc.vision.video.read_frame`, in this process."""
    with _opened(data, limits) as (capture, container):
        for found, at_ms in _grabbed(capture, container, limits):
            if found == index:
                return Frame(found, at_ms, _retrieved(capture, limits))
    raise _too_short()


@contextmanager
def _opened(data: bytes, limits: VideoLimits) -> Iterator[tuple[Any, ContainerType]]:
    """An open capture over the bytes; released in every case."""
    container = container_checked(data, limits)
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


def _check_header(capture: Any, container: ContainerType, limits: VideoLimits) -> None:
    width_px = capture.get(cv2.CAP_PROP_FRAME_WIDTH)
    height_px = capture.get(cv2.CAP_PROP_FRAME_HEIGHT)
    _check_size(width_px, height_px, limits)
    if container in {"webm", "mp4"} and _codec(capture) not in limits.codecs:
        raise VideoRefused("unknown_codec", "This kind of video cannot be read here.")


def _codec(capture: Any) -> str:
    number = int(capture.get(cv2.CAP_PROP_FOURCC))
    name = number.to_bytes(4, "little", signed=number < 0)
    return name.decode("latin-1").strip("\x00 ").lower()


def _check_size(width_px: float, height_px: float, limits: VideoLimits) -> None:
    shorter_px, longer_px = sorted((width_px, height_px))
    if not (shorter_px >= limits.min_side_px and longer_px <= limits.max_elongation * shorter_px):
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
    # Of the first frame, whatever the header said. Where a later one is larger or smaller, OpenCV
    # goes on in this size: what it costs to decode is for the limits of the process to bound.
    _check_size(width_px, height_px, limits)
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


def _too_short() -> VideoRefused:
    return VideoRefused("too_short", "The video is too short. Please record it again.")


if __name__ == "__main__":
    main()
