"""Rendered presentations: people who do what is asked, and attacks, by the number."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from kyc.evaluating.liveness_cases import LivenessCase, video_case
from kyc.evaluating.liveness_factors import FACTORS, Factor
from kyc.evaluating.liveness_people import Person
from kyc.simulation.challenge_scene import Circumstances
from kyc.simulation.challenge_videos import (
    EDITS,
    Species,
    render_challenge_video,
    to_mp4,
    to_webm,
)
from kyc.simulation.head_motion import NoFaceInPortrait
from kyc.simulation.portraits import age_portrait
from kyc.simulation.recordings import ChallengeVideo
from kyc.vision.face_mesh import track
from kyc.vision.liveness.challenge import Challenge, draw_challenge
from kyc.vision.liveness.engines import LivenessEngines
from kyc.vision.liveness.judge import check_liveness_video

Image = NDArray[np.uint8]

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
# What takes an attacker more trouble; counted apart.
HARDER: tuple[Species, ...] = (
    "two_faces",
    "photo_steep",
    "photo_with_holes",
    "screen_replay_moire",
    "swap_moment",
    "blurred_stranger",
    "looped_light",
    "mirrored_replay",
    "frozen_noise",
    "upsampled",
    "stitched_clips",
    "animated_still",
)
_HARDER_EVERY = 4
# Chromium's WebM takes thirty times as long to encode as Safari's MP4: one video in twenty.
_WEBM_EVERY = 20
# The descriptor looks at people and at people exchanged. Left out elsewhere it can only miss
# attacks, and half a second of every video is saved.
_DESCRIBED = frozenset({"live", "another_person", "swap_moment", "blurred_stranger"})
# Other light, other day: so much do the portraits differ from their photographs.
_AGEING = 0.6
_SEEDS_APART = 100_003
USUAL = "usual"
# Coprime to most counts of people, so that no condition has people of its own.
_PEOPLE_STEP = 7


@dataclass(frozen=True, slots=True, eq=False)
class _Scene:
    """What all species of one number share."""

    seed: int
    challenge: Challenge
    portrait: Image
    companion: Image
    fps: float
    condition: str

    @property
    def name(self) -> str:
        return f"render {self.seed}"

    @property
    def factor(self) -> Factor:
        return FACTORS[self.condition]

    def render(self, species: Species) -> ChallengeVideo:
        return render_challenge_video(
            self.portrait,
            self.challenge,
            rng=np.random.default_rng(self.seed),
            fps=self.fps,
            size=self.factor.size,
            species=species,
            companion=self.companion,
            circumstances=self._in_a_room(),
        )

    def _in_a_room(self) -> Circumstances:
        """Where a photograph ends there is a room: mirrored, it would show a second face."""
        usual = self.factor.circumstances
        return replace(usual, framing=replace(usual.framing, room_seed=self.seed))


def judge_renders(
    number: int, seed: int, engines: LivenessEngines, people: Sequence[Person]
) -> Iterator[LivenessCase]:
    """One case of each measured species, all answering one challenge.

    Parameters
    ----------
    number : int
        From 0; settles the person, the conditions, the challenge and every movement, together with
        the seed. Every second one is filmed as usual, of the others each under one condition of
        `liveness_factors.FACTORS`; every fourth one brings the species of `HARDER` too.
    seed : int
        Of the whole measurement: other seeds share no video.
    engines : LivenessEngines
        What the judge may use.
    people : sequence of Person
        Whose portraits are rendered; at least two.

    Notes
    -----
    The attacks made of a recording are made of the live video of the same number, so that what the
    judge refuses is what was done to it.
    """
    scene = _scene(number, seed * _SEEDS_APART + number, people)
    try:
        live = scene.render("live")
        for place, species in enumerate(_species_of(number)):
            is_webm = scene.factor.is_webm or (number + place) % _WEBM_EVERY == 0
            yield _judged(scene, _video(scene, species, live), engines, is_webm=is_webm)
    except NoFaceInPortrait:
        # Of one of the two people, after it was aged: what was not rendered cannot be judged.
        yield LivenessCase(scene.name, "video", "live", error="no_face", condition=scene.condition)


def _species_of(number: int) -> tuple[Species, ...]:
    return MEASURED + HARDER if number % _HARDER_EVERY == 0 else MEASURED


def _video(scene: _Scene, species: Species, live: ChallengeVideo) -> ChallengeVideo:
    if species == "live":
        return live
    if species in EDITS:
        return EDITS[species](live, np.random.default_rng(scene.seed))
    return scene.render(species)


def condition_of(number: int) -> str:
    """Under what a number is filmed."""
    others = [name for name in FACTORS if name != USUAL]
    return others[number // 2 % len(others)] if number % 2 else USUAL


def _scene(number: int, seed: int, people: Sequence[Person]) -> _Scene:
    rng = np.random.default_rng(seed)
    person = people[number * _PEOPLE_STEP % len(people)]
    strangers = [one for one in people if one.name in person.strangers]
    other = strangers[int(rng.integers(len(strangers)))]
    condition = condition_of(number)
    return _Scene(
        seed=seed,
        challenge=draw_challenge(random.Random(seed)),  # noqa: S311 - the same videos every time
        portrait=_portrait(person, condition, rng),
        companion=_portrait(other, condition, rng),
        fps=float(rng.choice(FACTORS[condition].fps)),
        condition=condition,
    )


def _portrait(person: Person, condition: str, rng: np.random.Generator) -> Image:
    chosen = person.portraits[int(rng.integers(len(person.portraits)))]
    portrait = age_portrait(chosen, rng, strength=_AGEING)
    change = FACTORS[condition].change
    faces = track(portrait) if change is not None else ()
    return change(portrait, faces[0].points, rng) if change is not None and faces else portrait


def _judged(
    scene: _Scene, video: ChallengeVideo, engines: LivenessEngines, *, is_webm: bool
) -> LivenessCase:
    filmed = _enlarged(video, scene.factor.enlarged)
    data = to_webm(filmed) if is_webm else to_mp4(filmed)
    used = LivenessEngines(describe=engines.describe if video.species in _DESCRIBED else None)
    report = check_liveness_video(
        data, scene.challenge, camera_label=video.camera_label, engines=used
    )
    length_ms = len(video.frames) * 1000 / video.fps
    case = video_case(scene.name, video.species, str(scene.challenge), report, length_ms)
    return replace(case, condition=scene.condition)


def _enlarged(video: ChallengeVideo, factor: int) -> ChallengeVideo:
    if factor == 1:
        return video
    frames = tuple(
        np.asarray(
            cv2.resize(frame, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC), np.uint8
        )
        for frame in video.frames
    )
    return replace(video, frames=frames)
