"""The same command on many cases: each by itself, each with its own answer."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cases.models import Case
from kyc.refusals import Refusal

# What fits on a page that a person has looked through.
MAX_CASES = 100


@dataclass(frozen=True, slots=True)
class BulkOutcome:
    """What became of one case; an empty code says that it was done."""

    case_id: uuid.UUID
    code: str = ""
    sentence: str = ""

    @property
    def is_done(self) -> bool:
        """Whether the command was carried out."""
        return not self.code


def cases_do(
    *, seen: Mapping[uuid.UUID, int | None], act: Callable[[uuid.UUID, int | None], object]
) -> list[BulkOutcome]:
    """Carry a command out on each case, as it was seen; one that is refused stops no other.

    Parameters
    ----------
    seen : mapping of case id to version
        As the list or preview showed them; a case that has moved on since is refused.
    act : callable
        The command with everything but the case filled in.

    Raises
    ------
    Refusal
        For more than 100 cases at once.

    Examples
    --------
    ``cases_do(seen=chosen, act=lambda pk, version: case_assign(case_id=pk, seen=version,
    to=ben, user=sam))``
    """
    if len(seen) > MAX_CASES:
        raise Refusal("too_many_cases", f"Choose at most {MAX_CASES} cases at once.")
    return [_do(case_id, version, act) for case_id, version in seen.items()]


def _do(
    case_id: uuid.UUID, version: int | None, act: Callable[[uuid.UUID, int | None], object]
) -> BulkOutcome:
    try:
        act(case_id, version)
    except Refusal as refused:
        return BulkOutcome(case_id, refused.code, refused.sentence)
    except Case.DoesNotExist:
        return BulkOutcome(case_id, "not_found", "There is no such case.")
    return BulkOutcome(case_id)
