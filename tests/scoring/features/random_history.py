"""A longer history: busy enough that every list in every state overflows."""

from __future__ import annotations

import numpy as np

from scoring.features import EVENT, EventKind


def random_history(count: int, rng: np.random.Generator) -> np.ndarray:
    """Return events of few customers, some busy, with labels, corrections and late arrivals."""
    events = np.zeros(count, EVENT)
    # Quiet and busy stretches: pauses from seconds to weeks.
    pauses = rng.choice([1, 60, 900, 7_200, 90_000], count, p=[0.3, 0.3, 0.25, 0.14, 0.01])
    late = rng.choice([0, 3_000], count, p=[0.95, 0.05])
    events["time_us"] = (1_750_000_000 + np.cumsum(pauses) - late) * 1_000_000
    events["transaction"] = np.arange(count) + 1
    events["amount"] = np.round(rng.lognormal(4, 2, count), 2) + 0.01
    for name, most in {"transaction_kind": 5, "channel": 6, "mcc": 20}.items():
        events[name] = rng.integers(0, most, count)
    for name, most in {"customer": 6, "merchant": 90, "device": 30, "ip": 40, "card": 25}.items():
        events[name] = np.minimum(rng.geometric(3 / most, count) - 1, most)
    events["country"] = rng.integers(0, 12, count) * 256 + 65
    events["latitude"] = rng.choice([np.nan, 52.5, 48.9, 40.7], count)
    events["longitude"] = rng.choice([np.nan, 13.4, 2.3, -74.0], count)
    events["face_match_score"] = rng.random(count)
    _make_labels(events, rng)
    is_verification = rng.random(count) < 0.02
    events["kind"][is_verification] = EventKind.VERIFICATION
    events["verification_outcome"] = rng.integers(0, 5, count)
    return events


def _make_labels(events: np.ndarray, rng: np.random.Generator) -> None:
    for place in np.flatnonzero(rng.random(events.size) < 0.2):
        earlier = max(0, place - int(rng.integers(1, 200)))
        if events["kind"][earlier] == EventKind.TRANSACTION and earlier < place:
            time_us = events["time_us"][place]
            events[place] = events[earlier]
            events["labelled_time_us"][place] = events["time_us"][earlier]
            events["time_us"][place] = time_us
            events["kind"][place] = EventKind.LABEL
            events["is_fraud"][place] = rng.random() < 0.4
            events["previous_label"][place] = rng.choice([0, 1, 2], p=[0.8, 0.1, 0.1])
