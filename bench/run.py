"""Measure start, verification, memory, scoring and the pages of cases: `make bench`.

1. Clones this checkout's HEAD into a new folder and times `make run` there until it says that it
   is ready: the cold start, with every download. Stops it, starts it again: the warm start.
2. Against that running site, sends verifications one after the other and times submit to decision,
   and reads the memory of the worker's processes.
3. Against the same site, sends payments to the REST API (`bench.scoring_rest`).
4. With the site stopped: scoring in one process, the generation of a long history, the training.
5. With servers of its own: the pages of cases on a full database (`bench.cases`).

`--only` measures one part and leaves what var/bench.json holds of the others. From that file
docs/benchmarks.md is made (`python -m bench.report`).
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
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from fraudsite.environment import CHECKOUT
from fraudsite.local.ports import free_port

# What `generate_transactions` promises a time and a size for.
GENERATED = 5_000_000
# What can be measured by itself; the figures of the others are then of an older commit.
PARTS = ("verification", "scoring", "cases")
# What a site is started for.
SITE_PARTS = {"verification", "scoring"}
READY_LINE = "Fraudsite is ready"
START_TIMEOUT_S = 900
# What of this process's settings must not reach the clone.
OWN_SETTINGS = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "SECRET_KEY", "MASTER_KEYS")


def main() -> None:
    """Measure what is asked for and write the figures."""
    options = _parse()
    with _clone() as clone:
        figures = measure(clone, options)
    target = CHECKOUT / "var" / "bench.json"
    known = json.loads(target.read_text()) if options.only and target.exists() else {}
    commits = dict.fromkeys(_parts(options), _git("rev-parse", "--short", "HEAD"))
    known |= {
        "measured_on": datetime.now(UTC).date().isoformat(),
        "machine": _machine(),
        "commits": {**known.get("commits", {}), **commits},
        **figures,
    }
    target.write_text(json.dumps(known, indent=2) + "\n")
    print(json.dumps(known, indent=2))


def measure(clone: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Return the figures of a clone."""
    parts = _parts(options)
    figures: dict[str, Any] = {}
    if SITE_PARTS & parts:
        figures |= measure_site(clone, parts, options)
    else:
        subprocess.run(["make", "--quiet", "setup"], cwd=clone, env=_environment(), check=True)
    if "scoring" in parts:
        figures |= measure_offline(clone, is_quick=options.quick)
    if "cases" in parts:
        figures |= _module(clone, "bench.cases", *_quick(options.quick))
    return figures


def measure_site(clone: Path, parts: set[str], options: argparse.Namespace) -> dict[str, Any]:
    """Return the figures that need a running site."""
    site = start(clone)
    figures: dict[str, Any] = {}
    try:
        if "verification" in parts:
            cold_s = site.ready_after_s
            stop(site.process)
            site = start(clone)
            figures["start"] = {"cold_s": cold_s, "warm_s": site.ready_after_s}
            figures |= _module(clone, "bench.verification", f"--count={options.count}")
            figures["memory"] = worker_memory(site.process.pid)
        if "scoring" in parts:
            figures |= measure_rest(clone, site, is_quick=options.quick)
    finally:
        stop(site.process)
    return figures


def _parts(options: argparse.Namespace) -> set[str]:
    return {options.only} if options.only else set(PARTS)


@dataclass(frozen=True, slots=True)
class Site:
    """A running `make run`."""

    process: subprocess.Popen[str]
    port: int
    ready_after_s: float


def start(clone: Path) -> Site:
    """Run `make run` and return it once it is ready."""
    port = free_port()
    started = time.monotonic()
    process = subprocess.Popen(
        ["make", "run", f"PORT={port}"],
        cwd=clone,
        env=_environment(),
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
            return Site(process, port, round(time.monotonic() - started, 1))
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


def measure_rest(clone: Path, site: Site, *, is_quick: bool) -> dict[str, Any]:
    """Send payments to the running site and return its figures."""
    where = (f"--port={site.port}", f"--site-pid={site.process.pid}")
    return _module(clone, "bench.scoring_rest", *where, *_quick(is_quick))


def measure_offline(clone: Path, *, is_quick: bool) -> dict[str, Any]:
    """Return the figures that need no site; the long ones are left out in a hurry."""
    figures = _module(clone, "bench.scoring_core", *_quick(is_quick))
    if not is_quick:
        figures["generation"] = measure_generation(clone)
        figures |= _module(clone, "bench.scoring_training")
    return figures


def measure_generation(clone: Path) -> dict[str, float]:
    """Return time and memory of generating a long history; its files are deleted again."""
    folder = clone / "var" / "history"
    command = [
        *(str(clone / ".venv/bin/python"), "manage.py", "generate_transactions"),
        *("--users=50000", f"--transactions={GENERATED}", "--fraud-rate=0.04", "--seed=1"),
        f"--out={folder}",
    ]
    started = time.monotonic()
    process = subprocess.Popen(command, cwd=clone, env=_environment(), stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - started
    shutil.rmtree(folder, ignore_errors=True)
    if process.returncode:
        message = "generate_transactions failed; see above"
        raise SystemExit(message)
    return {
        "transactions": GENERATED,
        "seconds": round(seconds, 1),
        "peak_rss_mb": round(usage.ru_maxrss / 1000),
    }


def _quick(is_quick: bool) -> list[str]:  # noqa: FBT001 - the flag is the argument
    return ["--quick"] if is_quick else []


def _module(clone: Path, module: str, *words: str) -> dict[str, Any]:
    """Run a bench of the clone and return the figures it prints."""
    command = [str(clone / ".venv/bin/python"), "-m", module, *words]
    result = subprocess.run(
        command, cwd=clone, env=_environment(), check=True, stdout=subprocess.PIPE, text=True
    )
    return dict(json.loads(result.stdout.strip().splitlines()[-1]))


def _environment() -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if name not in OWN_SETTINGS}
    # One portrait on one table stands for every customer that is timed: each would be the first
    # one's double, and one in twenty pictures of the passport is near another's.
    one_face = {"duplicate.face": "none", "duplicate.document_picture": "none"}
    return {**own, "POLICY_EFFECTS": json.dumps(one_face)}


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
    parser = argparse.ArgumentParser(description="Measure the product on this machine.")
    parser.add_argument("--count", type=int, default=30, help="verifications (default 30)")
    parser.add_argument("--only", choices=PARTS, help="measure one part")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="short runs of scoring, no training, no long history, a twentieth of the cases",
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
