"""Filmed and photographed presentations: `videos/` and `spoof/`, each with a truth file."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kyc.evaluating.liveness_cases import LIVE
from kyc.evaluating.report import MaterialRefused
from kyc.vision.liveness.challenge import Challenge, parse_challenge
from kyc.vision.video import Frame, VideoLimits, read_frames

# A recording of one challenge is 20 s at most; clips of several segments are longer.
LIMITS = VideoLimits(
    max_bytes=200_000_000,
    max_duration_ms=60_000,
    max_frames=4_000,
    max_cpu_s=120,
    max_memory_bytes=4_000_000_000,
)
_LABELS = ("live", "spoof", "refuse")


@dataclass(frozen=True, slots=True)
class Segment:
    """Frames `first` to `last` of a clip; the whole clip without `last`."""

    path: Path
    first: int
    last: int | None
    species: str
    challenge: Challenge | None

    @property
    def name(self) -> str:
        """File and frames."""
        last = "" if self.last is None else self.last
        return f"{self.path.name}#{self.first}-{last}"

    def frames(self) -> list[Frame]:
        """The frames, their times counted from the first of them.

        Raises
        ------
        VideoRefused, OSError
            When there is no such video or it cannot be decoded.
        """
        last = float("inf") if self.last is None else self.last
        whole = read_frames(self.path.read_bytes(), LIMITS)
        part = [frame for frame in whole if self.first <= frame.index <= last]
        return [replace(frame, at_ms=frame.at_ms - part[0].at_ms) for frame in part]


@dataclass(frozen=True, slots=True)
class Still:
    """One photograph."""

    path: Path
    species: str


def read_segments(folder: Path) -> list[Segment]:
    """The clips of a `videos/` folder.

    Raises
    ------
    MaterialRefused
        When its truth file is missing or odd.
    """
    return [
        Segment(
            path=folder / row["file"],
            first=_number(row, "start_frame", folder) or 0,
            last=_number(row, "end_frame", folder),
            species=_species(row, folder),
            challenge=_challenge(row.get("challenge") or ""),
        )
        for row in _truth(folder, ("file", "start_frame", "end_frame", "label"))
    ]


def read_stills(folder: Path) -> list[Still]:
    """The photographs of a `spoof/` folder.

    Raises
    ------
    MaterialRefused
        When its truth file is missing or odd.
    """
    rows = _truth(folder, ("file", "label"))
    return [Still(folder / row["file"], _species(row, folder)) for row in rows]


def _truth(folder: Path, columns: Sequence[str]) -> Iterator[dict[str, str]]:
    path = folder / "truth.csv"
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise MaterialRefused(f"{path} cannot be read.") from error
    if not rows:
        raise MaterialRefused(f"{path} names no file.")
    missing = [name for name in columns if rows[0].get(name) is None]
    if missing:
        raise MaterialRefused(f"{path} has no column {missing[0]}.")
    return (row for row in rows if row["file"])


def _species(row: dict[str, str], folder: Path) -> str:
    label = row["label"].strip().lower()
    if label not in _LABELS:
        raise MaterialRefused(
            f"{folder / 'truth.csv'} calls {row['file']} {label!r}; known are {', '.join(_LABELS)}."
        )
    return LIVE if label == "live" else (row.get("species") or "").strip() or "unknown"


def _number(row: dict[str, str], column: str, folder: Path) -> int | None:
    text = (row.get(column) or "").strip()
    if not text:
        return None
    if not text.isdecimal():
        raise MaterialRefused(f"{folder / 'truth.csv'}: {column} of {row['file']} is no number.")
    return int(text)


def _challenge(text: str) -> Challenge | None:
    """The challenge that was followed, also as people write it; other words name none.

    Examples
    --------
    >>> str(_challenge("turn_left@2600,blink@2400;rgb"))
    'turn_left@2600,blink@2400;rgb'
    >>> str(_challenge("Turn left; open mouth"))
    'turn_left,open_mouth'
    >>> _challenge("none issued") is None
    True
    """
    for written in (text, _as_codes(text)):
        try:
            return parse_challenge(written)
        except ValueError:
            continue
    return None


def _as_codes(text: str) -> str:
    steps = re.split(r"[,;|+>/]|\b(?:then|and)\b", text.lower())
    return ",".join(re.sub(r"[\s-]+", "_", step.strip()) for step in steps if step.strip())
