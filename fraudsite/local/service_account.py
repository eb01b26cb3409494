"""Who the embedded servers run as, and where their binaries and data live.

PostgreSQL refuses to run as root. Started by root, both servers therefore run as one system
account. Where that account cannot enter the checkout (a private home, say), no permission is
widened: binaries and data go below /var/lib, the data to 0700 folders of the account's own.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import secrets
import shutil
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fraudsite.local.trouble import ServerTrouble

ACCOUNT_NAME = "fraudsite"
PRIVATE_ROOT = Path("/var/lib/fraudsite")


@dataclass(frozen=True, slots=True)
class ServerHome:
    """Where the servers' data lives and as whom they run.

    Parameters
    ----------
    folder : Path
        Holds one folder per server, private to the account. It belongs to whoever starts them.
    uid, gid : int or None
        The service account, or None to run as the present user.
    is_outside_checkout : bool
        True when binaries must be copied because the account cannot enter the checkout.
    """

    folder: Path
    uid: int | None
    gid: int | None
    is_outside_checkout: bool

    def run(self, command: Sequence[str], *, timeout_s: float = 120) -> str:
        """Run a command as the servers' account and return its output.

        Raises
        ------
        ServerTrouble
            When it fails; carries the last lines it printed.
        """
        result = subprocess.run(
            list(command),
            cwd=self.folder,
            user=self.uid,
            group=self.gid,
            extra_groups=None if self.uid is None else [],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            env=self._environment(),
            text=True,
            timeout=timeout_s,
            check=False,
        )
        if result.returncode != 0:
            last_lines = " / ".join(result.stdout.strip().splitlines()[-3:])
            message = f"{Path(command[0]).name} failed: {last_lines}"
            raise ServerTrouble(message)
        return result.stdout

    def private_folder(self, name: str) -> Path:
        """Make (once) and return a 0700 folder that belongs to the account.

        Raises
        ------
        ServerTrouble
            When something of that name is there that is no folder of the account's.
        """
        folder = self.folder / name
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            _check_owner(folder, self._owner)
        else:
            if self.uid is not None and self.gid is not None:
                os.chown(folder, self.uid, self.gid, follow_symlinks=False)
        return folder

    def write_private(self, path: Path, text: str) -> None:
        """Write a file that only the account may read.

        The account may write in the folder, so by root no name in it may be trusted: a link in
        place of the file would have root overwrite and give away what it points to.
        """
        write_new(path, text, uid=self.uid, gid=self.gid)

    @property
    def _owner(self) -> int:
        return os.geteuid() if self.uid is None else self.uid

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "HOME": str(self.folder)}


def write_new(path: Path, text: str, *, uid: int | None = None, gid: int | None = None) -> None:
    """Write a 0600 file in place of whatever has its name, following no link."""
    # Whole or not there, as somebody may read it at this moment.
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "w") as stream:
            if uid is not None and gid is not None:
                os.fchown(stream.fileno(), uid, gid)
            stream.write(text)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _check_owner(folder: Path, uid: int) -> None:
    """Refuse a folder that is a link, no folder, or somebody else's, instead of taking it over."""
    found = folder.lstat()
    if stat.S_ISDIR(found.st_mode) and found.st_uid == uid:
        return
    message = f"{folder} is no folder of user {_name_of(uid)}, who runs the servers. Move it away, "
    message += "or start as the user who made it."
    raise ServerTrouble(message)


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def private_folder_of(var: Path) -> Path:
    """Return the folder below /var/lib that belongs to this `var/`, and so to its checkout."""
    digest = hashlib.sha256(str(var.resolve()).encode()).hexdigest()[:12]
    return PRIVATE_ROOT / digest


def find_home(var: Path) -> ServerHome:
    """Decide where the servers live, creating the service account when root needs one."""
    if os.geteuid() != 0:
        folder = var / "servers"
        folder.mkdir(parents=True, exist_ok=True)
        return ServerHome(folder, None, None, is_outside_checkout=False)
    account = _ensure_account()
    if _can_enter(account, var):
        folder = var / "servers"
        folder.mkdir(exist_ok=True)
        return ServerHome(folder, account.pw_uid, account.pw_gid, is_outside_checkout=False)
    folder = private_folder_of(var)
    if not folder.exists():
        PRIVATE_ROOT.mkdir(mode=0o755, exist_ok=True)
        folder.mkdir(mode=0o700)
        os.chown(folder, account.pw_uid, account.pw_gid, follow_symlinks=False)
        print(f"database files live in {folder} (`make clean-data` removes them)")
    _check_owner(folder, account.pw_uid)
    return ServerHome(folder, account.pw_uid, account.pw_gid, is_outside_checkout=True)


def package_for(home: ServerHome, package: Path) -> Path:
    """Return a wheel's package folder that the account can run from, copied when it must be.

    The libraries that a wheel brings lie in `<package>.libs` beside it, where its binaries look.
    """
    if not home.is_outside_checkout:
        return package
    target = home.folder / "binaries" / package.name
    stamp = target / ".copied-from"
    wanted = f"{package} {package.stat().st_mtime_ns}"
    if stamp.exists() and stamp.read_text() == wanted:
        return target
    libraries = package.with_name(f"{package.name}.libs")
    for source in (package, libraries):
        copy = target.with_name(source.name)
        shutil.rmtree(copy, ignore_errors=True)
        if source.exists():
            shutil.copytree(source, copy, symlinks=True)
    stamp.write_text(wanted)
    return target


def _ensure_account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(ACCOUNT_NAME)
    except KeyError:
        pass
    print(f"creating the system account {ACCOUNT_NAME!r}: PostgreSQL refuses to run as root")
    command = ["useradd", "--system", "--user-group", "--no-create-home"]
    command += ["--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", ACCOUNT_NAME]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        message = (
            f"The system account {ACCOUNT_NAME!r} could not be created with useradd. Create it, "
            "run as an ordinary user, or set DATABASE_URL and REDIS_URL to servers of your own."
        )
        raise ServerTrouble(message) from error
    return pwd.getpwnam(ACCOUNT_NAME)


def _can_enter(account: pwd.struct_passwd, folder: Path) -> bool:
    """Whether the account can search the folder, asked of the kernel and not guessed from modes."""
    folder.mkdir(parents=True, exist_ok=True)
    check = subprocess.run(
        ["test", "-x", str(folder)],
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=[],
        cwd="/",
        check=False,
    )
    return check.returncode == 0
