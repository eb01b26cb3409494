"""Videos of a person who does what was asked, and of attacks that try to pass as one.

Everything is rendered from a still portrait and a random generator: the same seed gives the same
frames. Used by tests, demo data and benchmarks.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from kyc.simulation import animated_stills, harder_presentations, presentations, recordings
from kyc.simulation.challenge_scene import USUAL, Circumstances, Scene
from kyc.simulation.choreography import Timing
from kyc.simulation.recordings import ChallengeVideo
from kyc.vision.liveness.challenge import LIGHT_MS, Challenge
from kyc.vision.video import MJPEG_FPS

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
    "photo_steep",
    "photo_with_holes",
    "screen_replay_moire",
    "swap_moment",
    "blurred_stranger",
    "stitched_clips",
    "looped_light",
    "mirrored_replay",
    "upsampled",
    "frozen_noise",
    "animated_still",
]
SPECIES: tuple[Species, ...] = get_args(Species)


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
    circumstances: Circumstances = USUAL,
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
        Portrait of the second person for "two_faces", "another_person", "swap_moment",
        "blurred_stranger" and "photo_with_holes"; the same portrait if left out.
    light_strength : float
        Share by which a colour on the screen brightens the face in it, where the challenge has a
        light; .12 is a phone at arm's length in a dim room, 0 a recording made without it.
    circumstances : Circumstances
        Camera, framing and manner.

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
    scene = Scene(portrait, companion, challenge, size, timing, light_strength, circumstances)
    if species in EDITS:
        live = ChallengeVideo(tuple(scene.acted(rng)), timing, "live")
        return EDITS[species](live, rng)
    return ChallengeVideo(tuple(_RENDERERS[species](scene, rng)), timing, species)


_RENDERERS: dict[Species, Callable[[Scene, np.random.Generator], Iterator[Image]]] = {
    "live": presentations.render_live,
    "printed_photo_moved": presentations.render_moved_photo,
    "printed_photo_bent": presentations.render_bent_photo,
    "screen_photo_moved": presentations.render_screen_photo,
    "screen_replay_other_actions": presentations.render_replay,
    "wrong_order": presentations.render_wrong_order,
    "spliced_stills": presentations.render_spliced,
    "crossfaded_stills": presentations.render_crossfaded,
    "another_person": presentations.render_another_person,
    "nothing_done": presentations.render_nothing,
    "two_faces": presentations.render_two_faces,
    "photo_steep": harder_presentations.render_steep_photo,
    "photo_with_holes": harder_presentations.render_photo_with_holes,
    "screen_replay_moire": harder_presentations.render_moire_replay,
    "swap_moment": harder_presentations.render_swap_moment,
    "blurred_stranger": harder_presentations.render_blurred_stranger,
    "stitched_clips": harder_presentations.render_stitched,
    "animated_still": animated_stills.render_animated_still,
}
# Attacks made of a recording of the right person doing the right things.
EDITS: dict[Species, Callable[[ChallengeVideo, np.random.Generator], ChallengeVideo]] = {
    "frozen": recordings.freeze,
    "looped": recordings.loop,
    "virtual_camera": recordings.inject,
    "looped_light": recordings.loop_in_other_light,
    "mirrored_replay": recordings.mirror,
    "upsampled": recordings.upsample,
    "frozen_noise": recordings.freeze_noisily,
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
