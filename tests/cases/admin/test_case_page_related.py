"""The picture of related customers: where they lie, and that the table says the same."""

from __future__ import annotations

import math
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from cases.admin.related import RINGS, placed
from cases.relations import RelatedCustomer, RelatedGraph, SharedThing
from cases.services.links import links_gather
from fraudsite.core.models import User
from tests.cases.raised import a_case
from tests.scoring.decided import NOW, a_customer, a_transaction


def a_graph(near: int, far: int) -> RelatedGraph:
    """One customer, `near` others one step away, and `far` two, each behind a near one."""
    ids = [uuid.UUID(int=number) for number in range(1 + near + far)]
    hops = [0] + [1] * near + [2] * far
    customers = tuple(
        RelatedCustomer(one, str(one)[-8:], hop, "", 0, None)
        for one, hop in zip(ids, hops, strict=True)
    )
    links = [(ids[0], one) for one in ids[1 : 1 + near]]
    links += [(ids[1 + at % near], one) for at, one in enumerate(ids[1 + near :])]
    shared = tuple(SharedThing("device", f"…{at}", pair) for at, pair in enumerate(links))
    return RelatedGraph(customers, shared, (), is_cut=False)


@given(st.integers(1, 20), st.integers(0, 39))
def test_each_customer_lies_on_the_ring_of_their_step_and_nobody_on_another(
    near: int, far: int
) -> None:
    graph = a_graph(near, far)

    places = placed(graph)

    for one in graph.customers:
        at = places[one.customer_id]
        assert math.hypot(at.x, at.y) == pytest.approx(RINGS[one.hop], abs=0.2)
    assert len({(at.x, at.y) for at in places.values()}) == len(graph.customers)


def test_an_outer_customer_lies_behind_the_one_they_are_related_through() -> None:
    graph = a_graph(3, 1)

    places = placed(graph)

    inner, outer = places[uuid.UUID(int=1)], places[uuid.UUID(int=4)]
    assert math.atan2(outer.x, -outer.y) == pytest.approx(math.atan2(inner.x, -inner.y), abs=0.01)


@pytest.mark.django_db
def test_picture_and_table_name_the_same_customers_and_mask_what_they_share(
    anna: User, as_user: Callable[[User], Client]
) -> None:
    customer, other = a_customer("one"), a_customer("two")
    case = a_case(customer, device_reference="device-12345678", ip_address="203.0.113.77")
    a_transaction(other, device_reference="device-12345678", ip_address="203.0.113.77")
    links_gather(since=NOW - timedelta(days=2))

    page = as_user(anna).get(reverse("admin:cases_case_change", args=[case.pk]))

    related = page.context["related"]
    assert {node["reference"] for node in related["nodes"]} == {
        customer.reference,
        other.reference,
    }
    assert [(row["reference"], row["hop"], row["shared"]) for row in related["rows"]] == [
        (other.reference, 1, ["Device …345678", "IP address in 203.0.113.0/24"])
    ]
    assert "203.0.113.77" not in page.text
    assert "device-12345678" not in page.text
