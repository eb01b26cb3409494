"""Videos of a person who does what was asked, and of attacks that try to pass as one.

Everything is rendered from a still portrait and a random generator: the same seed gives the same
frames. Used by tests, demo data and benchmarks.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from kyc.simulation.choreography import Timing, poses_of
from kyc.simulation.flat_attacks import bend_photo, move_photo, show_on_screen
from kyc.simulation.head_motion import Head, HeadPose, build_head, render_head
from kyc.simulation.webcam import film, light_up
from kyc.vision.liveness.challenge import LIGHT_MS, Action, Challenge, LightColour
from kyc.vision.video import MJPEG_FPS, Frame

Image = NDArray[np.uint8]
Species = Literal[
    "live",
    "printed_photo_moved",
    "printed_photo_bent",
    "screen_photo_moved",
    "screen_replay_other_actions",
    "wrong_order",
    "frozen",
    "looped",
    "spliced_stills",
    "crossfaded_stills",
    "another_person",
    "virtual_camera",
    "nothing_done",
    "two_faces",
]
SPECIES: tuple[Species, ...] = get_args(Species)

# An attacker has a photograph looking ahead and one to each side.
_STILL_DEG = 36.0
_FADE_S = 0.5
# Width of a printed photograph over its height (passport format is 35 x 45 mm).
_PRINT_WIDTH = 0.8
# The lens is covered for so few frames that the judge forgives a lost face.
_COVERED_FRAMES = 2
_COVERED_GREY = 14
LIGHT_BGR = {
    LightColour.RED: (0.0, 0.0, 1.0),
    LightColour.GREEN: (0.0, 1.0, 0.0),
    LightColour.BLUE: (1.0, 0.0, 0.0),
}
# Names under which such software shows itself, as their makers document them.
VIRTUAL_CAMERAS = (
    "OBS Virtual Camera",
    "OBS-Camera",
    "ManyCam Virtual Webcam",
    "Snap Camera",
    "XSplit VCam",
    "DroidCam Source 3",
    "SplitCam Video Driver",
    "Unity Video Capture",
    "NVIDIA Broadcast",
    "Streamlabs Desktop Virtual Webcam",
    "e2eSoft VCam",
    "Dummy video device (0x0000) (platform:v4l2loopback-000)",
)


@dataclass(frozen=True, slots=True, eq=False)
class ChallengeVideo:
    """Frames as a camera delivers them.

    Attributes
    ----------
    frames : tuple of ndarray of shape (height, width, 3), dtype=uint8
        BGR, not mirrored.
    timing : Timing
        When what was asked for; frames are evenly spaced.
    species : str
        How it was made; "live" or the attack.
    camera_label : str
        The camera's name as a browser tells it.
    """

    frames: tuple[Image, ...]
    timing: Timing
    species: Species
    camera_label: str = "Integrated Camera (04f2:b6d9)"

    @property
    def fps(self) -> float:
        """Frames a second."""
        return self.timing.fps

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
    light_strength: float = 0.12,
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
    seconds_per_action : float
        Time for each action of a challenge without a pace of its own.
    lead_s, tail_s : float
        Time of looking into the camera before the first action and after the last. A
        file that Chromium plays as a camera starts over at its end: give it a tail longer than the
        recording, or the judge rightly finds frames that come again.
    species : str
        One of `SPECIES`.
    companion : ndarray, optional
        Portrait of the second person for "two_faces" and "another_person"; the same portrait if
        left out.
    light_strength : float
        Share by which a colour on the screen brightens the face in it, where the challenge has a
        light; .12 is a phone at arm's length in a dim room, 0 a recording made without it.

    Returns
    -------
    ChallengeVideo

    Raises
    ------
    NoFaceInPortrait
        If there is no face in the portrait.
    """
    paces_s = tuple(pace / 1000 for pace in challenge.pace_ms)
    action_s = paces_s or (seconds_per_action,) * len(challenge.actions)
    light_s = LIGHT_MS / 1000 * len(challenge.light)
    timing = Timing(fps=fps, lead_s=lead_s, tail_s=light_s + tail_s, action_s=action_s)
    scene = _Scene(portrait, companion, challenge, size, timing, light_strength)
    if species in EDITS:
        live = ChallengeVideo(tuple(_render_live(scene, rng)), timing, "live")
        return EDITS[species](live, rng)
    return ChallengeVideo(tuple(_RENDERERS[species](scene, rng)), timing, species)


@dataclass(frozen=True, slots=True, eq=False)
class _Scene:
    portrait: Image
    companion: Image | None
    challenge: Challenge
    size: tuple[int, int]
    timing: Timing
    light_strength: float

    def head(self) -> Head:
        return build_head(self.portrait, size=self.size)

    def other_head(self) -> Head:
        other = self.portrait if self.companion is None else self.companion
        return build_head(other, size=self.size)

    def poses(self, rng: np.random.Generator) -> list[HeadPose]:
        return poses_of(self.challenge.actions, self.timing.times_s(), self.timing, rng)

    def filmed(self, frames: Iterable[Image], rng: np.random.Generator) -> Iterator[Image]:
        return film(self._lit(frames), self.timing.fps, rng)

    def _lit(self, frames: Iterable[Image]) -> Iterator[Image]:
        """The frames in the light of the screen, whose colours follow the last action."""
        begin_s = self.timing.lead_s + sum(self.timing.action_s)
        for number, frame in enumerate(frames):
            place = (number / self.timing.fps - begin_s) * 1000 // LIGHT_MS
            is_lit = self.light_strength > 0 and 0 <= place < len(self.challenge.light)
            if is_lit:
                colour = self.challenge.light[int(place)]
                yield light_up(frame, LIGHT_BGR[colour], self.light_strength)
            else:
                yield frame

    def print_of_face(self) -> Image:
        """The portrait as an attacker prints it: a sheet on which the face has its own size."""
        texture = self.head().texture
        height, width = texture.shape[:2]
        side = round(_PRINT_WIDTH * height)
        left = (width - side) // 2
        return texture[:, left : left + side]


def _render_live(scene: _Scene, rng: np.random.Generator) -> Iterator[Image]:
    return _render_actions(scene, scene.challenge.actions, rng)


def _render_actions(
    scene: _Scene, actions: tuple[Action, ...], rng: np.random.Generator
) -> Iterator[Image]:
    head = scene.head()
    poses = poses_of(actions, scene.timing.times_s(), scene.timing, rng)
    return scene.filmed((render_head(head, pose) for pose in poses), rng)


def _render_moved_photo(scene: _Scene, rng: np.random.Generator) -> Iterator[Image]:
    """A print that is turned and tilted as the head should be."""
    photo = scene.print_of_face()
    shown = (move_photo(photo, pose, scene.size) for pose in scene.poses(rng))
    return scene.filmed(shown, rng)


def _render_bent_photo(scene: _Scene, rng: np.random.Generator) -> Iterator[Image]:
    """The same, bent round a cylinder, which gives it a little depth."""
    photo = scene.print_of_face()
    shown = (bend_photo(photo, pose, scene.size) for pose in scene.poses(rng))
    return scene.filmed(shown, rng)


def _render_screen_photo(scene: _Scene, rng: np.random.Generator) -> Iterator[Image]:
    """The photograph on a tablet that is turned and tilted as the head should be."""
    tablet = show_on_screen(scene.print_of_face(), rng.uniform(0, 2 * np.pi))
    shown = (move_photo(tablet, pose, scene.size) for pose in scene.poses(rng))
    return scene.filmed(shown, rng)


def _render_replay(scene: _Scene, rng: np.random.Generator) -> Iterator[Image]:
    """An older recording of the right person, who was asked other things, on a screen."""
    asked = scene.challenge.actions
    others = [action for action in Action if action not in asked]
    recorded = tuple(others[number] for number in rng.permutation(len(others)))[: len(asked)]
    frames = _render_actions(scene, recorded, rng)
    flicker = rng.uniform(0, 2 * np.pi)
    shown = (show_on_screen(frame, flicker + 0.7 * n) for n, frame in enumerate(frames))
    return scene.filmed(shown, rng)


def _render_wrong_order(scene: _Scene, rng: np.random.Generator) -> Iterator[Image]:
    return _render_actions(scene, tuple(reversed(scene.challenge.actions)), rng)


def _render_nothing(scene: _Scene, rng: np.random.Generator) -> Iterator[Image]:
    return _render_actions(scene, (), rng)


def _render_spliced(scene: _Scene, rng: np.random.Generator) -> Iterator[Image]:
    """Single pictures shown one after the other, each for as long as it is asked for."""
    head = scene.head()
    stills = [_nearest_still(pose) for pose in scene.poses(rng)]
    drawn = {still: render_head(head, still) for still in set(stills)}
    return scene.filmed((drawn[still] for still in stills), rng)


def _render_crossfaded(scene: _Scene, rng: np.random.Generator) -> Iterator[Image]:
    """The same single pictures, one faded into the next over half a second."""
    head = scene.head()
    stills = [_nearest_still(pose) for pose in scene.poses(rng)]
    drawn = {still: render_head(head, still).astype(np.float32) for still in set(stills)}
    window = max(1, round(_FADE_S * scene.timing.fps))
    padded = [stills[0]] * (window // 2) + stills + [stills[-1]] * window
    shown = (
        np.mean([drawn[still] for still in padded[number : number + window]], axis=0)
        for number in range(len(stills))
    )
    return scene.filmed((frame.astype(np.uint8) for frame in shown), rng)


def _nearest_still(pose: HeadPose) -> HeadPose:
    """The one of an attacker's few photographs that comes nearest to a pose."""
    return HeadPose(
        yaw_deg=float(np.round(pose.yaw_deg / _STILL_DEG) * _STILL_DEG),
        pitch_deg=-_STILL_DEG * 0.75 * float(np.round(-pose.pitch_deg / _STILL_DEG)),
        eye_closure=float(np.round(pose.eye_closure)),
        mouth_opening=float(np.round(pose.mouth_opening)),
        smile=float(np.round(pose.smile)),
    )


def _render_another_person(scene: _Scene, rng: np.random.Generator) -> Iterator[Image]:
    """The right person looks into the camera; the lens is covered, and somebody else does the rest.

    As a deepfake that is switched on for the first second, or a passer-by who was asked to look.
    """
    poses = scene.poses(rng)
    swap = round(scene.timing.lead_s * scene.timing.fps)
    right, wrong = scene.head(), scene.other_head()
    covered = np.full_like(right.texture, _COVERED_GREY)
    shown = (
        covered
        if swap - _COVERED_FRAMES <= number < swap
        else render_head(right if number < swap else wrong, pose)
        for number, pose in enumerate(poses)
    )
    return scene.filmed(shown, rng)


def _render_two_faces(scene: _Scene, rng: np.random.Generator) -> Iterator[Image]:
    """Two people side by side, the left one doing what was asked."""
    width, height = scene.size
    halves = replace(scene, size=(width // 2, height))
    heads = halves.head(), halves.other_head()
    doing = scene.poses(rng)
    idle = poses_of((), scene.timing.times_s(), scene.timing, rng)
    shown = (
        np.hstack([render_head(heads[0], one), render_head(heads[1], two)])
        for one, two in zip(doing, idle, strict=True)
    )
    return scene.filmed(shown, rng)


_RENDERERS: dict[Species, Callable[[_Scene, np.random.Generator], Iterator[Image]]] = {
    "live": _render_live,
    "printed_photo_moved": _render_moved_photo,
    "printed_photo_bent": _render_bent_photo,
    "screen_photo_moved": _render_screen_photo,
    "screen_replay_other_actions": _render_replay,
    "wrong_order": _render_wrong_order,
    "spliced_stills": _render_spliced,
    "crossfaded_stills": _render_crossfaded,
    "another_person": _render_another_person,
    "nothing_done": _render_nothing,
    "two_faces": _render_two_faces,
}


def _freeze(live: ChallengeVideo, _: np.random.Generator) -> ChallengeVideo:
    """Live until the last action has begun to be shown, then one frame for the rest."""
    stop = len(live.frames) * 2 // 3
    still = (live.frames[stop],) * (len(live.frames) - stop)
    return replace(live, frames=(*live.frames[:stop], *still), species="frozen")


def _loop(live: ChallengeVideo, _: np.random.Generator) -> ChallengeVideo:
    """The first action, recorded once and fed in again and again."""
    timing = live.timing
    length = int((timing.lead_s + timing.action_s[0]) * timing.fps)
    frames = tuple(live.frames[number % length] for number in range(len(live.frames)))
    return replace(live, frames=frames, species="looped")


def _inject(live: ChallengeVideo, rng: np.random.Generator) -> ChallengeVideo:
    """A perfect video that comes out of software: nothing but the camera's name gives it away."""
    label = VIRTUAL_CAMERAS[int(rng.integers(len(VIRTUAL_CAMERAS)))]
    return replace(live, species="virtual_camera", camera_label=label)


# Attacks made of a recording of the right person doing the right things.
EDITS: dict[Species, Callable[[ChallengeVideo, np.random.Generator], ChallengeVideo]] = {
    "frozen": _freeze,
    "looped": _loop,
    "virtual_camera": _inject,
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
