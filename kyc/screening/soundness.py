"""Whether a new version of a list may take the place of the one in force."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SoundnessLimits:
    """What a list may lack; choices, not measurements.

    Attributes
    ----------
    max_lost_share : float
        Share of the entries in force that may be missing at once, and of their names. OFAC's
        largest removals of the last years (2025: Syria) took about 3 % of its list.
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
    names, names_in_force : int
        What the people on the list, and those of that version, are called, aliases too; the same
        words in another order are one name.
    not_spelt_out : int
        People all of whose names are in a script whose Latin spelling is mostly not found.
    """

    entries: int = 0
    left_out: int = 0
    refused: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    in_force: int = 0
    names: int = 0
    names_in_force: int = 0
    not_spelt_out: int = 0


def refusal_of(counts: VersionCounts, limits: SoundnessLimits = SoundnessLimits()) -> str:
    """Return why the version must not decide, in a sentence; empty when it may.

    Examples
    --------
    >>> refusal_of(VersionCounts())
    'The list names nobody.'
    >>> refusal_of(VersionCounts(entries=40, removed=60, in_force=100))
    '60 of 100 entries are missing; more than 10 % at once is taken for half a list.'
    >>> refusal_of(VersionCounts(entries=100, in_force=100, names=100, names_in_force=250))
    '150 of 250 names are missing; more than 10 % at once is taken for half a list.'
    >>> refusal_of(VersionCounts(entries=100, left_out=20, added=3, removed=3, in_force=100))
    ''
    """
    rows = counts.entries + counts.left_out + counts.refused
    if not counts.entries:
        return "The list names nobody."
    if counts.refused > limits.max_refused_share * rows:
        return f"{counts.refused:,} of {rows:,} rows say nothing; the file is damaged."
    lost_names = counts.names_in_force - counts.names
    return _loss(counts.removed, counts.in_force, "entries", limits) or _loss(
        lost_names, counts.names_in_force, "names", limits
    )


def _loss(lost: int, in_force: int, noun: str, limits: SoundnessLimits) -> str:
    if lost <= limits.max_lost_share * in_force:
        return ""
    share = f"{limits.max_lost_share:.0%}".replace("%", " %")
    return (
        f"{lost:,} of {in_force:,} {noun} are missing; "
        f"more than {share} at once is taken for half a list."
    )
