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

from kyc.vision.video import VideoLimits, VideoRefused, container_type, read_frame, read_frames


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

    read_frames(data)
    refusal(b"\x1a\x45\xdf\xa3\x84webm" + zlib.compress(data))

    assert list(private.iterdir()) == []


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

    with suppress(VideoRefused):
        frames = read_frames(bytes(data))
        assert all(frame.pixels.shape[2] == 3 for frame in frames)


@given(st.binary(max_size=200))
def test_a_container_is_named_only_for_known_first_bytes(data: Any) -> None:
    assert (container_type(data) is None) == (
        not data.startswith((b"GIF87a", b"GIF89a", b"\xff\xd8\xff"))
        and data[4:8] != b"ftyp"
        and not (data.startswith(b"\x1a\x45\xdf\xa3") and (b"webm" in data[:64]))
    )
