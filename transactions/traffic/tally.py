"""What was sent and what came back, counted while it happens."""

from __future__ import annotations

import math
import threading
import time
from collections import Counter, deque
from dataclasses import dataclass

from transactions.traffic.poster import Answer

# Of the last answers; enough for a p95 that stands still, sorted in two milliseconds.
REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class TrafficReport:
    """How it went. Durations are of single tries; None before the first answer."""

    sent: int
    judged: int
    retried: int
    decisions: dict[str, int]
    problems: dict[str, int]
    p50_ms: float | None
    p95_ms: float | None
    seconds: float

    @property
    def rate(self) -> float:
        """Answers in a second."""
        return self.sent / self.seconds if self.seconds else 0.0

    def line(self) -> str:
        """Return it in one line.

        Examples
        --------
        >>> TrafficReport(4, 3, 1, {"approve": 3}, {"unanswered": 1}, 8.2, 30.04, 2.0).line()
        'sent 4 (2.0/s), judged 3, retried 1, approve 3, unanswered 1, p50 8.2 ms, p95 30.0 ms'
        """
        counts = (*self.decisions.items(), *self.problems.items())
        parts = [f"sent {self.sent:,} ({self.rate:.1f}/s)", f"judged {self.judged:,}"]
        parts += [f"retried {self.retried:,}"] if self.retried else []
        parts += [f"{name} {count:,}" for name, count in counts]
        if self.p50_ms is not None and self.p95_ms is not None:
            parts += [f"p50 {self.p50_ms:.1f} ms", f"p95 {self.p95_ms:.1f} ms"]
        return ", ".join(parts)


class Tally:
    """Counts answers from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._started = time.monotonic()
        self._sent = self._retried = 0
        self._decisions: Counter[str] = Counter()
        self._problems: Counter[str] = Counter()
        self._durations_ms: deque[float] = deque(maxlen=REMEMBERED)

    def add(self, answer: Answer) -> None:
        """Count one answer."""
        with self._lock:
            self._sent += 1
            self._retried += answer.tries > 1
            self._durations_ms.append(answer.duration_ms)
            if answer.decision:
                self._decisions[answer.decision] += 1
            else:
                self._problems[answer.problem] += 1

    def report(self) -> TrafficReport:
        """Return how it stands now."""
        with self._lock:
            ordered = sorted(self._durations_ms)
            return TrafficReport(
                sent=self._sent,
                judged=self._decisions.total(),
                retried=self._retried,
                decisions=dict(self._decisions.most_common()),
                problems=dict(self._problems.most_common()),
                p50_ms=_quantile(ordered, 0.5),
                p95_ms=_quantile(ordered, 0.95),
                seconds=time.monotonic() - self._started,
            )


def _quantile(ordered: list[float], share: float) -> float | None:
    """Return the value that this share of them is below or at, None of none.

    Examples
    --------
    >>> _quantile([1.0, 2.0, 3.0, 4.0], 0.5), _quantile([], 0.5)
    (2.0, None)
    """
    if not ordered:
        return None
    return ordered[math.ceil(share * len(ordered)) - 1]
