"""Rendered presentations: people who do what is asked, and attacks, by the number."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kyc.evaluating.liveness_cases import LivenessCase, video_case
from kyc.simulation.challenge_videos import (
    EDITS,
    ChallengeVideo,
    Species,
    render_challenge_video,
    to_mp4,
    to_webm,
)
from kyc.simulation.portraits import PORTRAIT_NAMES, PortraitName, age_portrait, load_portrait
from kyc.vision.liveness.challenge import Challenge, draw_challenge
from kyc.vision.liveness.engines import LivenessEngines
from kyc.vision.liveness.judge import check_liveness_video

# What is published: a person, and each way to pretend to be one.
MEASURED: tuple[Species, ...] = (
    "live",
    "virtual_camera",
    "frozen",
    "looped",
    "printed_photo_moved",
    "printed_photo_bent",
    "screen_photo_moved",
    "screen_replay_other_actions",
    "spliced_stills",
    "crossfaded_stills",
    "another_person",
)
# Chromium's WebM takes thirty times as long to encode as Safari's MP4: one video in twenty.
_WEBM_EVERY = 20
# Half of a webcam's pixels render in half the time, and are the harder ones to judge.
_SIZE = (480, 360)
# What a browser delivers on a good and on a busy machine.
_FPS = (8.0, 10.0, 12.0)
# The descriptor looks at people and at people exchanged. Left out elsewhere it can only miss
# attacks, and half a second of every video is saved.
_DESCRIBED = frozenset({"live", "another_person"})
# Other light, other day: so much do the portraits differ from their photographs.
_AGEING = 0.6
_SEEDS_APART = 100_003


@dataclass(frozen=True, slots=True, eq=False)
class _Scene:
    """What all species of one number share."""

    seed: int
    challenge: Challenge
    portrait: NDArray[np.uint8]
    companion: NDArray[np.uint8]
    fps: float

    def render(self, species: Species) -> ChallengeVideo:
        return render_challenge_video(
            self.portrait,
            self.challenge,
            rng=np.random.default_rng(self.seed),
            fps=self.fps,
            size=_SIZE,
            species=species,
            companion=self.companion,
        )


def judge_renders(number: int, seed: int, engines: LivenessEngines) -> Iterator[LivenessCase]:
    """One case of each measured species, all answering one challenge.

    Parameters
    ----------
    number : int
        From 0; settles the person, the challenge and every movement, together with the seed.
    seed : int
        Of the whole measurement: other seeds share no video.
    engines : LivenessEngines
        What the judge may use.

    Notes
    -----
    The attacks made of a recording are made of the live video of the same number, so that what the
    judge refuses is what was done to it.
    """
    scene = _scene(number, seed * _SEEDS_APART + number)
    live = scene.render("live")
    for place, species in enumerate(MEASURED):
        if species == "live":
            video = live
        elif species in EDITS:
            video = EDITS[species](live, np.random.default_rng(scene.seed))
        else:
            video = scene.render(species)
        is_webm = (number + place) % _WEBM_EVERY == 0
        yield _judged(scene, video, engines, is_webm=is_webm)


def _scene(number: int, seed: int) -> _Scene:
    rng = np.random.default_rng(seed)
    person = PORTRAIT_NAMES[number % len(PORTRAIT_NAMES)]
    other = PORTRAIT_NAMES[(number + 1) % len(PORTRAIT_NAMES)]
    return _Scene(
        seed=seed,
        challenge=draw_challenge(random.Random(seed)),  # noqa: S311 - the same videos every time
        portrait=_portrait(person, rng),
        companion=_portrait(other, rng),
        fps=float(rng.choice(_FPS)),
    )


def _portrait(name: PortraitName, rng: np.random.Generator) -> NDArray[np.uint8]:
    return age_portrait(load_portrait(name, framing="selfie"), rng, strength=_AGEING)


def _judged(
    scene: _Scene, video: ChallengeVideo, engines: LivenessEngines, *, is_webm: bool
) -> LivenessCase:
    data = to_webm(video) if is_webm else to_mp4(video)
    used = LivenessEngines(describe=engines.describe if video.species in _DESCRIBED else None)
    report = check_liveness_video(
        data, scene.challenge, camera_label=video.camera_label, engines=used
    )
    length_ms = len(video.frames) * 1000 / video.fps
    name = f"render {scene.seed}"
    return video_case(name, video.species, str(scene.challenge), report, length_ms)
