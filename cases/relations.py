"""Customers who have something in common with one, over at most two steps."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, OuterRef, Q, Subquery

from cases.choices import CaseStatus, DecisionLabel, LinkKind
from cases.models import Case
from kyc.models import Customer, Verification
from transactions.admin.masking import masked_address, masked_id
from transactions.models import Merchant

HOPS = 2
# What many share (a bank's own address, a landlord) relates nobody: it is named, not followed.
CROWD = 30
# What a person can look at on one page.
MAX_LINKS_EACH = 50
MAX_CUSTOMERS = 60

# What is shared, by whom; by nobody, if by a crowd: of those who are not looked at none is read.
# Uses indexes: cases_link_of_customer for the things, cases_link_once for who shares each.
SHARED = """
SELECT own.kind, own.key,
       CASE WHEN count(*) <= %(crowd)s THEN array_agg(other.customer_id) ELSE '{}' END
FROM (
    SELECT DISTINCT recent.kind, recent.key
    FROM unnest(%(customers)s::uuid[]) AS wanted (customer_id)
    CROSS JOIN LATERAL (
        SELECT kind, key FROM cases_customerlink AS link
        WHERE link.customer_id = wanted.customer_id
        ORDER BY last_seen_at DESC LIMIT %(links)s) AS recent
) AS own
CROSS JOIN LATERAL (
    SELECT customer_id FROM cases_customerlink AS link
    WHERE link.kind = own.kind AND link.key = own.key LIMIT %(crowd)s + 1) AS other
GROUP BY own.kind, own.key
HAVING count(*) > 1
"""


@dataclass(frozen=True, slots=True)
class RelatedCustomer:
    """A customer, how many steps away, and how they stand."""

    customer_id: uuid.UUID
    reference: str
    hop: int
    verification_status: str
    confirmed_frauds: int
    open_case_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class SharedThing:
    """What customers have in common; `shown` is masked, as on all pages of staff."""

    kind: str
    shown: str
    customer_ids: tuple[uuid.UUID, ...]


@dataclass(frozen=True, slots=True)
class RelatedGraph:
    """Who is related by what.

    Attributes
    ----------
    crowded : tuple of SharedThing
        Shared by more than 30, so not followed; without their customers.
    is_cut : bool
        Whether there were more customers than are shown.
    """

    customers: tuple[RelatedCustomer, ...]
    shared: tuple[SharedThing, ...]
    crowded: tuple[SharedThing, ...]
    is_cut: bool


Key = tuple[str, str]
# By whom each thing is shared; empty: by a crowd.
Shared = dict[Key, list[uuid.UUID]]


def related_customers(customer_id: uuid.UUID) -> RelatedGraph:
    """Return the customers within two steps of one, themselves first, and what links them.

    Reads at most 50 things of each customer and 31 customers of each thing, whatever there is.
    """
    hops = {customer_id: 0}
    shared: Shared = {}
    is_cut = False
    for hop in range(1, HOPS + 1):
        frontier = [known for known, at in hops.items() if at == hop - 1]
        found = _sharing(frontier) if frontier else {}
        shared |= found
        reached = _reached(found) - set(hops)
        room = MAX_CUSTOMERS - len(hops)
        is_cut |= len(reached) > room
        hops |= dict.fromkeys(sorted(reached)[:room], hop)
    return _graph(hops, shared, is_cut=is_cut)


def _sharing(customers: Sequence[uuid.UUID]) -> Shared:
    bounds: dict[str, Any] = {"customers": list(customers), "links": MAX_LINKS_EACH, "crowd": CROWD}
    with connection.cursor() as cursor:
        cursor.execute(SHARED, bounds)
        return {(kind, key): others for kind, key, others in cursor.fetchall()}


def _reached(shared: Shared) -> set[uuid.UUID]:
    return {one for others in shared.values() for one in others}


def _graph(hops: dict[uuid.UUID, int], shared: Shared, *, is_cut: bool) -> RelatedGraph:
    payees = _payees(shared)
    things, crowded = [], []
    for key, others in sorted(shared.items()):
        shown = _shown(key, payees)
        among = tuple(sorted(one for one in others if one in hops))
        if not others:
            crowded.append(SharedThing(key[0], shown, ()))
        elif len(among) > 1:
            things.append(SharedThing(key[0], shown, among))
    return RelatedGraph(tuple(_customers(hops)), tuple(things), tuple(crowded), is_cut)


def _customers(hops: dict[uuid.UUID, int]) -> Iterable[RelatedCustomer]:
    newest = Verification.objects.filter(customer=OuterRef("pk")).order_by("-created_at")
    unclosed = Case.objects.filter(customer=OuterRef("pk")).exclude(status=CaseStatus.CLOSED)
    fraud = Q(cases__status=CaseStatus.CLOSED, cases__label=DecisionLabel.CONFIRMED_FRAUD)
    rows = Customer.objects.filter(pk__in=list(hops)).annotate(
        verification_status=Subquery(newest.values("status")[:1]),
        open_case_id=Subquery(unclosed.values("pk")[:1]),
        confirmed_frauds=Count("cases", filter=fraud),
    )
    for row in sorted(rows, key=lambda row: (hops[row.pk], row.pk)):
        yield RelatedCustomer(
            row.pk,
            row.reference,
            hops[row.pk],
            row.verification_status or "",
            row.confirmed_frauds,
            row.open_case_id,
        )


def _payees(shared: Shared) -> dict[str, str]:
    ids = [key.rpartition(":")[2] for kind, key in shared if kind == LinkKind.PAYEE]
    found = Merchant.objects.filter(pk__in=ids)
    return {str(merchant.pk): masked_id(str(merchant)) for merchant in found}


def _shown(key: Key, payees: dict[str, str]) -> str:
    """Return enough of a thing to tell it apart, and no more: it may lead to a person."""
    kind, text = key
    # The workspace is a UUID and holds no colon; an IPv6 address holds many.
    reference = text.partition(":")[2]
    if kind == LinkKind.PAYEE:
        return payees.get(reference, "…")
    if kind == LinkKind.IP:
        return masked_address(reference)
    return f"…{reference[-6:]}"
