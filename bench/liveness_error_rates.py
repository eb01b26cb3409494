"""Error rates of the liveness check on rendered videos, as one JSON object a line.

python bench/liveness_error_rates.py --count 20

For "live" the error is a person who is not accepted (BPCER of ISO/IEC 30107-3; "asked to try again"
counts as an error), for every other species an attack that is accepted (APCER). A rate is never
stated below 3/n, the upper end of its 95 % interval when no error was seen ("rule of three").
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from kyc.simulation.challenge_videos import SPECIES, Species, render_challenge_video, to_webm
from kyc.simulation.portraits import PORTRAIT_NAMES, load_portrait
from kyc.vision.liveness.challenge import draw_challenge
from kyc.vision.liveness.judge import LivenessReport, check_liveness_video


def judged(species: Species, number: int) -> LivenessReport:
    """One rendered video, through WebM as from a browser, and what the judge says about it."""
    person = PORTRAIT_NAMES[number % 2]
    companion = PORTRAIT_NAMES[(number + 1) % 2]
    challenge = draw_challenge(random.Random(number))  # noqa: S311 - the same videos every time
    video = render_challenge_video(
        load_portrait(person, framing="selfie"),
        challenge,
        rng=np.random.default_rng(number),
        species=species,
        companion=load_portrait(companion, framing="selfie"),
    )
    return check_liveness_video(to_webm(video), challenge)


def rate(errors: int, count: int) -> str:
    """The share of errors with its counts, never below 3/n."""
    return f"{errors}/{count}" if errors else f"< 3/{count}"


def measure(species: Species, count: int) -> dict[str, object]:
    """Outcomes, error rate, raised signals and time of one species."""
    started = time.perf_counter()
    reports = [judged(species, number) for number in range(count)]
    outcomes = Counter(report.outcome for report in reports)
    errors = count - outcomes["live"] if species == "live" else outcomes["live"]
    signals = Counter(
        signal.code for report in reports for signal in report.signals if signal.is_raised
    )
    return {
        "species": species,
        "count": count,
        "outcomes": dict(outcomes),
        "error_rate": rate(errors, count),
        "signals": dict(signals.most_common()),
        "values": {
            code: [round(min(found), 3), round(max(found), 3)]
            for code, found in _values(reports).items()
        },
        "judge_ms_per_video": round(float(np.median([r.duration_ms for r in reports]))),
        "seconds": round(time.perf_counter() - started),
    }


def _values(reports: list[LivenessReport]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for report in reports:
        for signal in report.signals:
            if signal.kind == "fraud":
                found.setdefault(signal.code, []).append(signal.value)
        for action in report.actions:
            found.setdefault(f"peak_{action.action}", []).append(action.peak)
    return found


def main() -> None:
    """Measure the species named, or all, and print each as soon as it is done."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20, help="videos of each species")
    parser.add_argument("species", nargs="*", default=list(SPECIES))
    arguments = parser.parse_args()
    for species in arguments.species:
        print(json.dumps(measure(species, arguments.count)), flush=True)


if __name__ == "__main__":
    main()
