"""The one Celery canvas: which stages run, in which order, and what waits for what.

    assess_quality -> ( read_document | check_liveness -> match_faces )
                   -> screen -> find_duplicates -> decide

The faces wait for liveness because the selfie is the frame chosen from its video; watchlists and
other customers are searched with what was read and whose face was seen. Every stage records its own
failure and returns: a task of the group that raised would silently cancel `decide`.
"""

from __future__ import annotations

from celery import chain, chord, signature
from celery.canvas import Signature
from django.db import transaction

from kyc.models import Verification


def canvas(verification_id: str, attempt: int) -> Signature:
    """Return the whole pipeline of one attempt, not started."""

    def task(name: str) -> Signature:
        # By name, so that services and tasks need not import each other; immutable, so that no
        # result travels from one stage to the next.
        return signature(f"kyc.tasks.{name}", args=(verification_id, attempt), immutable=True)

    person = chain(task("check_liveness"), task("match_faces"))
    judged = chain(task("screen"), task("find_duplicates"), task("decide"))
    return chain(task("assess_quality"), chord([task("read_document"), person], judged))


def start(verification_id: str, attempt: int) -> None:
    """Queue the pipeline now; stages that have a result already are passed over."""
    canvas(verification_id, attempt).apply_async()


def start_on_commit(verification: Verification) -> None:
    """Queue the pipeline when the transaction that submits is committed.

    If the broker is away at that moment, the submission stands and the sweeper queues it later.
    """
    verification_id, attempt = str(verification.pk), verification.attempt
    transaction.on_commit(lambda: start(verification_id, attempt), robust=True)
