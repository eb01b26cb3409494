"""The whole product as `make run` starts it, with servers and data of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from fraudsite.environment import CHECKOUT
from fraudsite.local.ports import free_port

START_TIMEOUT_S = 120


@dataclass
class Site:
    """A running site: where it is, and the environment its commands need."""

    url: str
    var: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes]

    def manage(self, *words: str, **extra: str) -> str:
        """Run a management command against the site's database."""
        result = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=CHECKOUT,
            env={**self.environment, **extra},
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stderr[-2000:]
        return result.stdout

    def create_staff(self, email: str, password: str) -> None:
        """Make an administrator as an operator does."""
        self.manage(
            *("createsuperuser", "--noinput", "--email", email),
            DJANGO_SUPERUSER_PASSWORD=password,
        )

    def log(self) -> str:
        """Return what the site printed."""
        return (self.var / "site.log").read_text()


def start_site(var: Path, **changes: str) -> Site:
    """Start the site, with other settings than those of all tests where named; wait for it."""
    environment = {
        **os.environ,
        # Empty, so that neither the test run's servers nor those of `.env` are used.
        "DATABASE_URL": "",
        "REDIS_URL": "",
        "EVIDENCE_ROOT": str(var / "evidence"),
        "FRAUDSITE_VAR": str(var),
        "FRAUDSITE_MODELS_DIR": str(CHECKOUT / "var" / "models"),
        "DJANGO_SETTINGS_MODULE": "fraudsite.settings.test",
        # Two free portraits stand for every customer of a story, so one face has many names here
        # and their passports look alike; that neither passes elsewhere is held by
        # tests/kyc/test_pipeline.py and tests/kyc/test_duplicates_documents.py.
        "POLICY_EFFECTS": json.dumps(
            {"duplicate.face": "none", "duplicate.document_picture": "none"}
        ),
        **changes,
    }
    clean(environment)
    var.mkdir(parents=True, exist_ok=True)
    port = free_port()
    command = [sys.executable, "-m", "fraudsite.local.run", "--port", str(port)]
    with (var / "site.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=CHECKOUT, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
    site = Site(f"http://127.0.0.1:{port}", var, environment, process)
    try:
        _wait_until_ready(site)
    except BaseException:  # also Ctrl-C: nobody else has the site to stop it
        stop_site(site)
        raise
    return site


def stop_site(site: Site) -> None:
    """Stop it as Ctrl-C does, and remove its data."""
    site.process.terminate()
    site.process.wait(timeout=60)
    clean(site.environment)


def clean(environment: dict[str, str]) -> None:
    """Remove servers and data of an earlier run."""
    command = [sys.executable, "-m", "fraudsite.local.clean_data"]
    subprocess.run(command, cwd=CHECKOUT, env=environment, check=True, capture_output=True)


def _wait_until_ready(site: Site) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        assert site.process.poll() is None, f"the site ended: {site.log()[-3000:]}"
        try:
            urllib.request.urlopen(f"{site.url}/readyz", timeout=5).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
        else:
            return
    message = f"the site is not ready: {site.log()[-3000:]}"
    raise AssertionError(message)
