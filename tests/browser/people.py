"""Documents and films of the two people who ship with the dependencies."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import cv2
import numpy as np

from kyc.simulation.challenge_videos import render_challenge_video, to_mjpeg
from kyc.simulation.people import SpecimenPerson, draw_person
from kyc.simulation.photography import photograph
from kyc.simulation.portraits import PortraitName, age_portrait, load_portrait
from kyc.simulation.specimens import Kind, render_specimen
from kyc.vision.liveness.challenge import parse_challenge

# Blue, green, red, as OpenCV has them; no face and no wall is so blue.
BLUE = (255, 0, 0)
LEADER_S = 3.0


@dataclass(frozen=True)
class Papers:
    """A person's specimen, photographed."""

    person: SpecimenPerson
    front: Path
    back: Path | None


def photograph_papers(
    folder: Path,
    *,
    seed: int,
    face: PortraitName = "astronaut",
    kind: Kind = "TD3",
    blur_sigma: float = 0.6,
) -> Papers:
    """Render a specimen with this face and photograph it."""
    rng = np.random.default_rng(seed)
    person = draw_person(rng, today=date.today())  # noqa: DTZ011 - the document must be valid today
    specimen = render_specimen(
        person, kind=kind, portrait=age_portrait(load_portrait(face), rng), rng=rng
    )
    front = _save(folder / "front.jpg", photograph(specimen.front, rng, blur_sigma=blur_sigma))
    back = None
    if specimen.back is not None:
        back = _save(folder / "back.jpg", photograph(specimen.back, rng, blur_sigma=blur_sigma))
    return Papers(person, front, back)


def film_challenge(
    path: Path, actions: str, *, face: PortraitName, lead_ms: int, action_ms: int, seed: int = 7
) -> Path:
    """Film somebody doing the challenge at the page's own pace, for Chromium's fake camera.

    The film begins with a blue leader, at whose end the recording is to start: a busy machine takes
    its time between opening the camera and that. A long rest at the end keeps the film from
    starting over while it is still recorded.
    """
    video = render_challenge_video(
        load_portrait(face, framing="selfie"),
        parse_challenge(actions),
        rng=np.random.default_rng(seed),
        lead_s=lead_ms / 1000,
        seconds_per_action=action_ms / 1000,
        tail_s=8,
    )
    leader = [np.full_like(video.frames[0], BLUE)] * round(LEADER_S * video.fps)
    path.write_bytes(to_mjpeg(replace(video, frames=[*leader, *video.frames])))
    return path


def _save(path: Path, pixels: np.ndarray) -> Path:
    assert cv2.imwrite(str(path), pixels, [cv2.IMWRITE_JPEG_QUALITY, 92])
    return path
