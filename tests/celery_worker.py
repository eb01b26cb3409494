"""A real Celery worker process on the database and broker of this test process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from fraudsite.celery import app
from fraudsite.environment import CHECKOUT
from tests.child_processes import child_environment

START_TIMEOUT_S = 90


@dataclass
class Worker:
    """One worker with one pool process, and where it logs."""

    process: subprocess.Popen[bytes]
    log: Path

    def kill(self) -> None:
        """End it as a power cut does: the whole group at once, nothing is put back."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=10)

    def stop(self) -> None:
        """End it as a shutdown does."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=60)


def start_worker(log: Path, *, evidence: Path, queues: str = "verification,platform") -> Worker:
    """Start a worker and wait until it answers."""
    environment = {**os.environ, **child_environment(), "EVIDENCE_ROOT": str(evidence)}
    command = [sys.executable, "-m", "celery", "--app=fraudsite", "worker"]
    command += [f"--queues={queues}", "--concurrency=1", f"--hostname=w{os.getpid()}@%h"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    worker = Worker(process, log)
    _wait_until_it_answers(worker)
    return worker


def _wait_until_it_answers(worker: Worker) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        assert worker.process.poll() is None, worker.log.read_text()[-3000:]
        if app.control.ping(timeout=0.5):
            return
    message = f"the worker does not answer: {worker.log.read_text()[-3000:]}"
    raise AssertionError(message)
