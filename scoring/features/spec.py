"""What a feature is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FeatureSpec:
    """One feature.

    Attributes
    ----------
    name : str
        Also the name that rules use.
    unit : str
        EUR, log EUR, count, days, ratio, share, deviations, flag, level, km, km/h, score or cycle.
    description : str
        A fragment that completes "This is …" for people.
    group : str
        What it is about; features of one group are shown together.
    lowest, highest : float or None
        Range of values that can occur; None where it has no end that is known.
    """

    name: str
    unit: str
    description: str
    group: str
    lowest: float | None = None
    highest: float | None = None
