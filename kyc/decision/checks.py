"""The check tree: what was looked at, what came out, by which engine."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CheckState(StrEnum):
    """Result of one check, in the words of the field."""

    CLEAR = "clear"
    CONSIDER = "consider"
    UNPROCESSABLE = "unprocessable"
    SKIPPED = "skipped"


class CheckKind(StrEnum):
    """Who may read the reason: behaviour is shown to the customer as a hint, fraud never."""

    BEHAVIOUR = "behaviour"
    FRAUD = "fraud"


# The state of a group is that of its worst check, in this order.
SEVERITY = (CheckState.CONSIDER, CheckState.UNPROCESSABLE, CheckState.CLEAR, CheckState.SKIPPED)


@dataclass(frozen=True, slots=True)
class EngineRun:
    """Which engine looked, and how long it took.

    Attributes
    ----------
    name, version : str
        Empty when no engine looked (a rule over what is known anyway).
    duration_ms : int
        Of the whole stage that the check belongs to.
    """

    name: str = ""
    version: str = ""
    duration_ms: int = 0


@dataclass(frozen=True, slots=True)
class Check:
    """One leaf of the tree.

    Attributes
    ----------
    code : str
        Stable reason code such as ``document.expired``; what happens is configured by it.
    label : str
        What was asked, for the reviewer.
    state : CheckState
        What came out.
    kind : CheckKind
        Whether the customer may be told.
    sentence : str
        The finding in words, for the reviewer.
    hint : str
        What the customer can do about it; empty for kind FRAUD.
    is_required : bool
        Whether a missing answer sends the customer to a person.
    score, limit : float or None
        The measured value and where it begins to matter, in the engine's unit.
    redo : tuple of str
        Which captures the customer would have to take again.
    """

    code: str
    label: str
    state: CheckState
    kind: CheckKind
    sentence: str
    hint: str = ""
    is_required: bool = True
    score: float | None = None
    limit: float | None = None
    engine: EngineRun = EngineRun()
    redo: tuple[str, ...] = ()

    @property
    def is_raised(self) -> bool:
        """Whether the check found something or could not look."""
        return self.state in {CheckState.CONSIDER, CheckState.UNPROCESSABLE}


@dataclass(frozen=True, slots=True)
class CheckGroup:
    """Checks that belong together, named for what they establish."""

    code: str
    label: str
    checks: tuple[Check, ...]

    @property
    def state(self) -> CheckState:
        """The worst state among the checks; SKIPPED for none at all.

        Examples
        --------
        >>> CheckGroup("document", "Document", ()).state
        <CheckState.SKIPPED: 'skipped'>
        """
        states = {check.state for check in self.checks}
        return next((state for state in SEVERITY if state in states), CheckState.SKIPPED)
