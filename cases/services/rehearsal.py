"""A command tried on cases and taken back, so that a preview says what the command would say."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

from django.db import transaction

from cases.choices import HELD_BY_ANALYST
from cases.models import Case
from cases.services.bulk import BulkOutcome, cases_do
from cases.services.claims import case_claim
from fraudsite.core.models import User

Act = Callable[[uuid.UUID, int | None], object]


def cases_rehearse(*, seen: Mapping[uuid.UUID, int | None], act: Act) -> list[BulkOutcome]:
    """Return what `cases_do` would return now; nothing is changed.

    The command runs and is rolled back, case by case, so that the preview can never judge by
    other rules than the command. Each case is locked for the moment it takes, and no two at once.

    Raises `Refusal` for more cases than `cases_do` takes.
    """

    def tried(case_id: uuid.UUID, version: int | None) -> None:
        with transaction.atomic():
            act(case_id, version)
            transaction.set_rollback(True)

    return cases_do(seen=seen, act=tried)


def in_hand_first(act: Act, analyst: User) -> Act:
    """Return a command that takes a case which is nobody's before it does what it does.

    Where the command is refused, the case stays nobody's.
    """

    def taken_and_done(case_id: uuid.UUID, seen: int | None) -> object:
        with transaction.atomic():
            held = Case.objects.filter(claimed_by=analyst, status__in=HELD_BY_ANALYST)
            if not held.filter(pk=case_id).exists():
                seen = case_claim(case_id=case_id, seen=seen, analyst=analyst).version
            return act(case_id, seen)

    return taken_and_done
