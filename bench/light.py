"""How often the light challenge knows a lit face, and takes an unlit one for lit.

    .venv/bin/python -m bench.light [--films 4] [--drifts 30] [--seed 41]

Films are rendered lit by 3 % and unlit, of both portraits, each with colours of its own, and seen
through cameras whose white balance (up to 15 %) and exposure (up to 20 %) swing within seconds.
Prints one JSON object. About a second for each film and drift.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
from tqdm import tqdm

from kyc.evaluating.rates import Rate
from kyc.simulation.challenge_videos import render_challenge_video
from kyc.simulation.light_drift import LightDrift
from kyc.simulation.portraits import PORTRAIT_NAMES, load_portrait
from kyc.vision.liveness.challenge import Challenge, parse_challenge, with_light
from kyc.vision.liveness.light import light_signals
from kyc.vision.liveness.observation import observe
from kyc.vision.liveness.policy import LivenessPolicy
from kyc.vision.video import Frame

LIT, UNLIT = 0.03, 0.0
MAX_WHITE_BALANCE, MAX_EXPOSURE = 0.15, 0.2


def main() -> None:
    """Render, let the camera drift, judge, print."""
    parser = argparse.ArgumentParser(description="Measure the light challenge.")
    parser.add_argument("--films", type=int, default=4, help="of each portrait and light")
    parser.add_argument("--drifts", type=int, default=30, help="cameras a film is seen through")
    parser.add_argument("--seed", type=int, default=41)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    known = {
        strength: _known(strength, options.films, options.drifts, rng) for strength in (LIT, UNLIT)
    }
    print(json.dumps({"light": {"lit": known[LIT].words, "unlit": known[UNLIT].words}}, indent=1))


def _known(strength: float, films: int, drifts: int, rng: np.random.Generator) -> Rate:
    """Faces that the challenge calls lit."""
    cases = list(product(PORTRAIT_NAMES, range(films)))
    answers: list[bool] = []
    for name, _ in tqdm(cases, desc=f"lit by {strength:.0%}"):
        challenge = _drawn(rng)
        film = render_challenge_video(
            load_portrait(name, framing="selfie"),
            challenge,
            rng=rng,
            tail_s=0.5,
            light_strength=strength,
        )
        lit = [one for one in film.as_frames() if one.at_ms >= challenge.light_start_ms]
        answers += (_is_known(lit, challenge, drift) for drift in _drifts(drifts, rng))
    return Rate(sum(answers), len(answers))


def _drawn(rng: np.random.Generator) -> Challenge:
    """Colours in random order after one movement, which costs the least to render."""
    seeded = random.Random(int(rng.integers(2**32)))  # noqa: S311 - a seed is wanted here
    return with_light(parse_challenge("turn_left@2000"), seeded)


def _drifts(count: int, rng: np.random.Generator) -> Iterator[LightDrift]:
    for _ in range(count):
        yield LightDrift(
            white_balance=rng.uniform(0, MAX_WHITE_BALANCE),
            exposure=rng.uniform(0, MAX_EXPOSURE),
            phase=rng.uniform(0, 2 * np.pi),
        )


def _is_known(lit: Sequence[Frame], challenge: Challenge, drift: LightDrift) -> bool:
    frames = [replace(one, pixels=drift.at(one.pixels, one.at_ms)) for one in lit]
    signals = light_signals(observe(frames), challenge, LivenessPolicy())
    return any(not signal.is_raised for signal in signals)


if __name__ == "__main__":
    main()
