"""Videos of a person who does what was asked, and of attacks that try to pass as one.

Everything is rendered from a still portrait and a random generator: the same seed gives the same
frames. Used by tests, demo data and benchmarks.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from kyc.simulation.flat_attacks import bend_photo, move_photo, show_on_screen
from kyc.simulation.head_motion import Head, HeadPose, build_head, render_head
from kyc.vision.liveness.challenge import TURNS, Action, Challenge
from kyc.vision.video import MJPEG_FPS, Frame

Image = NDArray[np.uint8]
Species = Literal[
    "live",
    "printed_photo_moved",
    "printed_photo_bent",
    "screen_replay_other_actions",
    "wrong_order",
    "frozen",
    "looped",
    "spliced_stills",
    "crossfaded_stills",
    "nothing_done",
    "two_faces",
]
SPECIES: tuple[Species, ...] = get_args(Species)

# 96 x 96 places to cut the noise of a frame from.
_GRAIN_MARGIN_PX = 96
# An attacker has a photograph looking ahead and one to each side.
_STILL_DEG = 36.0
_FADE_S = 0.5
# Width of a printed photograph over its height (passport format is 35 x 45 mm).
_PRINT_WIDTH = 0.8
# A turn as people make it when asked: beyond what is needed, about half a second each way.
_TURN_DEG = (35.0, 41.0)
_MOUTH_OPENING = (0.85, 1.0)
# Shares of the time of an action: when it begins, is fully there, begins to end, has ended.
_TURN_TIMES = (0.12, 0.38, 0.58, 0.84)
_MOUTH_TIMES = (0.15, 0.33, 0.6, 0.78)
# An asked-for blink lasts some .4 s, twice a spontaneous one (Stern, Walrath and Goldstein, "The
# endogenous eyeblink", Psychophysiology 21, 1984: 100-400 ms).
_BLINK_S = (0.10, 0.22, 0.12)


@dataclass(frozen=True, slots=True, eq=False)
class ChallengeVideo:
    """Frames as a camera delivers them.

    Attributes
    ----------
    frames : tuple of ndarray of shape (height, width, 3), dtype=uint8
        BGR, not mirrored.
    fps : float
        Frames a second, evenly spaced.
    species : str
        How it was made; "live" or the attack.
    """

    frames: tuple[Image, ...]
    fps: float
    species: Species

    def as_frames(self) -> list[Frame]:
        """The frames as `kyc.vision.video.read_frames` would return them."""
        return [
            Frame(number, number * 1000 / self.fps, pixels)
            for number, pixels in enumerate(self.frames)
        ]


def render_challenge_video(
    portrait: Image,
    challenge: Challenge,
    *,
    rng: np.random.Generator,
    fps: float = 12.0,
    size: tuple[int, int] = (640, 480),
    seconds_per_action: float = 2.5,
    lead_s: float = 1.5,
    tail_s: float = 0.75,
    species: Species = "live",
    companion: Image | None = None,
) -> ChallengeVideo:
    """A video of the challenge being done, or of an attack on it.

    Parameters
    ----------
    portrait : ndarray of shape (height, width, 3), dtype=uint8
        BGR, one frontal face.
    challenge : Challenge
        What was asked.
    rng : numpy.random.Generator
        Draws sway, light, noise and the size of movements.
    fps : float
        Frames a second.
    size : tuple of int
        Width and height, pixels.
    seconds_per_action, lead_s, tail_s : float
        Time for each action, and of looking into the camera before the first and after the last. A
        file that Chromium plays as a camera starts over at its end: give it a tail longer than the
        recording, or the judge rightly finds frames that come again.
    species : str
        One of `SPECIES`.
    companion : ndarray, optional
        Portrait of the second person for "two_faces"; the same portrait if left out.

    Returns
    -------
    ChallengeVideo

    Raises
    ------
    NoFaceInPortrait
        If there is no face in the portrait.
    """
    timing = Timing(fps=fps, seconds_per_action=seconds_per_action, lead_s=lead_s, tail_s=tail_s)
    scene = _Scene(portrait, companion, challenge, size, timing)
    return ChallengeVideo(tuple(_RENDERERS[species](scene, rng)), fps, species)


@dataclass(frozen=True, slots=True)
class Timing:
    """How long things take in a video; seconds and frames a second."""

    fps: float
    seconds_per_action: float
    lead_s: float
    tail_s: float

    def times_s(self, action_count: int) -> NDArray[np.float64]:
        """The time of each frame."""
        length_s = self.lead_s + action_count * self.seconds_per_action + self.tail_s
        return np.arange(int(length_s * self.fps)) / self.fps


@dataclass(frozen=True, slots=True, eq=False)
class _Scene:
    portrait: Image
    companion: Image | None
    challenge: Challenge
    size: tuple[int, int]
    timing: Timing

    def times_s(self) -> NDArray[np.float64]:
        return self.timing.times_s(len(self.challenge.actions))

    def head(self) -> Head:
        return build_head(self.portrait, size=self.size)

    def print_of_face(self) -> Image:
        """The portrait as an attacker prints it: a sheet on which the face has its own size."""
        texture = self.head().texture
        height, width = texture.shape[:2]
        side = round(_PRINT_WIDTH * height)
        left = (width - side) // 2
        return texture[:, left : left + side]


def poses_of(
    actions: tuple[Action, ...],
    times_s: NDArray[np.float64],
    timing: Timing,
    rng: np.random.Generator,
) -> list[HeadPose]:
    """The pose of the head in each frame: natural sway, and the actions one after the other."""
    poses = _sway(times_s, rng)
    for number, action in enumerate(actions):
        begin_s = timing.lead_s + number * timing.seconds_per_action
        poses = _with_action(poses, times_s - begin_s, action, timing.seconds_per_action, rng)
    return poses


def _sway(times_s: NDArray[np.float64], rng: np.random.Generator) -> list[HeadPose]:
    """Somebody who holds still: slow movements of a few degrees and a hundredth of a face."""
    yaw, pitch, roll = (_wander(times_s, amount, rng) for amount in (1.5, 1.2, 1.0))
    shift_x, shift_y, zoom = (_wander(times_s, amount, rng) for amount in (0.02, 0.015, 0.01))
    return [
        HeadPose(*values)
        for values in zip(
            yaw.tolist(),
            pitch.tolist(),
            roll.tolist(),
            shift_x.tolist(),
            shift_y.tolist(),
            (1 + zoom).tolist(),
            strict=True,
        )
    ]


def _wander(
    times_s: NDArray[np.float64], amount: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Three slow waves of random phase, 0.1-0.7 Hz."""
    waves = [
        np.sin(2 * np.pi * (rng.uniform(low, high) * times_s + rng.uniform()))
        for low, high in ((0.1, 0.2), (0.25, 0.4), (0.45, 0.7))
    ]
    return np.asarray(amount * (waves[0] + 0.5 * waves[1] + 0.3 * waves[2]))


def _with_action(
    poses: list[HeadPose],
    since_s: NDArray[np.float64],
    action: Action,
    length_s: float,
    rng: np.random.Generator,
) -> list[HeadPose]:
    if action in TURNS:
        sign = 1 if action is Action.TURN_LEFT else -1
        reach_deg = rng.uniform(*_TURN_DEG)
        course = _trapezoid(since_s, [share * length_s for share in _TURN_TIMES])
        # A head that turns dips a little and tilts a little.
        return [
            replace(
                pose,
                yaw_deg=pose.yaw_deg * (1 - share) + sign * reach_deg * share,
                pitch_deg=pose.pitch_deg + 1.5 * share,
                roll_deg=pose.roll_deg + sign * 1.5 * share,
            )
            for pose, share in zip(poses, course.tolist(), strict=True)
        ]
    if action is Action.BLINK:
        begin_s = rng.uniform(0.25, 0.45) * length_s
        course = _trapezoid(since_s, (begin_s + np.cumsum((0.0, *_BLINK_S))).tolist())
        return [
            replace(pose, eye_closure=max(pose.eye_closure, share))
            for pose, share in zip(poses, course.tolist(), strict=True)
        ]
    opening = rng.uniform(*_MOUTH_OPENING)
    course = opening * _trapezoid(since_s, [share * length_s for share in _MOUTH_TIMES])
    return [
        replace(pose, mouth_opening=max(pose.mouth_opening, share))
        for pose, share in zip(poses, course.tolist(), strict=True)
    ]


def _trapezoid(times_s: NDArray[np.float64], corners_s: list[float]) -> NDArray[np.float64]:
    """0, up to 1, stay, down to 0, with soft shoulders."""
    line = np.interp(times_s, corners_s, [0, 1, 1, 0])
    return np.asarray(line * line * (3 - 2 * line))


def _film(frames: Iterator[Image], fps: float, rng: np.random.Generator) -> Iterator[Image]:
    """What a webcam adds: exposure that hunts, flicker, softness, noise that is new each time."""
    drift = rng.uniform(0, 2 * np.pi)
    noise_sigma, blur_sigma = rng.uniform(1.5, 2.5), rng.uniform(0.4, 0.7)
    grain: NDArray[np.float32] | None = None
    for number, frame in enumerate(frames):
        if grain is None:
            grain = _grain(frame.shape, noise_sigma, rng)
        light = 1 + 0.02 * np.sin(2 * np.pi * 0.15 * number / fps + drift) + rng.normal(0, 0.004)
        soft = cv2.GaussianBlur(frame, (0, 0), blur_sigma).astype(np.float32) * np.float32(light)
        top, left = rng.integers(0, _GRAIN_MARGIN_PX, 2)
        height, width = frame.shape[:2]
        noisy = soft + grain[top : top + height, left : left + width]
        yield np.clip(noisy, 0, 255, out=noisy).astype(np.uint8)


def _grain(shape: tuple[int, ...], sigma: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Sensor noise larger than a frame: another part of it for each is as good as new noise."""
    height, width = shape[0] + _GRAIN_MARGIN_PX, shape[1] + _GRAIN_MARGIN_PX
    return rng.standard_normal((height, width, 3), dtype=np.float32) * np.float32(sigma)


def _render_live(scene: _Scene, rng: np.random.Generator) -> Iterator[Image]:
    return _render_actions(scene, scene.challenge.actions, rng)


def _render_actions(
    scene: _Scene, actions: tuple[Action, ...], rng: np.random.Generator
) -> Iterator[Image]:
    head = scene.head()
    poses = poses_of(actions, scene.times_s(), scene.timing, rng)
    return _film((render_head(head, pose) for pose in poses), scene.timing.fps, rng)


def _render_moved_photo(scene: _Scene, rng: np.random.Generator) -> Iterator[Image]:
    """A print that is turned and tilted as the head should be."""
    photo = scene.print_of_face()
    poses = poses_of(scene.challenge.actions, scene.times_s(), scene.timing, rng)
    shown = (move_photo(photo, pose, scene.size) for pose in poses)
    return _film(shown, scene.timing.fps, rng)


def _render_bent_photo(scene: _Scene, rng: np.random.Generator) -> Iterator[Image]:
    """The same, bent round a cylinder, which gives it a little depth."""
    photo = scene.print_of_face()
    poses = poses_of(scene.challenge.actions, scene.times_s(), scene.timing, rng)
    shown = (bend_photo(photo, pose, scene.size) for pose in poses)
    return _film(shown, scene.timing.fps, rng)


def _render_replay(scene: _Scene, rng: np.random.Generator) -> Iterator[Image]:
    """An older recording of the right person, who was asked other things, on a screen."""
    asked = scene.challenge.actions
    others = tuple(action for action in Action if action not in asked)
    # If nearly everything was asked, the old recording has it in another order.
    recorded = (*others, *reversed(asked))[: len(asked)]
    frames = _render_actions(scene, recorded, rng)
    flicker = rng.uniform(0, 2 * np.pi)
    shown = (show_on_screen(frame, flicker + 0.7 * n) for n, frame in enumerate(frames))
    return _film(shown, scene.timing.fps, rng)


def _render_wrong_order(scene: _Scene, rng: np.random.Generator) -> Iterator[Image]:
    return _render_actions(scene, tuple(reversed(scene.challenge.actions)), rng)


def _render_nothing(scene: _Scene, rng: np.random.Generator) -> Iterator[Image]:
    return _render_actions(scene, (), rng)


def _render_frozen(scene: _Scene, rng: np.random.Generator) -> Iterator[Image]:
    """Live until the last action has begun to be shown, then one frame for the rest."""
    frames = list(_render_live(scene, rng))
    stop = len(frames) * 2 // 3
    return iter([*frames[:stop], *[frames[stop]] * (len(frames) - stop)])


def _render_looped(scene: _Scene, rng: np.random.Generator) -> Iterator[Image]:
    """The first action, recorded once and fed in again and again."""
    frames = list(_render_live(scene, rng))
    timing = scene.timing
    length = int((timing.lead_s + timing.seconds_per_action) * timing.fps)
    return iter([frames[number % length] for number in range(len(frames))])


def _render_spliced(scene: _Scene, rng: np.random.Generator) -> Iterator[Image]:
    """Single pictures shown one after the other, each for as long as it is asked for."""
    poses = poses_of(scene.challenge.actions, scene.times_s(), scene.timing, rng)
    head = scene.head()
    shown = (render_head(head, _nearest_still(pose)) for pose in poses)
    return _film(shown, scene.timing.fps, rng)


def _render_crossfaded(scene: _Scene, rng: np.random.Generator) -> Iterator[Image]:
    """The same single pictures, one faded into the next over half a second."""
    poses = poses_of(scene.challenge.actions, scene.times_s(), scene.timing, rng)
    head = scene.head()
    stills = [_nearest_still(pose) for pose in poses]
    drawn = {still: render_head(head, still).astype(np.float32) for still in set(stills)}
    window = max(1, round(_FADE_S * scene.timing.fps))
    padded = [stills[0]] * (window // 2) + stills + [stills[-1]] * window
    shown = (
        np.mean([drawn[still] for still in padded[number : number + window]], axis=0)
        for number in range(len(stills))
    )
    return _film((frame.astype(np.uint8) for frame in shown), scene.timing.fps, rng)


def _nearest_still(pose: HeadPose) -> HeadPose:
    """The one of an attacker's few photographs that comes nearest to a pose."""
    return HeadPose(
        yaw_deg=float(np.round(pose.yaw_deg / _STILL_DEG) * _STILL_DEG),
        eye_closure=float(np.round(pose.eye_closure)),
        mouth_opening=float(np.round(pose.mouth_opening)),
    )


def _render_two_faces(scene: _Scene, rng: np.random.Generator) -> Iterator[Image]:
    """Two people side by side, the left one doing what was asked."""
    width, height = scene.size
    half = (width // 2, height)
    other = scene.portrait if scene.companion is None else scene.companion
    heads = build_head(scene.portrait, size=half), build_head(other, size=half)
    times_s = scene.times_s()
    doing = poses_of(scene.challenge.actions, times_s, scene.timing, rng)
    idle = poses_of((), times_s, scene.timing, rng)
    shown = (
        np.hstack([render_head(heads[0], one), render_head(heads[1], two)])
        for one, two in zip(doing, idle, strict=True)
    )
    return _film(shown, scene.timing.fps, rng)


_RENDERERS: dict[Species, Callable[[_Scene, np.random.Generator], Iterator[Image]]] = {
    "live": _render_live,
    "printed_photo_moved": _render_moved_photo,
    "printed_photo_bent": _render_bent_photo,
    "screen_replay_other_actions": _render_replay,
    "wrong_order": _render_wrong_order,
    "frozen": _render_frozen,
    "looped": _render_looped,
    "spliced_stills": _render_spliced,
    "crossfaded_stills": _render_crossfaded,
    "nothing_done": _render_nothing,
    "two_faces": _render_two_faces,
}


def to_mjpeg(video: ChallengeVideo, *, quality: int = 90) -> bytes:
    """JPEG pictures one after the other, at 30 a second whatever the video has.

    Chromium's `--use-file-for-fake-video-capture` and `kyc.vision.video` both play such a file at
    that rate, so each frame stands in it for as long as it should be seen.
    """
    coded = [_jpeg(frame, quality) for frame in video.frames]
    count = round(len(coded) * MJPEG_FPS / video.fps)
    shown = (min(int(number * video.fps / MJPEG_FPS), len(coded) - 1) for number in range(count))
    return b"".join(coded[number] for number in shown)


def to_webm(video: ChallengeVideo) -> bytes:
    """The video as VP8 in WebM, as Chromium's MediaRecorder writes it."""
    return _encoded(video, "webm", "VP80")


def to_mp4(video: ChallengeVideo) -> bytes:
    """The video as MPEG-4 in MP4."""
    return _encoded(video, "mp4", "mp4v")


def _jpeg(frame: Image, quality: int) -> bytes:
    _, coded = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return coded.tobytes()


def _encoded(video: ChallengeVideo, suffix: str, codec: str) -> bytes:
    height, width = video.frames[0].shape[:2]
    # OpenCV's writer knows only files.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"video.{suffix}"
        fourcc = cv2.VideoWriter.fourcc(*codec)
        writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, fourcc, video.fps, (width, height))
        for frame in video.frames:
            writer.write(frame)
        writer.release()
        return path.read_bytes()
