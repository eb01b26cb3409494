"""Time whole verifications on the running site of this checkout: submit to decision.

    .venv/bin/python -m bench.verification --count 30

Each is a rendered passport with a film that follows a freshly drawn challenge. Rendering is not
part of the time. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
import uuid

import django
from tqdm import tqdm

from fraudsite.environment import load_environment
from fraudsite.local.servers import leased_servers

DECISION_TIMEOUT_S = 120


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Time verifications, submit to decision.")
    parser.add_argument("--count", type=int, default=30, help="how many (default 30)")
    options = parser.parse_args()
    load_environment()
    with leased_servers():
        django.setup()
        print(json.dumps(measure(options.count)))


def measure(count: int) -> dict[str, object]:
    """Return times of `count` verifications, one after the other, and of their stages."""
    times_s = []
    stages_ms: dict[str, list[int]] = {}
    outcomes: dict[str, int] = {}
    for number in tqdm(range(count), desc="verifications"):
        duration_s, outcome, stages = _one(number)
        times_s.append(duration_s)
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
        for stage, duration_ms in stages.items():
            stages_ms.setdefault(stage, []).append(duration_ms)
    return {
        "verification": {
            "count": count,
            "p50_s": round(statistics.median(times_s), 2),
            "p95_s": round(statistics.quantiles(times_s, n=20)[-1], 2),
            "max_s": round(max(times_s), 2),
            "outcomes": outcomes,
            "stage_median_ms": {
                stage: round(statistics.median(found)) for stage, found in stages_ms.items()
            },
        }
    }


def _one(number: int) -> tuple[float, str, dict[str, int]]:
    # Django's apps must be set up before these can be imported.
    from fraudsite.core.choices import Role  # noqa: PLC0415
    from fraudsite.core.models import User  # noqa: PLC0415
    from kyc.services.demo import case_submit  # noqa: PLC0415
    from kyc.services.demo_logins import DemoCase  # noqa: PLC0415

    email = f"bench-{uuid.uuid4().hex}@example.com"
    User.objects.create_user(email=email, password=uuid.uuid4().hex, role=Role.CUSTOMER)
    verification = case_submit(DemoCase(email, 1000 + number, "astronaut", "astronaut", 0.6, ""))
    deadline = time.monotonic() + DECISION_TIMEOUT_S
    while not verification.decisions.exists():
        if time.monotonic() > deadline:
            message = "no decision within two minutes: is `make run` running here?"
            raise SystemExit(message)
        time.sleep(0.05)
    decision = verification.decisions.get()
    verification.refresh_from_db()
    assert verification.submitted_at is not None
    duration_s = (decision.created_at - verification.submitted_at).total_seconds()
    stages = dict(verification.stage_results.values_list("stage", "duration_ms"))
    return duration_s, verification.status, stages


if __name__ == "__main__":
    main()
