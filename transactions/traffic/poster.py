"""One transaction to the API: sent until there is an answer, judged once whatever happens."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx

PATH = "/api/v1/transactions/"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
TIMEOUT_S = 10.0
# Busy, or being restarted behind a proxy. Anything else is an answer.
RETRIED = {429, 502, 503, 504}
REFUSED_KEY = {401, 403}
# 0.2, 0.4 … 6.4 s between seven tries: a restart of the site fits in.
MAX_TRIES = 7
FIRST_DELAY_S, MAX_DELAY_S = 0.2, 10.0


class TrafficRefused(Exception):
    """Nothing can be sent to this site with this key; its text is a sentence for people."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one transaction.

    Attributes
    ----------
    decision : str
        Empty if it was not judged.
    problem : str
        The error's code, or "unanswered" after the last try; empty if it was judged.
    tries : int
    duration_ms : float
        Of the last try.
    """

    decision: str
    problem: str
    tries: int
    duration_ms: float


class TransactionPoster:
    """Posts to one site with one key; safe to share between threads.

    Parameters
    ----------
    url : str
        The site's address, without a path.
    key : str
        Sent to that address alone: proxies and passwords of the environment are not looked at.
    stop : Event
        Ends waiting between tries.
    """

    def __init__(self, url: str, key: str, stop: threading.Event) -> None:
        self._url = url.rstrip("/")
        self._stop = stop
        self._is_known = False
        try:
            self._client = httpx.Client(
                base_url=self._url,
                headers={"Authorization": f"Bearer {key}"},
                timeout=TIMEOUT_S,
                limits=httpx.Limits(max_connections=None, max_keepalive_connections=None),
                trust_env=False,
            )
            self._address = self._client.build_request("POST", PATH).url
        except (httpx.InvalidURL, UnicodeEncodeError) as error:
            raise TrafficRefused(f"{url} is no address, or the key is none.") from error

    @property
    def is_open_to_listeners(self) -> bool:
        """Whether the key travels in clear to another machine."""
        return self._address.scheme == "http" and self._address.host not in LOOPBACK

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def post(self, request: Mapping[str, object]) -> Answer:
        """Send a transaction that happens now, and again while the site is away.

        Every try carries the same Idempotency-Key and body, so it is judged once.

        Raises
        ------
        TrafficRefused
            If nobody answers at the first contact, or the site refuses the key.
        """
        body = {**request, "timestamp": datetime.now(UTC).isoformat()}
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        for tries in range(1, MAX_TRIES + 1):
            begun = time.perf_counter()
            response = self._try(body, headers)
            duration_ms = (time.perf_counter() - begun) * 1000
            if response is not None and response.status_code not in RETRIED:
                return self._answer(response, tries, duration_ms)
            if tries == MAX_TRIES or self._stop.wait(_delay_s(tries, response)):
                break
        return Answer("", "unanswered", tries, duration_ms)

    def _try(self, body: Mapping[str, object], headers: Mapping[str, str]) -> httpx.Response | None:
        try:
            response = self._client.post(PATH, json=body, headers=headers)
        except httpx.UnsupportedProtocol as error:
            raise TrafficRefused(f"{self._url} is no address of http or https.") from error
        except httpx.TransportError as error:
            # Later it may be restarting; at the first contact the address is wrong.
            if not self._is_known:
                raise TrafficRefused(
                    f"No site answers at {self._url}; start it, or name another --url."
                ) from error
            return None
        self._is_known = True
        return response

    def _answer(self, response: httpx.Response, tries: int, duration_ms: float) -> Answer:
        told = _json_object(response)
        if response.is_success and "decision" in told:
            return Answer(str(told["decision"]), "", tries, duration_ms)
        code = str(told.get("code", f"http_{response.status_code}"))
        if response.status_code in REFUSED_KEY:
            raise TrafficRefused(f"{self._url} refused the API key: {told.get('message', code)}")
        if response.status_code in {404, 405} or response.is_redirect or response.is_success:
            raise TrafficRefused(f"{self._address} is no API for transactions.")
        return Answer("", code, tries, duration_ms)


def _json_object(response: httpx.Response) -> dict[str, object]:
    try:
        told = response.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _delay_s(tries: int, response: httpx.Response | None) -> float:
    """Return how long to wait: what the site asks for, else twice as long each time."""
    asked = "" if response is None else response.headers.get("Retry-After", "")
    if asked.isdigit():
        return min(float(asked), MAX_DELAY_S)
    # Jitter only spreads load, so an ordinary generator does.
    jitter = 1 + random.random() / 4  # noqa: S311
    return min(FIRST_DELAY_S * 2.0 ** (tries - 1) * jitter, MAX_DELAY_S)
