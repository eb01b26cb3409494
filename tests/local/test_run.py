"""What `make run` says when it cannot, and how it ends."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time

import pytest

from fraudsite.environment import CHECKOUT
from fraudsite.local import servers
from fraudsite.local.ports import free_port, is_free
from fraudsite.local.supervisor import Program, Supervisor


def run_on(port: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "fraudsite.local.run", "--port", str(port)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_port_in_use_is_one_sentence_and_a_failure() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        result = run_on(port)

    assert result.returncode == 1
    assert result.stderr.strip().splitlines()[-1] == (
        f"run: Port {port} is in use. Stop what runs there, or choose another: make run PORT=8001"
    )


def test_a_full_disk_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    # Stands for a full disk, which cannot be made here without filling everybody's.
    monkeypatch.setattr(servers, "MIN_FREE_BYTES", 10**18)
    monkeypatch.delenv("DATABASE_URL", raising=False)

    with (
        pytest.raises(servers.ServerTrouble, match="Make room and start again"),
        servers.leased_servers(),
    ):
        pass


def test_a_free_port_is_free() -> None:
    port = free_port()

    assert is_free(port)
    assert free_port(port) == port


def test_when_one_program_ends_the_others_are_stopped(capfd: pytest.CaptureFixture[str]) -> None:
    script = "import signal, sys, time\n"
    script += "signal.signal(signal.SIGTERM, lambda *a: sys.exit(print('bye')))"
    supervisor = Supervisor(
        [
            Program("lasting", [sys.executable, "-uc", f"{script}; print('up'); time.sleep(60)"]),
            Program("short", [sys.executable, "-c", "import time; time.sleep(1.5)"]),
        ],
        os.environ,
    )

    started = time.monotonic()
    code = supervisor.run(when_started=lambda: None)

    assert code == 1
    assert time.monotonic() - started < 30
    time.sleep(0.2)
    printed = capfd.readouterr()
    assert "lasting   | bye" in printed.out
    assert "short ended by itself" in printed.err
