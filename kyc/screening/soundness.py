"""Whether a new version of a list may take the place of the one in force."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SoundnessLimits:
    """What a list may lack; choices, not measurements.

    Attributes
    ----------
    max_lost_share : float
        Share of the entries in force that may be missing at once. OFAC's largest removals of the
        last years (2025: Syria) took about 3 % of its list.
    max_refused_share : float
        Share of rows that may say nothing.
    """

    max_lost_share: float = 0.10
    max_refused_share: float = 0.01


@dataclass(frozen=True, slots=True)
class VersionCounts:
    """What came with a file, against what is in force.

    Attributes
    ----------
    entries : int
        People on the list.
    left_out : int
        Companies, ships and other entries that no customer can be.
    refused : int
        Rows that say nothing, repeated ids among them.
    added, changed, removed : int
        Against the version in force.
    in_force : int
        Entries of that version.
    """

    entries: int
    left_out: int
    refused: int
    added: int
    changed: int
    removed: int
    in_force: int


def refusal_of(counts: VersionCounts, limits: SoundnessLimits = SoundnessLimits()) -> str:
    """Return why the version must not decide, in a sentence; empty when it may.

    Examples
    --------
    >>> refusal_of(VersionCounts(0, 0, 0, 0, 0, 0, 0))
    'The list names nobody.'
    >>> refusal_of(VersionCounts(40, 0, 0, 0, 0, 60, 100))
    '60 of 100 entries are missing; more than 10 % at once is taken for half a list.'
    >>> refusal_of(VersionCounts(100, 20, 0, 3, 0, 3, 100))
    ''
    """
    rows = counts.entries + counts.left_out + counts.refused
    if not counts.entries:
        return "The list names nobody."
    if counts.refused > limits.max_refused_share * rows:
        return f"{counts.refused:,} of {rows:,} rows say nothing; the file is damaged."
    if counts.removed > limits.max_lost_share * counts.in_force:
        share = f"{limits.max_lost_share:.0%}".replace("%", " %")
        return (
            f"{counts.removed:,} of {counts.in_force:,} entries are missing; "
            f"more than {share} at once is taken for half a list."
        )
    return ""
