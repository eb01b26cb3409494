"""Requests at a steady rate, from several threads."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping

from transactions.traffic.poster import TrafficRefused, TransactionPoster
from transactions.traffic.tally import Tally, TrafficReport

Request = Mapping[str, object]
# A site that takes a quarter of a second for each is still kept at the rate.
SECONDS_A_REQUEST = 0.25
MIN_THREADS, MAX_THREADS = 2, 64
SHOWN_EVERY_S = 1.0


def threads_for(rate: float) -> int:
    """Return how many threads keep a rate.

    Examples
    --------
    >>> threads_for(20), threads_for(1), threads_for(10_000)
    (5, 2, 64)
    """
    return min(MAX_THREADS, max(MIN_THREADS, math.ceil(rate * SECONDS_A_REQUEST)))


def send_traffic(
    poster: TransactionPoster,
    requests: Iterator[Request],
    *,
    rate: float,
    seconds: float,
    stop: threading.Event,
    show: Callable[[TrafficReport], None] = lambda _: None,
) -> TrafficReport:
    """Send requests evenly spaced until the time is over, `stop` is set or Ctrl-C is pressed.

    1. The first is sent alone: whether the site is there and takes the key shows at once.
    2. Each of the others has its moment, whatever became of those before: a slow site is not
       spared. One that falls behind is sent all it missed as fast as the threads can.
    3. What is under way at the end is waited for.

    Parameters
    ----------
    rate : float
        Requests a second, above 0.
    seconds : float
        How long; 0: without end.

    Raises
    ------
    TrafficRefused
        If nobody answers, or the site refuses the key, now or later.
    """
    tally = Tally()
    tally.add(poster.post(next(requests)))
    schedule = _Schedule(requests, rate=rate, seconds=seconds)
    crew = _Crew(poster, schedule, tally, stop)
    try:
        crew.start(threads_for(rate))
        while crew.is_working():
            show(tally.report())
    except KeyboardInterrupt:
        pass  # the usual end of a run without one
    finally:
        stop.set()
        crew.join()
    if crew.refusal is not None:
        raise crew.refusal
    return tally.report()


class _Schedule:
    """Hands out requests with the moment at which each is due."""

    def __init__(self, requests: Iterator[Request], *, rate: float, seconds: float) -> None:
        self._requests = requests
        self._lock = threading.Lock()
        self._started = time.monotonic()
        self._interval_s = 1 / rate
        # The first request is sent before.
        self._left = math.inf if seconds == 0 else math.ceil(rate * seconds) - 1
        self._count = 0

    def take(self) -> tuple[float, Request] | None:
        """Return the next request and how long from now on it is due; None at the end."""
        with self._lock:
            if self._count >= self._left:
                return None
            self._count += 1
            due = self._started + self._count * self._interval_s
            return due - time.monotonic(), next(self._requests)


class _Crew:
    """The threads that send."""

    def __init__(
        self, poster: TransactionPoster, schedule: _Schedule, tally: Tally, stop: threading.Event
    ) -> None:
        self._poster = poster
        self._schedule = schedule
        self._tally = tally
        self._stop = stop
        self._threads: list[threading.Thread] = []
        self.refusal: TrafficRefused | None = None

    def start(self, count: int) -> None:
        for _ in range(count):
            thread = threading.Thread(target=self._send, daemon=True)
            self._threads.append(thread)
            thread.start()

    def is_working(self) -> bool:
        """Wait a moment for one of them; return whether any is still at it."""
        for thread in self._threads:
            if thread.is_alive():
                thread.join(SHOWN_EVERY_S)
                break
        return any(thread.is_alive() for thread in self._threads)

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def _send(self) -> None:
        try:
            while (due := self._schedule.take()) is not None:
                wait_s, request = due
                if self._stop.wait(max(0.0, wait_s)):
                    return
                self._tally.add(self._poster.post(request))
        except TrafficRefused as refusal:
            self.refusal = refusal
            self._stop.set()
