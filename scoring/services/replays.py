"""The same request again: what was answered the first time, or why it is not the same."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db.models import Q

from scoring.services.requests import ScoredTransaction, ScoreRequest
from transactions.incoming import IncomingRefused
from transactions.models import Transaction

Answer = ScoredTransaction | IncomingRefused


def replays_find(requests: Sequence[ScoreRequest], *, workspace_id: uuid.UUID) -> dict[int, Answer]:
    """Return, by place, the requests that were answered before.

    The same id or idempotency key with other content is refused.
    """
    external_ids = [one.checked.told.transaction_id for one in requests]
    keys = [one.idempotency_key for one in requests if one.idempotency_key]
    known = Transaction.objects.filter(
        Q(external_id__in=[one for one in external_ids if one]) | Q(idempotency_key__in=keys),
        workspace_id=workspace_id,
    ).select_related("decision", "decision__model")
    by_id = {row.external_id: row for row in known}
    by_key = {row.idempotency_key: row for row in known if row.idempotency_key}
    answers = {}
    for place, request in enumerate(requests):
        row = by_key.get(request.idempotency_key or "") or by_id.get(
            request.checked.told.transaction_id or ""
        )
        if row is not None:
            answers[place] = _answer(request, row)
    return answers


def _answer(request: ScoreRequest, row: Transaction) -> Answer:
    if row.request_hash == request.fingerprint and hasattr(row, "decision"):
        return ScoredTransaction(row, row.decision, is_replay=True)
    if request.idempotency_key and row.idempotency_key == request.idempotency_key:
        sentence = "This Idempotency-Key was used for another request. Use a new one."
        return IncomingRefused("idempotency_conflict", sentence, "")
    sentence = "A transaction with this `transaction_id` and other content is there already."
    return IncomingRefused("transaction_exists", sentence, "transaction_id")
