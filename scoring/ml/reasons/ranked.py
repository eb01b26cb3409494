"""From contributions to reasons: what people read first, and what it stands on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scoring.features import SCHEMA, FeatureSpec
from scoring.ml.forest import Floats
from scoring.ml.reasons.amounts import AMOUNTS
from scoring.ml.reasons.known import KNOWN
from scoring.ml.reasons.phrases import Line, unknown
from scoring.ml.reasons.rhythm import RHYTHM
from scoring.ml.reasons.surroundings import SURROUNDINGS

LINES: Mapping[str, Line] = {**AMOUNTS, **RHYTHM, **SURROUNDINGS, **KNOWN}
SPECS: Mapping[str, FeatureSpec] = {spec.name: spec for spec in SCHEMA.specs}

# Sine, cosine and period of what goes round: only both together say where it stands.
CYCLES = {
    name: (f"{stem}_sin", f"{stem}_cos", period)
    for stem, period in (("hour", 24), ("weekday", 7))
    for name in (f"{stem}_sin", f"{stem}_cos")
}
# The features of each meaning, in the order of the schema.
FEATURES_OF: Mapping[str, tuple[str, ...]] = {
    code: tuple(name for name in SCHEMA.names if LINES[name].code == code)
    for code in {line.code for line in LINES.values()}
}
# Log-odds. Less changes a probability of .5 by about one percent and is no reason for anything.
LEAST_CONTRIBUTION = 0.05
MOST_REASONS = 6


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for a score.

    Attributes
    ----------
    code : str
        Stable; what it is about.
    text : str
        One sentence for a person, with figures, naming nobody.
    contribution : float
        Log-odds that all features of this meaning add together; positive raises the score.
    """

    code: str
    text: str
    contribution: float


def rank_reasons(
    contributions: Floats,
    features: npt.NDArray[np.float32],
    names: Sequence[str] = SCHEMA.names,
    *,
    lowers: bool = False,
    most: int = MOST_REASONS,
) -> tuple[Reason, ...]:
    """Return the reasons why one transaction is suspect, the strongest first.

    1. Contributions of features with the same meaning are added: ten ways to look at an amount are
       one reason.
    2. Meanings that lower the score are left out (or, with `lowers`, those that raise it).
    3. Each is told by the feature that contributed most in that direction, a known one if any.

    Parameters
    ----------
    contributions : ndarray of shape (d + 1,) or (d,), dtype=float64
        One row of `FraudModel.contributions`; the base is not looked at.
    features : ndarray of shape (d,), dtype=float32
        The row they belong to.
    names : sequence of str
        Names of the columns.
    lowers : bool
        Ask for what speaks for the transaction instead.
    most : int
        At most this many.

    Raises
    ------
    KeyError
        A name is not of the feature schema.

    Examples
    --------
    >>> rank_reasons(
    ...     np.array([1.2, 0.3, -0.8]), np.array([9.0, 4.1, 1.0], np.float32),
    ...     ("amount_to_usual", "amount_z", "is_verification_approved"))
    (Reason(code='amount_vs_habit', text="Amount is 9 times this customer's usual.", \
contribution=1.5),)
    """
    sign = -1.0 if lowers else 1.0
    values = dict(zip(names, features.tolist(), strict=True))
    pushes = dict(zip(names, (sign * contributions[: len(names)]).tolist(), strict=True))
    sums: dict[str, float] = {}
    for name, push in pushes.items():
        code = LINES[name].code
        sums[code] = sums.get(code, 0.0) + push
    ranked = sorted(sums, key=lambda code: (-sums[code], code))
    return tuple(
        Reason(code, _text(code, pushes, values), sign * sums[code])
        for code in ranked[:most]
        if sums[code] >= LEAST_CONTRIBUTION
    )


def _text(code: str, pushes: Mapping[str, float], values: Mapping[str, float]) -> str:
    """Return the sentence of the feature that pushed most; what is missing comes last."""
    members = [name for name in FEATURES_OF[code] if pushes.get(name, 0.0) > 0]
    best = max(members, key=lambda name: (not math.isnan(values[name]), pushes[name]))
    return tell(best, values)


def tell(name: str, values: Mapping[str, float]) -> str:
    """Return what a feature says about a transaction, as a sentence.

    Parameters
    ----------
    values : mapping of str to float
        Of the whole row: the hour of the day takes two features to tell.
    """
    value = _place_on_cycle(name, values) if name in CYCLES else values[name]
    spec = SPECS[name]
    return unknown(spec) if math.isnan(value) else LINES[name].phrase(value, spec)


def _place_on_cycle(name: str, values: Mapping[str, float]) -> float:
    sine, cosine, period = CYCLES[name]
    angle = math.atan2(values.get(sine, math.nan), values.get(cosine, math.nan))
    return angle / math.tau % 1 * period
