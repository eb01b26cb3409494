"""Pin the whole dependency set: `.venv/bin/python deploy/lock_requirements.py` (or `make lock`).

Resolves `deploy/*.in` for Python 3.11 and writes `requirements*.txt`, each direct requirement
with its reason beside the pin. Pins that are there already stay unless `--upgrade` is given.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
HEADER = "# Written by deploy/lock_requirements.py from {source}; installed with --no-deps.\n"


def reasons(source: Path) -> dict[str, str]:
    """Return the comment behind each direct requirement, by package name."""
    found = {}
    for line in source.read_text().splitlines():
        match = re.match(r"([A-Za-z0-9_.-]+)[^#]*#\s*(.+)", line)
        if match:
            found[match.group(1).lower()] = match.group(2)
    return found


def with_reasons(pins: str, reason_of: dict[str, str]) -> str:
    """Put the reasons behind the pins they belong to."""
    lines = []
    for pin in pins.splitlines():
        reason = reason_of.get(pin.split("==")[0].lower())
        lines.append(f"{pin:<40}# {reason}" if reason else pin)
    return "\n".join(lines) + "\n"


def lock(source: Path, target: Path, *options: str) -> None:
    """Resolve one file."""
    command = [
        str(CHECKOUT / ".venv/bin/uv"),
        "pip",
        "compile",
        "--quiet",
        "--python-version",
        "3.11",
    ]
    command += ["--no-header", "--no-annotate", "--output-file", str(target)]
    command += [
        "--override",
        str(CHECKOUT / "deploy/requirements-overrides.txt"),
        *options,
        str(source),
    ]
    subprocess.run(command, check=True, cwd=CHECKOUT)
    header = HEADER.format(source=source.relative_to(CHECKOUT))
    target.write_text(header + with_reasons(target.read_text(), reasons(source)))


if __name__ == "__main__":
    for name in ("requirements", "requirements-test"):
        lock(CHECKOUT / f"deploy/{name}.in", CHECKOUT / f"{name}.txt", *sys.argv[1:])
