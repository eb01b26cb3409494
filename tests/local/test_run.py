"""What `make run` says when it cannot, and how it ends."""

from __future__ import annotations

import fcntl
import os
import pwd
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from fraudsite.environment import CHECKOUT
from fraudsite.local import run, servers, supervisor
from fraudsite.local.ports import free_port, is_free
from fraudsite.local.run import _check_port
from fraudsite.local.supervisor import Program, Supervisor, print_lines
from fraudsite.local.trouble import LocalTrouble

# Linux lets every user bind the ports from here on.
UNPRIVILEGED_FROM = int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text())

SUPERVISE = """
    import os, sys
    from fraudsite.local import supervisor
    supervisor.STOP_TIMEOUT_S = float(sys.argv[2])
    program = supervisor.Program("program", [sys.executable, "-uc", sys.argv[1]])
    sys.exit(supervisor.Supervisor([program], os.environ).run(when_started=lambda: None))
"""


@contextmanager
def as_an_ordinary_user() -> Iterator[None]:
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(pwd.getpwnam("nobody").pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 20
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.3)


def supervise(script: str, *, stop_timeout_s: float = 15) -> subprocess.Popen[str]:
    """Start a supervisor of one program, which has so long to end before it is killed."""
    words = [textwrap.dedent(SUPERVISE), textwrap.dedent(script), str(stop_timeout_s)]
    return subprocess.Popen(
        [sys.executable, "-uc", *words],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        text=True,
    )


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


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


@pytest.mark.skipif(UNPRIVILEGED_FROM <= 80, reason="every user may bind every port here")
def test_a_port_that_may_not_be_bound_is_told_apart_from_one_in_use() -> None:
    with as_an_ordinary_user(), pytest.raises(LocalTrouble) as trouble:
        _check_port(80)

    assert str(trouble.value) == (
        "Port 80 may not be used by this user. Choose another: make run PORT=8001"
    )


def test_a_number_that_is_no_port_is_one_sentence() -> None:
    result = run_on(80000)

    assert result.returncode == 1
    assert result.stderr.strip().splitlines()[-1] == (
        "run: 80000 is no port; they go from 1 to 65535. Try: make run PORT=8001"
    )


def test_a_failed_system_check_is_told_with_its_hint_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EVIDENCE_ROOT", "/dev/null/evidence")

    result = run_on(free_port())

    assert result.returncode == 1
    assert "core.E002" in result.stderr
    assert "HINT: Make /dev/null writable" in result.stderr
    assert "Traceback" not in result.stderr


def test_ctrl_c_while_it_prepares_ends_with_130_and_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("FRAUDSITE_VAR", str(tmp_path))
    with (tmp_path / "servers.start.lock").open("w") as lock:
        # Somebody else starts the servers, for as long as this takes.
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = subprocess.Popen(
            [sys.executable, "-m", "fraudsite.local.run", "--port", str(free_port())],
            cwd=CHECKOUT,
            stderr=subprocess.PIPE,
            text=True,
        )
        wait_for(tmp_path / "servers.users.lock")
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)

    assert process.returncode == 130
    assert errors.strip().splitlines()[-1] == "run: stopped before it was ready"
    assert "Traceback" not in errors


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
    printed = capfd.readouterr()
    assert "lasting   | bye" in printed.out
    assert "short ended by itself" in printed.err


def test_the_last_words_of_a_program_are_printed(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    # Stands for a machine that does much else: the program has ended before its lines are read.
    def print_late(name: str, stream: IO[str]) -> None:
        time.sleep(0.5)
        print_lines(name, stream)

    monkeypatch.setattr(supervisor, "print_lines", print_late)
    command = [sys.executable, "-c", "print('no room left')"]

    code = Supervisor([Program("short", command)], os.environ).run(when_started=lambda: None)

    assert code == 1
    assert "short     | no room left" in capfd.readouterr().out


def test_a_closed_terminal_stops_the_programs_in_order() -> None:
    process = supervise(
        """
        import signal, sys, time
        signal.signal(signal.SIGTERM, lambda *a: sys.exit(print("bye")))
        print("up")
        time.sleep(60)
        """
    )
    assert process.stdout.readline() == "program   | up\n"

    process.send_signal(signal.SIGHUP)
    rest, _ = process.communicate(timeout=20)

    assert process.returncode == 0
    assert rest == "program   | bye\n"


def test_a_program_that_does_not_stop_is_killed_with_its_children() -> None:
    process = supervise(
        """
        import signal, subprocess, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print(subprocess.Popen(["sleep", "300"]).pid)
        time.sleep(300)
        """,
        stop_timeout_s=2,
    )
    child = int(process.stdout.readline().split("|")[1])
    assert is_alive(child)

    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)

    assert process.returncode == 0
    assert not is_alive(child)


def test_a_slow_start_is_said_once_and_waited_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = iter([False, False, True])
    monkeypatch.setattr(run, "UNUSUAL_AFTER_S", 0)
    monkeypatch.setattr(run, "_is_ready", lambda _port: next(answers))

    assert run._wait_until_ready(8000, Supervisor([], os.environ))

    assert capsys.readouterr().out.count("still waiting; http://127.0.0.1:8000/readyz") == 1
