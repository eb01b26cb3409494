"""One finding about a video beside the actions asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SignalKind = Literal["behaviour", "fraud", "advice"]


@dataclass(frozen=True, slots=True)
class Signal:
    """One finding, raised or not.

    Attributes
    ----------
    code : str
        Stable name, such as "several_faces".
    kind : {"behaviour", "fraud", "advice"}
        Behaviour may be told to the person ("stay in the picture"); fraud never is, and vetoes;
        advice is shown to a reviewer and decides nothing.
    value, limit : float
        What was measured and from where it counts, in the unit its code implies.
    is_raised : bool
        Whether it speaks against the video.
    """

    code: str
    kind: SignalKind
    value: float
    limit: float
    is_raised: bool


def above(code: str, kind: SignalKind, value: float, limit: float) -> Signal:
    """A signal that is raised when the value exceeds the limit, or cannot be told.

    Examples
    --------
    >>> [above("frame_gap", "behaviour", value, 2).is_raised for value in (2, 3, float("nan"))]
    [False, True, True]
    """
    return Signal(code, kind, float(value), float(limit), not value <= limit)


def below(code: str, kind: SignalKind, value: float, limit: float) -> Signal:
    """A signal that is raised when the value falls short of the limit, or cannot be told.

    Examples
    --------
    >>> [below("too_short", "behaviour", value, 2).is_raised for value in (2, 1, float("nan"))]
    [False, True, True]
    """
    return Signal(code, kind, float(value), float(limit), not value >= limit)
