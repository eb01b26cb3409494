r"""Sends prepared bodies over kept connections and times the answers, in a process of its own.

    FRAUDSITE_BENCH_KEY=fsk_… .venv/bin/python -m bench.load_generator \
        --port 8000 --path /api/v1/transactions/ --bodies bodies.jsonl --rate 200

At a rate every request has its moment, and its time counts from then on: a site that falls behind
is not spared. Without a rate each connection sends as soon as it has its answer. An answer is read
for its status and length alone, so that little is taken of the cores shared with the site. Prints
one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

ANSWER_TIMEOUT_S = 30.0
CHUNK = 262_144
# What the answer to a batch ends with when every transaction was taken.
NONE_REFUSED = b'"refused":0}'


class Closed(Exception):
    """The site closed a kept connection before it answered, as it may between two requests."""


class Connection:
    """One kept connection, opened anew when the site has closed it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._link: socket.socket | None = None

    def answer(self, request: bytes) -> bytes:
        """Return the answer to a request, sent again once on a connection that was closed."""
        try:
            return self._exchange(request)
        except (Closed, ConnectionError):
            self.close()
            return self._exchange(request)

    def close(self) -> None:
        """Let go of it."""
        if self._link is not None:
            self._link.close()
        self._link = None

    def _exchange(self, request: bytes) -> bytes:
        if self._link is None:
            self._link = socket.create_connection(("127.0.0.1", self._port), ANSWER_TIMEOUT_S)
            self._link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._link.sendall(request)
        answer, missing = b"", 1
        while missing > 0:
            data = self._link.recv(CHUNK)
            if not data:
                raise Closed
            answer += data
            missing = _missing(answer)
        return answer


def _missing(answer: bytes) -> int:
    """Return how many bytes of an answer are still to come, 1 if that is not known yet."""
    head, end, body = answer.partition(b"\r\n\r\n")
    if not end:
        return 1
    _, _, length = head.lower().partition(b"content-length:")
    return int(length.split(b"\r\n", 1)[0]) - len(body)


class Load:
    """Requests handed out to threads, each at its moment, and what came of them."""

    def __init__(self, requests: Sequence[bytes], *, rate: float) -> None:
        self._requests = requests
        self._rate = rate
        self._next = iter(range(len(requests)))
        self._lock = threading.Lock()
        self._started_s = time.perf_counter()
        self.times_s: list[float] = []
        self.errors: Counter[str] = Counter()

    def send_all(self, connection: Connection) -> None:
        """Send what nobody else does, until nothing is left."""
        while (place := self._take()) is not None:
            due_s = self._wait_for(place)
            try:
                answer = connection.answer(self._requests[place])
            except (OSError, Closed) as error:
                connection.close()
                answer, problem = b"", type(error).__name__
            else:
                problem = _problem(answer)
            self.times_s.append(time.perf_counter() - due_s)
            if problem:
                self.errors[problem] += 1
        connection.close()

    def _take(self) -> int | None:
        with self._lock:
            return next(self._next, None)

    def _wait_for(self, place: int) -> float:
        """Wait until a request is due and return that moment."""
        now_s = time.perf_counter()
        if not self._rate:
            return now_s
        due_s = self._started_s + place / self._rate
        if due_s > now_s:
            time.sleep(due_s - now_s)
        return due_s


def _problem(answer: bytes) -> str:
    """Return what is wrong with an answer; empty if it was judged."""
    status = answer[9:12].decode()
    if status == "201" or (status == "200" and answer.endswith(NONE_REFUSED)):
        return ""
    return f"status {status}"


def run(
    requests: Sequence[bytes], *, port: int, connections: int, rate: float
) -> dict[str, object]:
    """Send all requests and return the figures; a rate of 0 is as fast as the site answers."""
    cpu_s, started_s = time.process_time(), time.perf_counter()
    load = Load(requests, rate=rate)
    threads = [
        threading.Thread(target=load.send_all, args=[Connection(port)]) for _ in range(connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started_s
    p50, p95, p99 = np.percentile(load.times_s, [50, 95, 99]) * 1000
    return {
        "requests": len(load.times_s),
        "per_s": round(len(load.times_s) / seconds, 1),
        "p50_ms": round(float(p50), 1),
        "p95_ms": round(float(p95), 1),
        "p99_ms": round(float(p99), 1),
        "max_ms": round(max(load.times_s) * 1000, 1),
        "errors": dict(load.errors),
        "seconds": round(seconds, 2),
        "cpu_s": round(time.process_time() - cpu_s, 2),
    }


def http_request(path: str, body: bytes, key: str) -> bytes:
    """Return a whole HTTP request."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def main() -> None:
    """Send the bodies of a file, one a line, and print the figures."""
    parser = argparse.ArgumentParser(description="Send prepared bodies and time the answers.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--path", required=True)
    parser.add_argument("--bodies", type=Path, required=True, help="one JSON body a line")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--rate", type=float, default=0.0, help="requests a second; 0: all it can")
    options = parser.parse_args()
    key = os.environ["FRAUDSITE_BENCH_KEY"]
    bodies = options.bodies.read_bytes().splitlines()
    requests = [http_request(options.path, body, key) for body in bodies]
    figures = run(requests, port=options.port, connections=options.connections, rate=options.rate)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
