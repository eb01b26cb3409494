"""A message, ready to be sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Words:
    """What a channel carries, in the form its medium wants.

    Attributes
    ----------
    title : str
        One line; empty where the medium has none.
    text : str
        Plain text.
    html : str
        The same as HTML, for mail; may be empty.
    severity : int
        1 low, 2 medium, 3 high, 4 critical.
    incident : str
        What makes two messages be about the same thing: the id of the case.
    url : str
        Where to look.
    data : mapping
        The same for programs; ids and codes only.
    """

    title: str
    text: str
    html: str = ""
    severity: int = 1
    incident: str = ""
    url: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
