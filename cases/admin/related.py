"""Related customers as a picture and as a table: both say the same."""

from __future__ import annotations

import math
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cases.choices import LinkKind
from cases.models import Case
from cases.relations import RelatedCustomer, RelatedGraph, SharedThing, related_customers
from kyc.choices import VerificationStatus

Context = dict[str, Any]
# In units of the picture: how far from the middle each step lies, and the room around a customer.
RINGS, MARGIN = (0.0, 130.0, 240.0), 45.0
NEVER_VERIFIED = "not verified"


@dataclass(frozen=True, slots=True)
class Point:
    """A place in the picture; the middle is (0, 0)."""

    x: float
    y: float


Places = Mapping[uuid.UUID, Point]


def related_context(case: Case) -> Context | None:
    """Return who is related to a case's customer, None for a case about no customer."""
    if case.customer_id is None:
        return None
    graph = related_customers(case.customer_id)
    things = _things_of(graph.shared)
    places = placed(graph)
    return {
        "nodes": [_node(one, places, things) for one in graph.customers],
        "things": [_thing(thing, places) for thing in graph.shared],
        "rows": [_row(one, things) for one in graph.customers if one.hop],
        "crowded": [_words(thing) for thing in graph.crowded],
        "is_cut": graph.is_cut,
        "view_box": _view_box(places.values()),
    }


def placed(graph: RelatedGraph) -> Places:
    """Return where each customer lies: the case's in the middle, the others in two rings.

    Those of the outer ring lie in the order of whom they are related through, so that few lines
    cross.
    """
    angles: dict[uuid.UUID, float] = {}
    for hop in (0, 1, 2):
        ring = [one.customer_id for one in graph.customers if one.hop == hop]
        towards = {one: _towards(one, graph.shared, angles) for one in ring}
        ring.sort(key=lambda one: (towards[one], one))
        # The ring is turned so that its first one lies where its lines come from.
        first = towards[ring[0]] if ring else 0.0
        angles |= {one: first + 2 * math.pi * at / len(ring) for at, one in enumerate(ring)}
    return {
        one.customer_id: _at(angles[one.customer_id], RINGS[one.hop]) for one in graph.customers
    }


def _towards(
    customer: uuid.UUID, shared: Iterable[SharedThing], angles: Mapping[uuid.UUID, float]
) -> float:
    """Return the direction of whoever shares something and is placed already, off the middle."""
    known = (
        angles[other]
        for thing in shared
        if customer in thing.customer_ids
        for other in thing.customer_ids
        if other in angles
    )
    return max(known, default=0.0)


def _at(angle: float, distance: float) -> Point:
    return Point(round(distance * math.sin(angle), 1), round(-distance * math.cos(angle), 1))


def _view_box(points: Iterable[Point]) -> str:
    """Return the part of the picture in which something is; never a narrow strip."""
    placed_at = list(points)
    left, right = _around([at.x for at in placed_at])
    top, bottom = _around([at.y for at in placed_at])
    return f"{left:.0f} {top:.0f} {right - left:.0f} {bottom - top:.0f}"


def _around(values: Sequence[float]) -> tuple[float, float]:
    return min(*values, -RINGS[1]) - MARGIN, max(*values, RINGS[1]) + MARGIN


def _things_of(shared: Iterable[SharedThing]) -> dict[uuid.UUID, list[SharedThing]]:
    found = defaultdict(list)
    for thing in shared:
        for customer in thing.customer_ids:
            found[customer].append(thing)
    return found


def _node(
    one: RelatedCustomer, places: Places, things: Mapping[uuid.UUID, Sequence[SharedThing]]
) -> Context:
    shared = "; ".join(_words(thing) for thing in things.get(one.customer_id, ()))
    standing = _standing(one) if one.hop else "this case’s customer"
    return {
        "id": str(one.customer_id),
        "reference": one.reference,
        "hop": one.hop,
        "is_fraud": one.confirmed_frauds > 0,
        "at": places[one.customer_id],
        "words": ". ".join(part for part in (one.reference, standing, shared) if part),
    }


def _thing(thing: SharedThing, places: Places) -> Context:
    ends = [(str(one), places[one]) for one in thing.customer_ids]
    middle = Point(
        round(sum(at.x for _, at in ends) / len(ends), 1),
        round(sum(at.y for _, at in ends) / len(ends), 1),
    )
    return {"words": _words(thing), "kind": thing.kind, "at": middle, "ends": ends}


def _row(one: RelatedCustomer, things: Mapping[uuid.UUID, Sequence[SharedThing]]) -> Context:
    return {
        "reference": one.reference,
        "hop": one.hop,
        "shared": [_words(thing) for thing in things.get(one.customer_id, ())],
        "verification": _verified(one),
        "frauds": one.confirmed_frauds,
        "case_id": one.open_case_id,
    }


def _standing(one: RelatedCustomer) -> str:
    steps = "1 step away" if one.hop == 1 else f"{one.hop} steps away"
    frauds = f"confirmed fraud: {one.confirmed_frauds}" if one.confirmed_frauds else ""
    return ", ".join(part for part in (steps, _verified(one).lower(), frauds) if part)


def _verified(one: RelatedCustomer) -> str:
    status = one.verification_status
    return str(VerificationStatus(status).label) if status else NEVER_VERIFIED


def _words(thing: SharedThing) -> str:
    """Return what is shared."""
    inside = "in " if thing.kind == LinkKind.IP else ""
    return f"{LinkKind(thing.kind).label} {inside}{thing.shown}"
