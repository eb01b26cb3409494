"""Videos from strangers become evenly sampled frames, or a refusal with a reason."""

from __future__ import annotations

import io
import struct
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from structlog.testing import capture_logs

from kyc.vision import video
from kyc.vision.video import (
    BROWSER_LIMITS,
    VideoLimits,
    VideoRefused,
    container_type,
    read_frame,
    read_frames,
    video_length_ms,
)
from kyc.vision.video_worker import sampled_frames
from tests.kyc.vision.crafted_mp4 import (
    SUBSAMPLING_420,
    SUBSAMPLING_444,
    huge_jpeg,
    jpeg_of,
    mp4_of,
)


def moving_square(count: int, size: tuple[int, int] = (160, 120)) -> list[np.ndarray]:
    frames = []
    for number in range(count):
        frame = np.full((size[1], size[0], 3), 40, np.uint8)
        frame[20:60, number * 2 : number * 2 + 30] = (30, 200, 90)
        frames.append(frame)
    return frames


def encoded(tmp_path: Path, suffix: str, codec: str, frames: list[np.ndarray], fps: float) -> bytes:
    path = tmp_path / f"video.{suffix}"
    height_px, width_px = frames[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), fps, (width_px, height_px))
    for frame in frames:
        writer.write(frame)
    writer.release()
    return path.read_bytes()


def gif(frames: list[np.ndarray], frame_ms: int) -> bytes:
    pictures = [Image.fromarray(frame[:, :, ::-1]) for frame in frames]
    out = io.BytesIO()
    pictures[0].save(out, "GIF", save_all=True, append_images=pictures[1:], duration=frame_ms)
    return out.getvalue()


def jpegs(frames: list[np.ndarray]) -> bytes:
    return b"".join(cv2.imencode(".jpg", frame)[1].tobytes() for frame in frames)


def refusal(data: bytes, limits: VideoLimits | None = None) -> str:
    with pytest.raises(VideoRefused) as refused:
        read_frames(data, limits)
    assert refused.value.sentence.endswith(".")
    return refused.value.code


@pytest.mark.parametrize(("suffix", "codec"), [("webm", "VP80"), ("webm", "VP90"), ("mp4", "mp4v")])
def test_it_reads_what_browsers_record(tmp_path: Path, suffix: Any, codec: Any) -> None:
    data = encoded(tmp_path, suffix, codec, moving_square(24), fps=12)

    frames = read_frames(data)

    assert [frame.index for frame in frames] == list(range(24))
    assert frames[12].at_ms == pytest.approx(1000, abs=1)
    assert frames[0].pixels.shape == (120, 160, 3)
    assert frames[0].pixels.dtype == np.uint8


def test_it_reads_gif_by_its_own_times() -> None:
    frames = read_frames(gif(moving_square(10), frame_ms=200))

    assert [frame.at_ms for frame in frames] == pytest.approx([200 * n for n in range(10)])


def test_a_row_of_jpegs_is_read_as_thirty_frames_a_second() -> None:
    frames = read_frames(jpegs(moving_square(30)))

    assert len(frames) == 12
    assert frames[-1].at_ms == pytest.approx(933, abs=1)


def test_thirty_frames_a_second_are_sampled_down_to_twelve(tmp_path: Path) -> None:
    data = encoded(tmp_path, "webm", "VP80", moving_square(60), fps=30)

    frames = read_frames(data)

    assert len(frames) == 24
    gaps = np.diff([frame.at_ms for frame in frames])
    assert gaps.min() > 60
    assert gaps.max() < 105


def test_large_frames_are_scaled_but_one_can_be_had_in_full(tmp_path: Path) -> None:
    data = encoded(tmp_path, "webm", "VP80", moving_square(12, size=(1280, 720)), fps=12)

    frames = read_frames(data)
    full = read_frame(data, frames[5].index)

    assert frames[5].pixels.shape == (360, 640, 3)
    assert full.pixels.shape == (720, 1280, 3)
    assert full.at_ms == frames[5].at_ms


def test_a_frame_that_is_not_there_is_refused(tmp_path: Path) -> None:
    data = encoded(tmp_path, "webm", "VP80", moving_square(5), fps=12)

    with pytest.raises(VideoRefused) as refused:
        read_frame(data, 5)

    assert refused.value.code == "too_short"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "unknown_type"),
        (b"#EXTM3U\nfile:///etc/passwd\n", "unknown_type"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "unknown_type"),
        (b"\x89PNG\r\n\x1a\n", "unknown_type"),
        (b"GIF89a" + bytes(40), "unreadable"),
        (b"\xff\xd8\xff" + b"a" * 500, "unreadable"),
        (b"\x00\x00\x00\x18ftypisom" + bytes(300), "unreadable"),
        (b"\x1a\x45\xdf\xa3\x84webm" + bytes(300), "unreadable"),
    ],
)
def test_what_is_no_video_is_refused_with_its_reason(data: Any, code: Any) -> None:
    assert refusal(data) == code


def test_limits_are_enforced(tmp_path: Path) -> None:
    data = encoded(tmp_path, "webm", "VP80", moving_square(36), fps=12)

    assert refusal(data, VideoLimits(max_bytes=len(data) - 1)) == "too_large"
    assert refusal(data, VideoLimits(max_pixels=160 * 120 - 1)) == "too_many_pixels"
    assert refusal(data, VideoLimits(max_frames=35)) == "too_many_frames"
    assert refusal(data, VideoLimits(max_duration_ms=2000)) == "too_long"
    assert refusal(data, VideoLimits(min_frames=37)) == "too_short"


def test_a_single_photograph_is_no_video() -> None:
    assert refusal(jpegs(moving_square(1))) == "too_short"


def test_a_gif_bomb_is_refused_by_its_header() -> None:
    header = b"GIF89a" + struct.pack("<HHBBB", 60_000, 60_000, 0x80, 0, 0) + bytes(6)
    image = b"\x2c" + struct.pack("<HHHHB", 0, 0, 60_000, 60_000, 0)
    data = header + image + b"\x02\x02\x44\x01\x00;"

    assert refusal(data) in {"too_many_pixels", "unreadable"}


def test_a_frame_delay_of_minutes_counts_as_length() -> None:
    assert refusal(gif(moving_square(3), frame_ms=120_000)) == "too_long"


def test_a_truncated_recording_keeps_its_readable_part(tmp_path: Path) -> None:
    data = encoded(tmp_path, "webm", "VP80", moving_square(24), fps=12)

    frames = read_frames(data[: len(data) * 3 // 4])

    assert 2 <= len(frames) < 24


def test_no_file_is_left_or_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = encoded(tmp_path, "webm", "VP80", moving_square(24), fps=12)
    private = tmp_path / "private"
    private.mkdir()
    monkeypatch.setenv("TMPDIR", str(private))

    # In this process, of which one knows where it would write.
    sampled_frames(data, VideoLimits())
    with pytest.raises(VideoRefused):
        sampled_frames(b"\x1a\x45\xdf\xa3\x84webm" + zlib.compress(data), VideoLimits())

    assert list(private.iterdir()) == []


def test_the_length_of_a_video_is_known_without_its_frames(tmp_path: Path) -> None:
    data = encoded(tmp_path, "webm", "VP80", moving_square(24), fps=12)

    assert video_length_ms(data) == read_frames(data)[-1].at_ms == pytest.approx(1917, abs=1)
    with pytest.raises(VideoRefused):
        video_length_ms(data[:300])


STRIP = (61, 65_000)
# Wide enough for what only the process may have to bear.
NO_SHAPE = VideoLimits(min_side_px=1, max_elongation=10_000)


def film_whose_planes_shrink(size: tuple[int, int]) -> bytes:
    """The first frame has its colours in full, those after it in a quarter of the samples."""
    pictures = [jpeg_of(size, 50, SUBSAMPLING_444), jpeg_of(size, 200, SUBSAMPLING_420)]
    return mp4_of(pictures, [0, 1, 1, 1], [100] * 4, size)


def test_a_film_that_crashes_the_decoder_is_refused_and_harms_nobody() -> None:
    # With OpenCV 4.11 a segmentation fault: https://github.com/opencv/opencv/issues/29699.
    assert refusal(film_whose_planes_shrink(STRIP), NO_SHAPE) == "too_complex"


@pytest.mark.parametrize("size", [STRIP, (1000, 160), (63, 63)])
def test_frames_of_a_shape_that_no_camera_has_are_refused(size: tuple[int, int]) -> None:
    assert refusal(film_whose_planes_shrink(size)) == "unreadable"


def test_huge_frames_between_those_that_are_sampled_cost_a_limited_time() -> None:
    pictures = [jpeg_of((320, 240), 50), huge_jpeg(16_000)]
    order = [0] + [1] * 12 + [0, 0]
    data = mp4_of(pictures, order, [1] * 12 + [200, 200, 100], (320, 240))

    assert len(data) < 4_000_000
    assert refusal(data, VideoLimits(max_cpu_s=1)) == "too_complex"


def test_a_film_that_takes_too_much_memory_is_refused(tmp_path: Path) -> None:
    data = encoded(tmp_path, "webm", "VP80", moving_square(60, size=(640, 480)), fps=12)

    # By whoever noticed first: Python, OpenCV or FFmpeg.
    code = refusal(data, VideoLimits(max_memory_bytes=250_000_000))
    assert code in {"too_complex", "unreadable"}


def test_a_process_that_gets_no_time_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = encoded(tmp_path, "webm", "VP80", moving_square(24), fps=12)
    monkeypatch.setattr(video, "WAIT_FACTOR", 0.0001)

    assert refusal(data) == "not_opened"


def test_a_process_that_cannot_work_is_no_fault_of_the_film(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = encoded(tmp_path, "webm", "VP80", moving_square(24), fps=12)
    monkeypatch.setattr(video, "WORKER", "kyc.vision.no_such_worker")

    with capture_logs() as logs:
        assert refusal(data) == "not_opened"

    assert [(log["event"], log["log_level"]) for log in logs] == [("child_failed", "error")]


def test_from_a_browser_comes_only_what_browsers_write(tmp_path: Path) -> None:
    film = moving_square(24)

    assert len(read_frames(encoded(tmp_path, "webm", "VP80", film, fps=12), BROWSER_LIMITS)) == 24
    assert len(read_frames(encoded(tmp_path, "mp4", "VP90", film, fps=12), BROWSER_LIMITS)) == 24
    clip = encoded(tmp_path, "mp4", "mp4v", film, fps=12)
    disguised = mp4_of([jpeg_of((320, 240), 50)], [0] * 3, [100] * 3, (320, 240))
    assert refusal(clip, BROWSER_LIMITS) == "unknown_codec"
    assert refusal(disguised, BROWSER_LIMITS) == "unknown_codec"
    for other in (gif(film, frame_ms=80), jpegs(film)):
        with pytest.raises(VideoRefused, match=r"^This is not a WebM or MP4 video\.$"):
            read_frames(other, BROWSER_LIMITS)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    cut=st.integers(1, 4000), flips=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)))
)
def test_a_damaged_video_is_read_or_refused_but_nothing_else(
    tmp_path: Path, cut: Any, flips: Any
) -> None:
    source = tmp_path / "video.webm"
    if not source.exists():
        encoded(tmp_path, "webm", "VP80", moving_square(24), fps=12)
    data = bytearray(source.read_bytes()[:-cut] or b"\0")
    for position, value in flips:
        data[position % len(data)] = value

    # In this process: in its own, whatever else went wrong would be a refusal too.
    with suppress(VideoRefused):
        frames = sampled_frames(bytes(data), VideoLimits())
        assert all(frame.pixels.shape[2] == 3 for frame in frames)


@given(st.binary(max_size=200))
def test_a_container_is_named_only_for_known_first_bytes(data: Any) -> None:
    assert (container_type(data) is None) == (
        not data.startswith((b"GIF87a", b"GIF89a", b"\xff\xd8\xff"))
        and data[4:8] != b"ftyp"
        and not (data.startswith(b"\x1a\x45\xdf\xa3") and (b"webm" in data[:64]))
    )
