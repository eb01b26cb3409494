"""Serve the product on this machine: web, worker and scheduler in the foreground.

    python -m fraudsite.local.run --port 8000

Brings the database up to date first, so that running it twice changes nothing the second time.
"""

from __future__ import annotations

import argparse
import io
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from fraudsite.environment import CHECKOUT, load_environment
from fraudsite.local.ports import is_free
from fraudsite.local.servers import leased_servers
from fraudsite.local.static_files import static_files_gather
from fraudsite.local.supervisor import Program, Supervisor, print_lines
from fraudsite.local.trouble import LocalTrouble

# Engines are loaded in 10 s; a machine that does much else takes a minute.
UNUSUAL_AFTER_S = 90
# What a shell reports of a program that Ctrl-C ended: 128 + SIGINT.
INTERRUPTED = 130
BIN = CHECKOUT / ".venv" / "bin"


def main(arguments: Sequence[str] | None = None) -> int:
    """Start everything; return the exit code."""
    options = _parse(arguments)
    load_environment()
    try:
        _check_port(options.port)
        with leased_servers():
            return _serve(options.port)
    except (LocalTrouble, ImproperlyConfigured, SystemCheckError) as trouble:
        print(f"run: {trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        # While preparing; once everything runs, the supervisor takes Ctrl-C.
        print("run: stopped before it was ready", file=sys.stderr)
        return INTERRUPTED


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n", maxsplit=1)[0] if __doc__ else ""
    )
    parser.add_argument("--port", type=int, default=8000, help="port on 127.0.0.1 (default 8000)")
    return parser.parse_args(arguments)


def _check_port(port: int) -> None:
    try:
        if is_free(port):
            return
    except PermissionError:
        message = f"Port {port} may not be used by this user. Choose another: make run PORT=8001"
        raise LocalTrouble(message) from None
    except OverflowError:
        message = f"{port} is no port; they go from 1 to 65535. Try: make run PORT=8001"
        raise LocalTrouble(message) from None
    message = f"Port {port} is in use. Stop what runs there, or choose another: make run PORT=8001"
    raise LocalTrouble(message)


def _serve(port: int) -> int:
    _prepare_database()
    # Celery warns of root on every start; the demonstration binds to this machine alone.
    environment = {"PYTHONWARNINGS": "ignore:You're running the worker", **os.environ}
    supervisor = Supervisor(_programs(port), environment)

    def announce() -> None:
        if _wait_until_ready(port, supervisor):
            print(_welcome(port), flush=True)

    return supervisor.run(when_started=announce)


def _prepare_database() -> None:
    django.setup()
    # Raises on an error, with its hint; that nothing is wrong need not be said.
    call_command("check", stdout=io.StringIO())
    call_command("migrate", interactive=False, verbosity=0)
    static_files_gather()
    if _is_demo():
        _load_demo()
    # After history was loaded. An update that changes what features remember says so in its notes,
    # and scoring answers 503 until `rebuild_features` was run.
    if _is_history_waiting():
        _manage("rebuild_features", "--if-needed")
    # What was loaded with a payment that waits, or waited before cases were there, told nobody.
    call_command("open_missing_alerts", stdout=io.StringIO())


def _load_demo() -> None:
    """Make what is missing of the demonstration."""
    from kyc.services.demo_logins import demo_is_loaded  # noqa: PLC0415 - needs django.setup()

    if not demo_is_loaded():
        _manage("load_demo")
    if not _is_scoring_demo_loaded():
        _manage("load_scoring_demo")


def _is_scoring_demo_loaded() -> bool:
    """Whether payments were loaded, and the champion is the one that set-up trained or a real one.

    Asked without loading the features, which takes a second start's time.
    """
    from scoring.models import ModelVersion  # noqa: PLC0415 - needs django.setup()
    from transactions.models import Transaction  # noqa: PLC0415 - as above

    champion = ModelVersion.objects.filter(status="champion").first()
    if champion is None or not Transaction.objects.filter(status="recorded").exists():
        return False
    return not champion.is_demo or (settings.MODELS_DIR / f"scoring-{champion.version}").exists()


def _is_history_waiting() -> bool:
    """Whether loaded history waits for its place in the order of application."""
    from transactions.models import Transaction  # noqa: PLC0415 - needs django.setup()

    return Transaction.objects.filter(sequence=None).exists()


def _manage(*words: str) -> None:
    """Run a command in a process of its own, which takes its engines with it when it ends."""
    process = subprocess.Popen(
        [str(BIN / "python"), "manage.py", *words],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        # Ctrl-C reaches this process alone, which then ends the other without its traceback.
        start_new_session=True,
        text=True,
    )
    try:
        if process.stdout is not None:
            print_lines(words[0], process.stdout)
        code = process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    if code != 0:
        message = f"{words[0]} could not do its work; the reason is above."
        raise LocalTrouble(message)


def _is_demo() -> bool:
    return bool(getattr(settings, "IS_DEMO", False))


def _programs(port: int) -> list[Program]:
    """Return what runs: the scheduler also does the platform's small tasks, on threads.

    So neither an event nor a heartbeat waits behind a verification, and no second copy of the
    engines is held for them.
    """
    return [
        Program("web", _web(port)),
        Program("worker", _celery("--queues=verification", "--hostname=worker@%h")),
        Program(
            "scheduler",
            _celery(
                *("--queues=platform", "--hostname=scheduler@%h", "--pool=threads"),
                *("--concurrency=2", "--beat"),
            ),
        ),
    ]


def _web(port: int) -> list[str]:
    return [
        str(BIN / "gunicorn"),
        "fraudsite.wsgi:application",
        "--config=python:fraudsite.gunicorn_config",
        f"--bind=127.0.0.1:{port}",
        *("--workers=2", "--threads=4"),
    ]


def _celery(*words: str) -> list[str]:
    return [str(BIN / "celery"), "--app=fraudsite", "--quiet", "worker", *words]


def _wait_until_ready(port: int, supervisor: Supervisor) -> bool:
    """Wait as long as the programs run; say once where to look when it takes unusually long."""
    unusual_at = time.monotonic() + UNUSUAL_AFTER_S
    while not supervisor.is_stopping:
        if _is_ready(port):
            return True
        if time.monotonic() > unusual_at:
            where = f"http://127.0.0.1:{port}/readyz says what is missing"
            print(f"run: not ready after {UNUSUAL_AFTER_S} s, still waiting; {where}", flush=True)
            unusual_at = float("inf")
        time.sleep(0.25)
    return False


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _welcome(port: int) -> str:
    site = f"http://127.0.0.1:{port}"
    lines = [
        "",
        "=" * 78,
        f"  Fraudsite is ready:   {site}/            customers sign up and verify here",
        f"  Review (staff):       {site}/admin/",
        f"  Health:               {site}/readyz",
    ]
    if _is_demo():
        from kyc.services.demo_logins import DEMO_LOGINS, DEMO_PASSWORD  # noqa: PLC0415 - needs django.setup()

        lines += ["", f"  Demo logins, password {DEMO_PASSWORD}"]
        lines += [f"    {login.email:<34}{login.purpose}" for login in DEMO_LOGINS]
    lines += ["", "  Ctrl-C stops everything.", "=" * 78]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
