"""The one place that knows about embedded servers: who needs them, who started them, who stops.

Several processes share them: `make run`, a management command beside it, a test run. Each holds
a shared lock for as long as it needs the servers; whoever finds nobody else left stops them. A
killed process lets go of its lock with the rest of what it held, so nothing has to be counted.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from fraudsite.environment import CHECKOUT
from fraudsite.local.postgres import find_postgres
from fraudsite.local.service_account import find_home
from fraudsite.local.trouble import ServerTrouble
from fraudsite.local.valkey import find_valkey

__all__ = ["ServerTrouble", "leased_servers", "needs_servers"]

MIN_FREE_BYTES = 500_000_000
# Commands that read files and print: neither a database nor a broker.
SERVERLESS_COMMANDS = frozenset(
    {
        "help",
        "version",
        "check",
        "collectstatic",
        "diffsettings",
        "fetch_models",
        "read_document",
        "compare_faces",
        "check_liveness",
        "train_demo_model",
        "score_file",
        "backtest_model",
        "evaluate_models",
        "describe_features",
        "simulate_transactions",
        "spectacular",
    }
)


def needs_servers(arguments: Sequence[str]) -> bool:
    """Whether a `manage.py` command line needs a database.

    Examples
    --------
    >>> needs_servers(["manage.py", "migrate"])
    True
    >>> needs_servers(["manage.py", "read_document", "passport.jpg"])
    False
    >>> needs_servers(["manage.py", "migrate", "--help"])
    False
    """
    words = list(arguments[1:])
    if not words or "--help" in words or "-h" in words:
        return False
    if words[0] == "check" and "--database" in words:
        return True
    if words[0] == "generate_transactions":
        return "--load" in words
    return words[0] not in SERVERLESS_COMMANDS


def var_folder() -> Path:
    """Return the folder that holds everything this checkout makes, creating it."""
    folder = Path(os.environ.get("FRAUDSITE_VAR", str(CHECKOUT / "var")))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"The folder {folder} cannot be made ({error.strerror}). Check its permissions."
        raise ServerTrouble(message) from error
    return folder


@contextmanager
def leased_servers() -> Iterator[None]:
    """Have DATABASE_URL and REDIS_URL point at running servers while the block runs.

    What the environment names already is used as it is; only what is missing is started.

    Raises
    ------
    ServerTrouble
        When a server cannot be started, with a sentence that says what to do.
    """
    wanted = [name for name in ("DATABASE_URL", "REDIS_URL") if not os.environ.get(name)]
    if not wanted:
        yield
        return
    var = var_folder()
    _check_disk(var)
    users = (var / "servers.users.lock").open("w")
    with _exclusively(var):
        _start(wanted, var)
        fcntl.flock(users, fcntl.LOCK_SH)
    try:
        yield
    finally:
        with _exclusively(var):
            _stop_if_last(users, var)
        for name in wanted:
            os.environ.pop(name, None)


@contextmanager
def _exclusively(var: Path) -> Iterator[None]:
    with (var / "servers.start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _start(wanted: Sequence[str], var: Path) -> None:
    home = find_home(var)
    if "DATABASE_URL" in wanted:
        os.environ["DATABASE_URL"] = find_postgres(home, var).start()
    if "REDIS_URL" in wanted:
        os.environ["REDIS_URL"] = find_valkey(home, var).start()


def _stop_if_last(users: IO[str], var: Path) -> None:
    fcntl.flock(users, fcntl.LOCK_UN)
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    else:
        home = find_home(var)
        find_valkey(home, var).stop()
        find_postgres(home, var).stop()
    finally:
        users.close()


def _check_disk(var: Path) -> None:
    if shutil.disk_usage(var).free < MIN_FREE_BYTES:
        message = f"Less than 500 MB are free on the disk of {var}. Make room and start again."
        raise ServerTrouble(message)
