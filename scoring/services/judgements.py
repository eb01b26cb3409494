"""Rows judged with what the database knows around them: lists, snoozes, the holdout's draw."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.conf import settings
from django.db import connection
from django.utils import timezone

from fraudsite.core.array_literals import numbers_array, words_array
from scoring.configuration import Configuration
from scoring.entity_names import signed
from scoring.event_records import TransactionFacts, key_of
from scoring.judging import Judgement, Subject
from scoring.models import RuleSnooze
from scoring.rule_fields import ListHit, RuleRow
from transactions.models import Transaction

Array = np.ndarray[Any, np.dtype[Any]]
ListedAs = Mapping[tuple[str, int], Sequence[ListHit]]

# Written out: putting these words together anew for each call took a sixth of its time.
# Uses index: scoring_list_entry_key
LIST_ENTRIES = """
SELECT entry.subject, entry.key, entry.entity_list_id, list.kind
FROM unnest(%(subjects)s::text[], %(keys)s::bigint[]) AS wanted (subject, key)
JOIN scoring_listentry AS entry USING (subject, key)
JOIN scoring_entitylist AS list ON list.id = entry.entity_list_id
WHERE entry.expires_at IS NULL OR entry.expires_at > %(now)s
"""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known around transactions: asked before their states are locked.

    Attributes
    ----------
    now : datetime
        The moment at which entries and snoozes were looked at.
    """

    now: datetime
    listed: ListedAs
    snoozed: Mapping[uuid.UUID, frozenset[str]]


def surroundings_find(
    rows: Sequence[Transaction], facts: Sequence[TransactionFacts], in_force: Configuration
) -> Surroundings:
    """Return where the entities of transactions stand on lists, and what is snoozed for whom."""
    now = timezone.now()
    return Surroundings(
        now,
        _listed(facts, now) if in_force.has_list_entries else {},
        _snoozed(rows, now) if in_force.has_snoozes else {},
    )


def judge_rows(
    rows: Sequence[Transaction],
    facts: Sequence[TransactionFacts],
    features: Array,
    around: Surroundings,
    in_force: Configuration,
) -> list[Judgement]:
    """Judge transactions whose features were just computed."""
    expired = set(in_force.expired_lists(around.now))
    draws = _draws(rows)
    subjects = [
        _subject(row, fact, vector, draw, around, expired)
        for row, fact, vector, draw in zip(rows, facts, features, draws, strict=True)
    ]
    return in_force.judge.judge(subjects, features)


def _subject(
    row: Transaction,
    facts: TransactionFacts,
    vector: Array,
    draw: float,
    around: Surroundings,
    expired: set[str],
) -> Subject:
    found = _hits(facts, around.listed)
    # What an expired list says is not acted on; that it would have said something is.
    good = tuple(hit for hit in found if hit.list_id not in expired)
    needed = tuple(sorted({hit.list_id for hit in found if hit.list_id in expired}))
    return Subject(
        row=RuleRow(facts, row.amount_minor, row.currency, vector, good),
        snoozed=around.snoozed.get(row.customer_id, frozenset()),
        expired=needed,
        draw=draw,
    )


def _hits(facts: TransactionFacts, listed: ListedAs) -> list[ListHit]:
    if not listed:
        return []
    return [hit for subject, key in _entities(facts) for hit in listed.get((subject, key), ())]


def _entities(facts: TransactionFacts) -> Iterable[tuple[str, int]]:
    for subject in ("customer", "merchant", "device", "ip", "card"):
        name = getattr(facts, subject)
        if name:
            yield subject, signed(key_of(name))


def _listed(facts: Sequence[TransactionFacts], now: datetime) -> ListedAs:
    wanted = {entity for one in facts for entity in _entities(one)}
    listed = defaultdict(list)
    parameters: dict[str, str | datetime] = {
        "subjects": words_array(subject for subject, _ in wanted),
        "keys": numbers_array(key for _, key in wanted),
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(LIST_ENTRIES, parameters)
        for subject, key, list_id, kind in cursor.fetchall():
            listed[subject, key].append(ListHit(list_id, kind, subject))
    return listed


def _snoozed(rows: Sequence[Transaction], now: datetime) -> dict[uuid.UUID, frozenset[str]]:
    customers = {row.customer_id for row in rows}
    snoozes = RuleSnooze.objects.filter(customer_id__in=customers, until__gt=now)
    by_customer = defaultdict(set)
    for customer_id, rule_id in snoozes.values_list("customer_id", "rule_id"):
        by_customer[customer_id].add(rule_id)
    return {customer_id: frozenset(rules) for customer_id, rules in by_customer.items()}


def _draws(rows: Iterable[Transaction]) -> list[float]:
    """Return numbers in [0, 1) that nobody outside can foresee, the same at every try."""
    secret = settings.SECRET_KEY.encode()
    digests = (hmac.digest(secret, row.pk.bytes, hashlib.sha256) for row in rows)
    return [int.from_bytes(digest[:7], "big") / (1 << 56) for digest in digests]
