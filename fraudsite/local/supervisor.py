"""Run a few processes in the foreground of one terminal and end them in order.

Each process gets a session of its own, so that Ctrl-C reaches the supervisor alone: Celery's
pool processes would otherwise die in the middle of what they are doing instead of finishing it.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType
from typing import IO

STOP_TIMEOUT_S = 30
LOOK_EVERY_S = 0.2
# The last lines of programs that ended; a grandchild that lives on may keep a pipe open for ever.
LAST_LINES_TIMEOUT_S = 5
# What mediapipe and OpenCV print whatever the environment says, and our own question whether the
# site is ready yet; none of it is for people.
CHATTER = re.compile(
    r"^[IW]0000 |^INFO: Created TensorFlow|^WARNING: All log messages before absl"
    r"|^OpenCV: FFMPEG: (tag|fallback)|GET /readyz|: /readyz"
)


@dataclass(frozen=True, slots=True)
class Program:
    """What to run, under which name its lines appear."""

    name: str
    command: Sequence[str]


class Supervisor:
    """Starts programs, prints their output line by line, and stops all when one ends."""

    def __init__(self, programs: Sequence[Program], environment: Mapping[str, str]) -> None:
        self._programs = programs
        self._environment = dict(environment)
        self._running: dict[str, subprocess.Popen[str]] = {}
        self._printers: list[threading.Thread] = []
        self._asked_to_stop = threading.Event()

    def run(self, *, when_started: Callable[[], None]) -> int:
        """Run until Ctrl-C, SIGTERM, SIGHUP or the end of one program; return the exit code."""
        signal.signal(signal.SIGINT, self._ask_to_stop)
        signal.signal(signal.SIGTERM, self._ask_to_stop)
        # The terminal was closed.
        signal.signal(signal.SIGHUP, self._ask_to_stop)
        for program in self._programs:
            self._running[program.name] = self._start(program)
        threading.Thread(target=when_started, daemon=True).start()
        ended = self._wait()
        self._stop_all()
        self._print_last_lines()
        if ended is None:
            return 0
        print(f"run: {ended} ended by itself; everything else was stopped too", file=sys.stderr)
        return 1

    @property
    def is_stopping(self) -> bool:
        """Whether somebody asked for the end."""
        return self._asked_to_stop.is_set()

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._asked_to_stop.set()

    def _start(self, program: Program) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            list(program.command),
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            text=True,
            errors="replace",
        )
        if process.stdout is not None:
            arguments = (program.name, process.stdout)
            printer = threading.Thread(target=print_lines, args=arguments, daemon=True)
            printer.start()
            self._printers.append(printer)
        return process

    def _wait(self) -> str | None:
        """Return the name of the program that ended by itself, None when asked to stop."""
        while not self._asked_to_stop.wait(LOOK_EVERY_S):
            for name, process in self._running.items():
                if process.poll() is not None:
                    return name
        return None

    def _stop_all(self) -> None:
        for process in self._running.values():
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + STOP_TIMEOUT_S
        for process in self._running.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _kill_group(process)
                process.wait()

    def _print_last_lines(self) -> None:
        """Wait for what the programs said last, which is why one of them ended."""
        deadline = time.monotonic() + LAST_LINES_TIMEOUT_S
        for printer in self._printers:
            printer.join(max(0.0, deadline - time.monotonic()))


def _kill_group(process: subprocess.Popen[str]) -> None:
    """Kill a program with all it started, which would otherwise live on without it."""
    with suppress(ProcessLookupError):
        # Its session's first process, it is also the leader of its group.
        os.killpg(process.pid, signal.SIGKILL)


def print_lines(name: str, stream: IO[str]) -> None:
    """Print a program's lines under its name, without the engines' chatter."""
    for line in stream:
        if not CHATTER.search(line):
            print(f"{name:<9} | {line}", end="", flush=True)
