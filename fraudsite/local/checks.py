"""Format, lint, types, contracts, templates, system, migration, API checks: `make lint`.

Runs all of them, prints what failed, and ends with a table; the exit code is 1 when any failed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass

from fraudsite.environment import CHECKOUT, load_environment
from fraudsite.local.servers import leased_servers

BIN = CHECKOUT / ".venv" / "bin"


@dataclass(frozen=True, slots=True)
class Check:
    """One tool, its command line, and settings it needs in the environment."""

    name: str
    command: tuple[str, ...]
    settings: str = "fraudsite.settings.test"


# A difference is printed as what to do to the committed description.
IS_DESCRIPTION_CURRENT = """
.venv/bin/python manage.py spectacular --validate --fail-on-warn | diff -u docs/openapi.yaml - || {
  echo 'Run `manage.py spectacular --file docs/openapi.yaml` and look at what changed.'; exit 1; }
"""


def _manage(*words: str) -> tuple[str, ...]:
    return (str(BIN / "python"), "manage.py", *words)


CHECKS = (
    Check("format", (str(BIN / "ruff"), "format", "--check", ".")),
    Check("lint", (str(BIN / "ruff"), "check", ".")),
    Check("types", (str(BIN / "mypy"), ".")),
    Check("imports", (str(BIN / "lint-imports"),)),
    Check("templates", (str(BIN / "djlint"), "--check", "--lint", "--quiet", "templates")),
    Check(
        "system checks",
        _manage("check", "--deploy", "--fail-level", "WARNING"),
        "fraudsite.settings.production",
    ),
    Check("migrations", _manage("makemigrations", "--check", "--dry-run")),
    Check("API description", ("bash", "-o", "pipefail", "-c", IS_DESCRIPTION_CURRENT)),
)


def main() -> int:
    """Run every check; return 1 when any failed."""
    load_environment()
    results = []
    with leased_servers():
        for check in CHECKS:
            started = time.monotonic()
            is_passed = _run(check)
            results.append((check.name, is_passed, time.monotonic() - started))
    print()
    for name, is_passed, duration_s in results:
        print(f"{'passed' if is_passed else 'FAILED'}  {name:<15} {duration_s:5.1f} s")
    return 0 if all(is_passed for _, is_passed, _ in results) else 1


def _run(check: Check) -> bool:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": check.settings}
    result = subprocess.run(
        check.command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        print(f"--- {check.name}\n{result.stdout}{result.stderr}")
    return result.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
