r"""Time the analysts' pages with 200,000 cases and 2 million transactions.

    .venv/bin/python -m bench.cases

Everything is its own and goes again: servers and data in a folder below var/, a web process as
`make run` starts it. The history comes from the generator and the loader of the product, without
building features, which no page of cases asks for; the cases are drawn (`bench.cases_plan`).
Prints one JSON object, whose figures are for a list (filters and pages drawn), the next case
(claimed for good each time), and the page of a case about payments and about a verification.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import django
import psutil

from fraudsite.environment import CHECKOUT, load_environment
from fraudsite.local.ports import free_port
from fraudsite.local.servers import leased_servers

START_TIMEOUT_S = 120


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Time the pages of cases.")
    parser.add_argument("--quick", action="store_true", help="a twentieth of the rows")
    options = parser.parse_args()
    load_environment()
    with ExitStack() as stack:
        stack.enter_context(_own_folder())
        stack.enter_context(leased_servers())
        django.setup()
        print(json.dumps({"cases": _measured(is_quick=options.quick)}))


def _measured(*, is_quick: bool) -> dict[str, Any]:
    # Django's apps must be set up before these can be imported.
    from bench.cases_measuring import measure  # noqa: PLC0415
    from bench.cases_plan import Extent  # noqa: PLC0415
    from bench.cases_site import prepare  # noqa: PLC0415

    extent = Extent(10_000, 2_000, 100_000, 2_500) if is_quick else Extent()
    begun = time.monotonic()
    people = prepare(extent)
    loaded_s = time.monotonic() - begun
    with _web() as (port, pid):
        figures = measure(port, pid, people)
    return {**figures, "loading_s": round(loaded_s)}


@contextmanager
def _own_folder() -> Iterator[None]:
    """Have servers and files in a folder of their own, deleted afterwards."""
    parent = CHECKOUT / "var" / "bench"
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="cases-", dir=parent))
    folder.chmod(0o755)
    before = dict(os.environ)
    os.environ["FRAUDSITE_VAR"] = str(folder)
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    try:
        yield
    finally:
        command = [sys.executable, "-m", "fraudsite.local.clean_data"]
        subprocess.run(command, cwd=CHECKOUT, check=False, stdout=subprocess.DEVNULL)
        shutil.rmtree(folder, ignore_errors=True)
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _web() -> Iterator[tuple[int, int]]:
    """Serve the site as `make run` does; give its port and process."""
    from fraudsite.local.run import _web as web_command  # noqa: PLC0415 - needs django.setup()

    port = free_port()
    process = psutil.Popen(web_command(port), cwd=CHECKOUT, stdout=sys.stderr)
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz")
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(timeout=60)


def _wait_for(address: str) -> None:
    """Return once the site answers."""
    until = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < until:
        with suppress(OSError), urllib.request.urlopen(address, timeout=5):  # noqa: S310 - http
            return
        time.sleep(0.2)
    message = "the web process did not become ready"
    raise SystemExit(message)


if __name__ == "__main__":
    main()
