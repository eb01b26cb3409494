"""Stop the embedded servers and delete the data of this checkout: `make clean-data`."""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
from pathlib import Path

from fraudsite.environment import load_environment
from fraudsite.local.postgres import find_postgres
from fraudsite.local.servers import var_folder
from fraudsite.local.service_account import find_home, private_folder_of
from fraudsite.local.trouble import LocalTrouble
from fraudsite.local.valkey import find_valkey

DATA_FOLDERS = ("servers", "evidence", "run")
# The scheduler's file has other endings with other versions of dbm.
DATA_FILES = ("postgres-address.json", "valkey-address.json", "celerybeat-schedule*")


def main() -> int:
    """Delete the data unless somebody uses it; return the exit code."""
    load_environment()
    try:
        var = var_folder()
        with (
            (var / "servers.start.lock").open("w") as start,
            (var / "servers.users.lock").open("w") as users,
        ):
            # Both until everything is gone: whoever starts meanwhile waits, and finds nothing.
            fcntl.flock(start, fcntl.LOCK_EX)
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _stop_servers(var)
            _delete(var)
    except BlockingIOError:
        print("clean-data: something still runs here. Stop it first.", file=sys.stderr)
        return 1
    except LocalTrouble as trouble:
        print(f"clean-data: {trouble}", file=sys.stderr)
        return 1
    print("clean-data: databases, queues and evidence of this checkout are gone")
    return 0


def _stop_servers(var: Path) -> None:
    home = find_home(var)
    find_valkey(home, var).stop()
    find_postgres(home, var).stop()


def _delete(var: Path) -> None:
    for folder in (*(var / name for name in DATA_FOLDERS), *_evidence_below(var)):
        shutil.rmtree(folder, ignore_errors=True)
    for pattern in DATA_FILES:
        for path in var.glob(pattern):
            path.unlink(missing_ok=True)
    if os.geteuid() == 0:
        shutil.rmtree(private_folder_of(var), ignore_errors=True)


def _evidence_below(var: Path) -> list[Path]:
    """Return EVIDENCE_ROOT when it is of this checkout; a folder elsewhere is only named."""
    configured = os.environ.get("EVIDENCE_ROOT")
    if not configured:
        return []
    folder = Path(configured).resolve()
    if var.resolve() in folder.parents:
        return [folder]
    print(f"clean-data: {folder} (EVIDENCE_ROOT) lies outside {var} and is left alone")
    return []


if __name__ == "__main__":
    sys.exit(main())
