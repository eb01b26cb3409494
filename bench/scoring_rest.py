"""Time the REST API of the running site of this checkout: single calls and batches.

    .venv/bin/python -m bench.scoring_rest --port 8000 --site-pid 4711

The load comes from `bench.load_generator`, a process beside the site on the same cores; the site,
its workers, PostgreSQL (commits are waited for) and Valkey are as `make run` starts them. Prints
one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
import psutil

from bench.payments import BATCH, Payments
from fraudsite.environment import CHECKOUT, load_environment
from fraudsite.local.servers import leased_servers

SINGLE, BATCHES = "/api/v1/transactions/", "/api/v1/transactions/batch/"
CONNECTIONS, BATCH_CLIENTS = 16, 2
RATES = (200, 300)


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is sent: seconds at each rate, requests at full speed, batches; and how often."""

    seconds: int = 10
    at_full_speed: int = 4_000
    batches: int = 12
    runs: int = 3


QUICK = Extent(seconds=4, at_full_speed=1_000, batches=12, runs=1)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Time the REST API of the running site.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--site-pid", type=int, required=True, help="of `make run`")
    parser.add_argument("--quick", action="store_true", help="once, and briefly")
    options = parser.parse_args()
    load_environment()
    with leased_servers():
        django.setup()
        extent = QUICK if options.quick else Extent()
        print(json.dumps(measure(options.port, options.site_pid, extent)))


def measure(port: int, site_pid: int, extent: Extent) -> dict[str, Any]:
    """Return the figures of single calls and of batches."""
    # Django's apps must be set up before these can be imported.
    from bench import scoring_call  # noqa: PLC0415
    from bench.cpu_split import find_parties  # noqa: PLC0415
    from transactions.models import Transaction  # noqa: PLC0415

    payments = Payments()
    with _api_key() as key, tempfile.TemporaryDirectory() as folder:
        bench = _Bench(port, key, find_parties(site_pid), payments, Path(folder) / "bodies.jsonl")
        # Customers, merchants and devices that are known, as on a site that has run for a while.
        bench.batches(10)
        rest: dict[str, Any] = {
            "users": payments.plan.users,
            "connections": CONNECTIONS,
            "seconds_a_run": extent.seconds,
            "runs": extent.runs,
        }
        for rate in RATES:
            rest[f"at_{rate}"] = bench.median(
                lambda rate=rate: bench.singles(rate * extent.seconds, rate), extent.runs
            )
        rest["at_full_speed"] = bench.median(
            lambda: bench.singles(extent.at_full_speed, 0), extent.runs
        )
        batch = bench.median(lambda: bench.batches(extent.batches), extent.runs)
        call = scoring_call.measure(payments, key)
    return {
        "rest": {**rest, "rows_at_the_end": Transaction.objects.count()},
        "rest_batch": {"batch": BATCH, "clients": BATCH_CLIENTS, **batch},
        "rest_call": call,
    }


class _Bench:
    """Loads the site and reads who took how much time."""

    def __init__(self, port: int, key: str, parties: Any, payments: Payments, bodies: Path) -> None:
        self._port, self._key, self._parties = port, key, parties
        self._payments, self._bodies = payments, bodies

    def singles(self, count: int, rate: float) -> dict[str, Any]:
        """Send single payments."""
        self._payments.write_bodies(self._bodies, count)
        return self._load(SINGLE, CONNECTIONS, rate)

    def batches(self, count: int) -> dict[str, Any]:
        """Send batches, from as many clients as the site has web processes."""
        self._payments.write_batches(self._bodies, count)
        figures = self._load(BATCHES, BATCH_CLIENTS, 0)
        return {**figures, "transactions_per_s": round(figures["per_s"] * BATCH)}

    def median(self, once: Any, runs: int) -> dict[str, Any]:
        """Return the run whose 99th percentile is the median, and the errors of all runs."""
        found = sorted((once() for _ in range(runs)), key=lambda one: one["p99_ms"])
        errors = sum(sum(one["errors"].values()) for one in found)
        spread = [found[0]["p99_ms"], found[-1]["p99_ms"]]
        return {**found[len(found) // 2], "errors": errors, "p99_ms_of_runs": spread}

    def _load(self, path: str, connections: int, rate: float) -> dict[str, Any]:
        from bench.cpu_split import spent  # noqa: PLC0415 - needs django.setup()

        before, busy_before = self._parties.cpu_s(), _busy_s()
        figures = _generate(self._port, self._key, path, self._bodies, connections, rate)
        split = spent(before, self._parties.cpu_s())
        split["generator"] = figures.pop("cpu_s")
        split["whole machine"] = round(_busy_s() - busy_before, 2)
        return {**figures, "cpu_s": split}


def _generate(
    port: int, key: str, path: str, bodies: Path, connections: int, rate: float
) -> dict[str, Any]:
    command = [
        *(sys.executable, "-m", "bench.load_generator", f"--port={port}", f"--path={path}"),
        *(f"--bodies={bodies}", f"--connections={connections}", f"--rate={rate}"),
    ]
    environment = {**os.environ, "FRAUDSITE_BENCH_KEY": key}
    result = subprocess.run(
        command, cwd=CHECKOUT, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return dict(json.loads(result.stdout))


def _busy_s() -> float:
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - times.iowait - times.guest - times.guest_nice)


@contextmanager
def _api_key() -> Iterator[str]:
    """Have a key for as long as the bench runs."""
    from fraudsite.core.actors import Actor  # noqa: PLC0415 - needs django.setup()
    from fraudsite.core.models import Workspace  # noqa: PLC0415
    from fraudsite.core.services.api_keys import api_key_create, api_key_revoke  # noqa: PLC0415

    actor = Actor.system("bench")
    made = api_key_create(
        name="Bench",
        scopes=["transactions:write"],
        workspace=Workspace.objects.sandbox(),
        actor=actor,
    )
    try:
        yield made.text
    finally:
        api_key_revoke(api_key=made.key, actor=actor)


if __name__ == "__main__":
    main()
