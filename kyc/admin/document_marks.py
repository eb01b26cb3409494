"""Outlines upon the document's picture: where its zone and its portrait were found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LABELS = {
    "card": "Outline of the document",
    "portrait": "Portrait",
    "zone": "Machine-readable zone",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One outline, as the points of an SVG polygon in pixels of the picture."""

    label: str
    points: str


@dataclass(frozen=True, slots=True)
class Marks:
    """The outlines of one picture of this size."""

    width: int
    height: int
    shapes: tuple[Mark, ...]


def marks_of(places: Mapping[str, Any] | None) -> Marks | None:
    """Return the outlines that a stored reading names; None where it names none.

    Examples
    --------
    >>> found = {"width": 90, "height": 60, "shapes": {"zone": [[1, 2], [8, 2], [8, 4], [1, 4]]}}
    >>> marks_of(found).shapes[0].points
    '1,2 8,2 8,4 1,4'
    >>> marks_of({**found, "shapes": {}}) is None
    True
    """
    if not places or not places["shapes"]:
        return None
    shapes = tuple(
        Mark(LABELS[name], " ".join(f"{x:g},{y:g}" for x, y in corners))
        for name, corners in places["shapes"].items()
        if name in LABELS
    )
    return Marks(places["width"], places["height"], shapes)
