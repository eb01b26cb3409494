"""How long one face is searched among many.

    python bench/face_gallery.py [--faces 100000] [--searches 200]

Random directions of length 1: how long a search takes does not depend on what the numbers are.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kyc.vision.faces.gallery import DIMENSIONS, Gallery, duplicate_policy


def main() -> None:
    """Fill a gallery, search it, print the times as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faces", type=int, default=100_000)
    parser.add_argument("--searches", type=int, default=200)
    options = parser.parse_args()
    rng = np.random.default_rng(1)
    faces = rng.normal(size=(options.faces + options.searches, DIMENSIONS)).astype(np.float32)
    faces /= np.linalg.norm(faces, axis=1, keepdims=True)
    gallery = Gallery()

    started = time.perf_counter()
    gallery.add_many(range(options.faces), faces[: options.faces])
    load_ms = 1000 * (time.perf_counter() - started)
    times_ms = sorted(_search_ms(gallery, face) for face in faces[options.faces :])
    policy = duplicate_policy(options.faces)
    print(
        json.dumps(
            {
                "faces": options.faces,
                "load_ms": round(load_ms),
                "median_ms": round(times_ms[len(times_ms) // 2], 2),
                "p95_ms": round(times_ms[int(0.95 * len(times_ms))], 2),
                "max_ms": round(times_ms[-1], 2),
                "hit_distance": round(policy.hit_distance, 3),
                "strict_distance": round(policy.strict_distance, 3),
            },
            indent=2,
        )
    )


def _search_ms(gallery: Gallery, face: np.ndarray) -> float:
    started = time.perf_counter()
    gallery.nearest(face, 10, exclude=[7])
    return 1000 * (time.perf_counter() - started)


if __name__ == "__main__":
    main()
