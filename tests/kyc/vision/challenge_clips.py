"""Rendered challenge videos, made once for each test process."""

from __future__ import annotations

from functools import cache

import numpy as np

from kyc.simulation.challenge_scene import USUAL, Circumstances
from kyc.simulation.challenge_videos import ChallengeVideo, Species, render_challenge_video
from kyc.simulation.portraits import PORTRAIT_NAMES, PortraitName, load_portrait
from kyc.vision.liveness.challenge import parse_challenge


@cache
def clip(
    person: PortraitName,
    challenge: str,
    species: Species = "live",
    seed: int = 1,
    circumstances: Circumstances = USUAL,
) -> ChallengeVideo:
    companion = next(name for name in PORTRAIT_NAMES if name != person)
    return render_challenge_video(
        load_portrait(person, framing="selfie"),
        parse_challenge(challenge),
        rng=np.random.default_rng(seed),
        species=species,
        lead_s=1.0,
        tail_s=0.5,
        seconds_per_action=2.0,
        companion=load_portrait(companion, framing="selfie"),
        circumstances=circumstances,
    )
