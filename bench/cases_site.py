"""An installation with a history, cases and people, made for measuring."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import connection

from bench.cases_fill import cases_fill
from bench.cases_plan import Extent
from cases.models import Queue, QueueMember
from fraudsite.core.choices import Role
from fraudsite.core.models import User
from fraudsite.local.static_files import static_files_gather
from transactions.services.load_hooks import after_load
from transactions.services.loading import history_load
from transactions.simulation import SimulationPlan, generate
from transactions.simulation.files import write

# Those who hold cases already, and those who are measured: with nothing in hand.
COLLEAGUES, DESKS = 40, 30
# A queue with members is theirs: what an analyst sees is then found by more than a status.
MEMBERS_QUEUES = ("payments", "onboarding")
BACKEND = "fraudsite.core.backends.RoleBackend"


@dataclass(frozen=True, slots=True)
class People:
    """Who asks: analysts, one of them a senior one; each with the key of a session."""

    analysts: tuple[User, ...]
    senior: User

    def session_of(self, user: User) -> str:
        """Log somebody in and return the key of the session."""
        session = SessionStore()
        session["_auth_user_id"] = str(user.pk)
        session["_auth_user_backend"] = BACKEND
        session["_auth_user_hash"] = user.get_session_auth_hash()
        session.create()
        return str(session.session_key)


def prepare(extent: Extent) -> People:
    """Make the tables, the history, the people and the cases; return who can be measured."""
    call_command("migrate", interactive=False, verbosity=0)
    static_files_gather()
    _load_history(extent)
    people = _people()
    colleagues = [_staff(f"colleague-{nth}") for nth in range(COLLEAGUES)]
    cases_fill(extent, colleagues, people.senior)
    with connection.cursor() as cursor:
        # As autovacuum would have done it in the months that these rows are made up for.
        cursor.execute("VACUUM ANALYZE")
    return people


def _load_history(extent: Extent) -> None:
    after_load.clear()
    plan = SimulationPlan(users=extent.users, transactions=extent.transactions, seed=5)
    with tempfile.TemporaryDirectory() as folder:
        write(generate(plan), Path(folder) / "history")
        history_load(Path(folder) / "history")


def _people() -> People:
    analysts = tuple(_staff(f"analyst-{nth}") for nth in range(DESKS))
    queues = Queue.objects.filter(pk__in=MEMBERS_QUEUES)
    QueueMember.objects.bulk_create(
        [QueueMember(queue=queue, user=user) for queue in queues for user in analysts]
    )
    return People(analysts, _staff("senior", Role.SENIOR_ANALYST))


def _staff(name: str, role: str = Role.ANALYST) -> User:
    return User.objects.create_user(f"{name}@example.com", role=role)
