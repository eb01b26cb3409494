"""Customers whom an integrator names by ids of their own."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from fraudsite.core.actors import Actor
from fraudsite.core.models import AuditEntry, DataKey, Workspace
from kyc.models import Customer
from kyc.services.customers import customers_ensure

SHOP = Actor.system("shop")


def ensure(*external_ids: str) -> dict[str, object]:
    live = Workspace.objects.live()
    return dict(customers_ensure(workspace_id=live.pk, external_ids=external_ids, actor=SHOP))


def test_each_gets_a_key_of_their_own_and_a_line_in_history(db: None) -> None:
    found = ensure("ada", "bo", "ada")

    customers = Customer.objects.filter(external_id__in=["ada", "bo"])
    assert found == {customer.external_id: customer.pk for customer in customers}
    assert len({customer.data_key_id for customer in customers}) == 2
    entries = AuditEntry.objects.filter(action="customer.created", actor_id="shop")
    assert {entry.target_id for entry in entries} == {str(pk) for pk in found.values()}
    assert entries.count() == 2


def test_who_is_there_stays_as_they_are(db: None) -> None:
    before = ensure("ada")

    assert ensure("ada", "bo")["ada"] == before["ada"]
    assert Customer.objects.filter(external_id="ada").count() == 1
    assert AuditEntry.objects.filter(target_id=str(before["ada"])).count() == 1


def test_a_hundred_take_no_more_statements_than_two(db: None) -> None:
    Workspace.objects.live()  # made by whoever asks first, in statements of its own

    with CaptureQueriesContext(connection) as few:
        ensure("ada", "bo")
    with CaptureQueriesContext(connection) as many:
        ensure(*(f"customer {number}" for number in range(100)))

    assert len(many) == len(few)


@pytest.mark.django_db(transaction=True)
def test_one_made_elsewhere_at_this_moment_is_taken_and_leaves_no_key_behind() -> None:
    found: list[dict[str, object]] = []
    started = threading.Event()

    def elsewhere() -> None:
        started.set()
        found.append(ensure("ada", "bo"))
        connection.close()

    with transaction.atomic():
        here = ensure("bo", "carl")
        other = threading.Thread(target=elsewhere)
        other.start()
        started.wait()
        # It can only wait: `bo` is made here, and not yet committed.
        other.join(timeout=0.3)
        assert found == []
    other.join()

    assert found[0]["bo"] == here["bo"]
    assert Customer.objects.filter(external_id="bo").count() == 1
    assert AuditEntry.objects.filter(action="customer.created").count() == 3
    assert DataKey.objects.filter(purpose="customer").count() == Customer.objects.count()
