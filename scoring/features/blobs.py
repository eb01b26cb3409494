"""The form of a stored state, and what is wrong with one that cannot be read.

A blob is a header (layout version, entity kind, two check sums; little-endian u2, u2, u4, u4), then
the record's single values, then of each list only the entries in use.
"""

from __future__ import annotations

import numpy as np

from scoring.features.layout import LAYOUT_VERSION, RECORDS, EntityKind

HEADER_BYTES = 12
LONGEST_BLOB = HEADER_BYTES + max(record.itemsize for record in RECORDS.values())

# What reading a blob answers.
READ, DAMAGED, OTHER_LAYOUT = 0, 1, 2


class StateUnreadable(Exception):
    """The state of an entity cannot be used.

    Attributes
    ----------
    kind : EntityKind
    key : int
    """

    def __init__(self, kind: EntityKind, key: int) -> None:
        super().__init__(kind, key)
        self.kind = kind
        self.key = key

    def _entity(self) -> str:
        return f"{self.kind.name.lower()} {self.key:016x}"


class StateDamaged(StateUnreadable):
    """The blob is not what was written: too short, too long, altered, or of another kind."""

    def __str__(self) -> str:
        return (
            f"The stored state of {self._entity()} is damaged. "
            "Restore it with `manage.py rebuild_features`."
        )


class StateLayoutChanged(StateUnreadable):
    """The blob was written by a version of the code that remembers other things."""

    def __str__(self) -> str:
        return (
            f"The stored state of {self._entity()} is not of layout "
            f"{LAYOUT_VERSION}. Restore it with `manage.py rebuild_features`."
        )


class StateMissing(StateUnreadable):
    """A batch came without the state of one of its entities; None would say that it is new."""

    def __str__(self) -> str:
        return f"The state of {self._entity()} was not given."


def sections_of(record: np.dtype[np.void]) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Return which bytes of a record are stored.

    Parameters
    ----------
    record : dtype
        Single values first; a list named `x_y` has as many entries in use as `x_used` says, one
        without such a count is stored whole.

    Returns
    -------
    ndarray of shape (n_sections, 4), dtype=int64
        Offset, bytes an entry, most entries, and offset of the count (-1: all entries).
    """
    names = record.names or ()
    lists = [name for name in names if record[name].shape]
    end_of_singles = min(_offset(record, name) for name in lists)
    sections = [(0, end_of_singles, 1, -1)]
    for name in lists:
        count = name.split("_")[0] + "_used"
        at = _offset(record, count) if count in names else -1
        field = record[name]
        sections.append((_offset(record, name), field.base.itemsize, field.shape[0], at))
    return np.array(sections, dtype=np.int64)


def _offset(record: np.dtype[np.void], name: str) -> int:
    assert record.fields is not None  # noqa: S101 - these dtypes are records
    return int(record.fields[name][1])
