"""Asks the pages of the workplace as browsers do, and times the answers."""

from __future__ import annotations

import http
import http.client
import re
import secrets
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlencode

import numpy as np

TIMEOUT_S = 30.0


class Desk:
    """A logged-in browser.

    Parameters
    ----------
    port : int
    session : str
        Key of the session.
    """

    def __init__(self, port: int, session: str) -> None:
        self._port = port
        # Django compares the two texts; what they are is the browser's business.
        token = secrets.token_hex(16)
        self._headers = {
            "Cookie": f"sessionid={session}; csrftoken={token}",
            "X-CSRFToken": token,
            "Accept": "text/html",
        }

    def opens(self, path: str) -> bool:
        """Open a page; return whether it was shown, with all of it read."""
        status, _ = self._ask("GET", path, None, {})
        return status == http.HTTPStatus.OK

    def is_led_on(self, path: str, form: dict[str, str], to: re.Pattern[str]) -> bool:
        """Send a form; return whether the answer leads to such an address."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        status, where = self._ask("POST", path, urlencode(form).encode(), kind)
        return status == http.HTTPStatus.FOUND and to.fullmatch(where) is not None

    def _ask(
        self, method: str, path: str, body: bytes | None, kind: dict[str, str]
    ) -> tuple[int, str]:
        # People open a page seconds after the one before: the connection is closed by then.
        link = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT_S)
        try:
            link.request(method, path, body, {**self._headers, **kind})
            answer = link.getresponse()
            answer.read()
            return answer.status, answer.headers.get("Location", "")
        finally:
            link.close()


@dataclass(slots=True)
class Timings:
    """How long answers took, and how many were not what was asked for."""

    times_ms: list[float] = field(default_factory=list)
    errors: int = 0

    def figures(self) -> dict[str, object]:
        """Return them in short."""
        p50, p95 = np.percentile(self.times_ms, [50, 95])
        return {
            "requests": len(self.times_ms),
            "p50_ms": round(float(p50), 1),
            "p95_ms": round(float(p95), 1),
            "max_ms": round(max(self.times_ms), 1),
            "errors": self.errors,
        }


# Whether the answer was the right one.
Request = Callable[[], bool]


def timed(requests: Sequence[Request], *, at_once: int) -> Timings:
    """Send all requests, so many at once, and time each."""
    timings = Timings()

    def send(request: Request) -> None:
        begun = time.perf_counter()
        is_right = request()
        timings.times_ms.append((time.perf_counter() - begun) * 1000)
        timings.errors += not is_right

    with ThreadPoolExecutor(at_once) as people:
        for done in [people.submit(send, request) for request in requests]:
            done.result()
    return timings
