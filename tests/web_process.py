"""The product's own gunicorn, as `make run` starts it, on the database of this test process."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from fraudsite.environment import CHECKOUT
from fraudsite.local.ports import free_port
from fraudsite.local.run import _web
from tests.child_processes import child_environment

START_TIMEOUT_S = 90
# Above gunicorn's own 20 s for requests that are still being answered.
STOP_TIMEOUT_S = 30


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over HTTP; names of headers as the server wrote them."""

    status: int
    headers: Mapping[str, str]
    body: Any


class Caller:
    """One connection that stays open: all its requests reach the same worker process."""

    def __init__(self, port: int, headers: Mapping[str, str], timeout_s: float) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_s)
        self._headers = dict(headers)

    def post(self, path: str, body: Any, **headers: str) -> Answer:
        """Send a body as JSON; `idempotency_key="k"` becomes the header `idempotency-key`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named["Content-Type"] = "application/json"
        return self._ask("POST", path, json.dumps(body), named)

    def get(self, path: str) -> Answer:
        """Ask for an address."""
        return self._ask("GET", path, None, {})

    def local_port(self) -> int:
        """The port on this side, by which the worker on the other one is found."""
        if self._connection.sock is None:
            self._connection.connect()
        return int(self._connection.sock.getsockname()[1])

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        try:
            self._connection.request(method, path, body, self._headers | headers)
            response = self._connection.getresponse()
            text = response.read()
        except BaseException:
            self._connection.close()
            raise
        return Answer(response.status, dict(response.headers), json.loads(text))


@dataclass
class Web:
    """A running gunicorn, where it listens and where it logs."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def url(self) -> str:
        """Where it answers, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def caller(self, headers: Mapping[str, str] | None = None, *, timeout_s: float = 30) -> Caller:
        """Return a connection of its own."""
        return Caller(self.port, headers or {}, timeout_s)

    def workers(self) -> list[psutil.Process]:
        """Return the processes that answer requests."""
        return list(psutil.Process(self.process.pid).children())

    def worker_with(self, *, local_port: int = 0, peer_port: int = 0) -> psutil.Process | None:
        """Return the worker that has a connection from this port of its own, or to that one."""
        for worker in self.workers():
            # One that was killed is still a child until gunicorn looks.
            with suppress(psutil.NoSuchProcess):
                for one in worker.net_connections("tcp"):
                    if one.laddr.port == local_port or (one.raddr and one.raddr.port == peer_port):
                        return worker
        return None

    def stop(self) -> None:
        """End it as a shutdown does, by force what is left, and print the end of what it logged."""
        family = [psutil.Process(self.process.pid), *self.workers()]
        self.process.terminate()
        _, alive = psutil.wait_procs(family, timeout=STOP_TIMEOUT_S)
        for one in alive:
            one.kill()
        self.process.wait(timeout=STOP_TIMEOUT_S)
        # Shown beside a failure only: a worker that died is seen by its callers as a hang-up.
        sys.stdout.write(self.log.read_text()[-3000:])


def start_web(log: Path, *words: str, **environment: str) -> Web:
    """Start gunicorn with the product's own command line, and wait until it answers.

    `words` come behind those of the command line and win over them; `environment` replaces
    variables.
    """
    port = free_port()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*_web(port), *words],
            cwd=CHECKOUT,
            env={**os.environ, **child_environment(), **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    web = Web(process, port, log)
    _wait_until_it_answers(web)
    return web


def _wait_until_it_answers(web: Web) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        assert web.process.poll() is None, web.log.read_text()[-3000:]
        try:
            answer = web.caller(timeout_s=5).get("/health")
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        else:
            assert answer.status == 200
            return
    message = f"gunicorn does not answer: {web.log.read_text()[-3000:]}"
    raise AssertionError(message)
