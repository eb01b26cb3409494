"""Stop the embedded servers and delete the data of this checkout: `make clean-data`."""

from __future__ import annotations

import fcntl
import os
import shutil
import sys

from fraudsite.local.postgres import find_postgres
from fraudsite.local.servers import var_folder
from fraudsite.local.service_account import find_home, private_folder_of
from fraudsite.local.trouble import LocalTrouble
from fraudsite.local.valkey import find_valkey

DATA_FOLDERS = ("servers", "evidence", "run")
DATA_FILES = ("postgres-address.json", "valkey-address.json", "celerybeat-schedule")


def main() -> int:
    """Delete the data unless somebody uses it; return the exit code."""
    var = var_folder()
    with (var / "servers.users.lock").open("w") as users:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("clean-data: something still runs here. Stop it first.", file=sys.stderr)
            return 1
        try:
            home = find_home(var)
            find_valkey(home, var).stop()
            find_postgres(home, var).stop()
        except LocalTrouble as trouble:
            print(f"clean-data: {trouble}", file=sys.stderr)
            return 1
    for name in DATA_FOLDERS:
        shutil.rmtree(var / name, ignore_errors=True)
    for name in DATA_FILES:
        (var / name).unlink(missing_ok=True)
    if os.geteuid() == 0:
        shutil.rmtree(private_folder_of(var), ignore_errors=True)
    print("clean-data: databases, queues and evidence of this checkout are gone")
    return 0


if __name__ == "__main__":
    sys.exit(main())
