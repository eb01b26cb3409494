"""Measure start, verification and memory: `make bench`.

1. Clones this checkout's HEAD into a new folder and times `make run` there until it says that it
   is ready: the cold start, with every download. Stops it, starts it again: the warm start.
2. Against that running site, sends verifications one after the other and times submit to decision.
3. Reads the memory of the worker's processes.

Writes var/bench.json, from which docs/benchmarks.md is made (`python -m bench.report`).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from fraudsite.environment import CHECKOUT
from fraudsite.local.ports import free_port

READY_LINE = "Fraudsite is ready"
START_TIMEOUT_S = 900
# What of this process's settings must not reach the clone.
OWN_SETTINGS = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "SECRET_KEY", "MASTER_KEYS")


def main() -> None:
    """Measure everything and write the figures."""
    options = _parse()
    with _clone() as clone:
        cold_s, site = start(clone)
        stop(site)
        warm_s, site = start(clone)
        try:
            figures = measure_verifications(clone, options.count)
            figures["memory"] = worker_memory(site.pid)
        finally:
            stop(site)
    figures = {
        "measured_on": datetime.now(UTC).date().isoformat(),
        "machine": _machine(),
        "commit": _git("rev-parse", "--short", "HEAD"),
        "start": {"cold_s": round(cold_s, 1), "warm_s": round(warm_s, 1)},
        **figures,
    }
    target = CHECKOUT / "var" / "bench.json"
    target.write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures, indent=2))


def start(clone: Path) -> tuple[float, subprocess.Popen[str]]:
    """Run `make run` and return how long it took to be ready, and the process."""
    environment = {k: v for k, v in os.environ.items() if k not in OWN_SETTINGS}
    started = time.monotonic()
    process = subprocess.Popen(
        ["make", "run", f"PORT={free_port()}"],
        cwd=clone,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    log = (CHECKOUT / "var" / "bench.log").open("a")
    assert process.stdout is not None
    for line in process.stdout:
        log.write(line)
        if READY_LINE in line:
            _drain(process)
            return time.monotonic() - started, process
        if time.monotonic() - started > START_TIMEOUT_S:
            break
    stop(process)
    message = "`make run` did not become ready; see var/bench.log"
    raise SystemExit(message)


def stop(process: subprocess.Popen[str]) -> None:
    """Stop `make run` as Ctrl-C does."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=90)


def measure_verifications(clone: Path, count: int) -> dict[str, Any]:
    """Send verifications to the running site and return their times."""
    command = [str(clone / ".venv/bin/python"), "-m", "bench.verification", f"--count={count}"]
    environment = {k: v for k, v in os.environ.items() if k not in OWN_SETTINGS}
    result = subprocess.run(
        command, cwd=clone, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return dict(json.loads(result.stdout.strip().splitlines()[-1]))


def worker_memory(site_pid: int) -> dict[str, float]:
    """Return resident memory of the verification worker in MB: its main process and the pool's."""
    workers = [
        process
        for process in psutil.Process(site_pid).children(recursive=True)
        if "--queues=verification" in process.cmdline()
    ]
    rss = sorted(process.memory_info().rss / 1e6 for process in workers)
    pss = sum(process.memory_full_info().pss for process in workers) / 1e6
    return {
        "processes": len(workers),
        "largest_rss_mb": round(rss[-1]),
        "all_pss_mb": round(pss),
    }


@contextmanager
def _clone() -> Iterator[Path]:
    """Give a fresh clone below var/, removed afterwards with its data."""
    parent = CHECKOUT / "var" / "bench"
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=parent))
    folder.chmod(0o755)
    clone = folder / "checkout"
    subprocess.run(["git", "clone", "--quiet", str(CHECKOUT), str(clone)], check=True)
    try:
        yield clone
    finally:
        subprocess.run(["make", "--quiet", "clean-data"], cwd=clone, check=False)
        shutil.rmtree(folder, ignore_errors=True)


def _drain(process: subprocess.Popen[str]) -> None:
    """Keep reading, or the site would stop at a full pipe."""
    import threading  # noqa: PLC0415 - only here

    stream = process.stdout
    assert stream is not None
    threading.Thread(target=lambda: all(True for _ in stream), daemon=True).start()


def _machine() -> str:
    memory_gb = psutil.virtual_memory().total / 2**30
    return (
        f"{psutil.cpu_count()} cores, {memory_gb:.0f} GB, {platform.system()} {platform.machine()}"
    )


def _git(*words: str) -> str:
    result = subprocess.run(
        ["git", *words], cwd=CHECKOUT, check=True, capture_output=True, text=True
    )
    return result.stdout.strip()


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure start, verification and memory.")
    parser.add_argument("--count", type=int, default=30, help="verifications (default 30)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
