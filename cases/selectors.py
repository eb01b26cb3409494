"""What pages, the API and services ask about cases."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from cases.models import Queue, QueueMember
from fraudsite.core.models import User


def queues_worked_by(user: User) -> set[str]:
    """Return the queues a person may take cases from: theirs, and those without members."""
    if not user.has_perm("cases.work_case"):
        return set()
    queues = Queue.objects.all()
    if not user.has_perm("cases.assign_case"):
        members = QueueMember.objects.filter(queue=OuterRef("pk"))
        own = Q(Exists(members.filter(user=user)))
        queues = queues.filter(own | ~Exists(members))
    return set(queues.values_list("pk", flat=True))
