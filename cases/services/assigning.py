"""A case given to whom its queue's rule names."""

from __future__ import annotations

from cases.choices import CaseEventKind
from cases.models import Case
from cases.services.case_rows import event_add, news_of
from cases.services.queues import assignee_pick
from fraudsite.core.actors import Actor
from fraudsite.core.models import User
from fraudsite.core.outbox import publish

CASE_ASSIGNED = "cases.case.assigned"


def assign_by_rule(case: Case, actor: Actor) -> None:
    """Give an open case to whom its queue's rule names; nobody's where it names none.

    Nobody is given a case about themselves; it then waits for whoever takes it.
    """
    assignee = assignee_pick(case.queue)
    if assignee is None or (case.customer is not None and case.customer.user_id == assignee.pk):
        return
    assigned(case, assignee, actor, rule=case.queue.assignment)


def assigned(case: Case, to: User, actor: Actor, **details: str) -> None:
    """Note whose an open case is, and tell them."""
    Case.objects.filter(pk=case.pk).update(assigned_to=to)
    case.assigned_to = to
    named = {"user_id": str(to.pk), **details}
    event_add(case, CaseEventKind.ASSIGNED, actor, named)
    publish(kind=CASE_ASSIGNED, aggregate=case, payload=news_of(case, **named))
