"""Who has something in common with a customer, over two steps."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases import relations
from cases.choices import CaseStatus
from cases.models import Case, CustomerLink
from cases.relations import related_customers
from cases.services.links import document_link, links_forget, links_gather
from cases.tasks import gather_links
from fraudsite.core.outbox import relay_batch
from kyc.models import Customer, Device, DeviceSighting, Verification
from kyc.services.stage_findings import StageFindings
from kyc.services.stage_results import result_store
from tests.cases.raised import a_case, a_verification
from tests.scoring.decided import a_customer, a_transaction
from transactions.models import Merchant

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.now() - timedelta(days=400)


def pays(customer: Customer, **fields: object) -> None:
    a_transaction(customer, **fields)


def gathered(customer: Customer) -> relations.RelatedGraph:
    links_gather(since=LONG_AGO)
    return related_customers(customer.pk)


def around(graph: relations.RelatedGraph) -> dict[uuid.UUID, int]:
    return {one.customer_id: one.hop for one in graph.customers}


def test_a_device_relates_over_two_steps_and_not_three() -> None:
    carla, ben, dora, emil = (a_customer() for _ in range(4))
    for first, second, device in ((carla, ben, "d1"), (ben, dora, "d2"), (dora, emil, "d3")):
        pays(first, device_reference=device)
        pays(second, device_reference=device)

    graph = gathered(carla)

    assert around(graph) == {carla.pk: 0, ben.pk: 1, dora.pk: 2}
    things = {(thing.kind, thing.shown): set(thing.customer_ids) for thing in graph.shared}
    assert things == {("device", "…d1"): {carla.pk, ben.pk}, ("device", "…d2"): {ben.pk, dora.pk}}
    assert not graph.is_cut


def test_addresses_payees_and_browsers_relate_too() -> None:
    carla, ben, dora, emil = (a_customer() for _ in range(4))
    mule = Merchant.objects.create(
        workspace=carla.workspace, external_id="DE1", name="M. Mule", kind="payee"
    )
    browser = Device.objects.create()
    for customer in (carla, ben):
        pays(customer, ip_address="2001:db8::7")
    for customer in (carla, dora):
        pays(customer, merchant=mule)
    for customer in (carla, emil):
        DeviceSighting.objects.create(device=browser, customer=customer, ip_address="203.0.113.1")

    graph = gathered(carla)

    assert around(graph) == {carla.pk: 0, ben.pk: 1, dora.pk: 1, emil.pk: 1}
    assert {(thing.kind, thing.shown) for thing in graph.shared} == {
        ("ip", "2001:db8::/48"),
        ("payee", "…"),
        ("browser", f"…{str(browser.pk)[-6:]}"),
    }


def test_a_shop_relates_nobody() -> None:
    carla, ben = a_customer(), a_customer()
    pays(carla)
    pays(ben)

    assert around(gathered(carla)) == {carla.pk: 0}


def reads(verification: Verification, number: str, *, is_accepted: bool = True) -> None:
    """Store what the engine read in the document."""
    fields = {"issuing_state": "UTO", "document_number": number}
    found = {"mrz": {"is_accepted": is_accepted, "fields": fields}}
    result_store(verification, "document", StageFindings("done", findings=found), 5)


def test_the_same_document_relates_and_its_number_is_not_kept() -> None:
    carla, ben, dora = (a_customer() for _ in range(3))
    for customer, number, is_accepted in (
        (carla, "L898902C3", True),
        (ben, "L898902C3", True),
        (dora, "L898902C3", False),
    ):
        verification = a_verification(customer)
        reads(verification, number, is_accepted=is_accepted)
    relay_batch()

    graph = related_customers(carla.pk)

    assert around(graph) == {carla.pk: 0, ben.pk: 1}
    assert [thing.kind for thing in graph.shared] == ["document"]
    assert "L898902C3" not in CustomerLink.objects.values_list("key", flat=True)[0]


def test_a_verification_without_a_reading_links_nothing() -> None:
    document_link(verification_id=str(a_verification(a_customer()).pk))

    assert not CustomerLink.objects.exists()


def test_what_a_crowd_shares_is_named_and_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relations, "CROWD", 3)
    crowd = [a_customer() for _ in range(4)]
    for customer in crowd:
        pays(customer, ip_address="203.0.113.9")

    graph = gathered(crowd[0])

    assert around(graph) == {crowd[0].pk: 0}
    assert graph.shared == ()
    assert [(thing.kind, thing.shown) for thing in graph.crowded] == [("ip", "203.0.113.0/24")]


def test_more_customers_than_a_page_holds_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relations, "MAX_CUSTOMERS", 3)
    ring = [a_customer() for _ in range(5)]
    for customer in ring:
        pays(customer, device_reference="shared")

    graph = gathered(ring[0])

    assert len(graph.customers) == 3
    assert graph.is_cut


def test_each_customer_shows_how_they_stand() -> None:
    carla, ben = a_customer(), a_customer()
    for customer in (carla, ben):
        pays(customer, device_reference="d1")
    a_verification(ben)
    closed = a_case(ben)
    Case.objects.filter(pk=closed.pk).update(
        status=CaseStatus.CLOSED, label="confirmed_fraud", closed_at=timezone.now()
    )
    case = a_case(carla)

    first, second = gathered(carla).customers

    assert (first.open_case_id, first.confirmed_frauds) == (case.pk, 0)
    assert (second.verification_status, second.confirmed_frauds) == ("in_review", 1)
    assert second.open_case_id is None


def test_gathering_twice_changes_nothing_and_later_use_is_noted() -> None:
    carla = a_customer()
    now = timezone.now()
    pays(carla, device_reference="d1", occurred_at=now - timedelta(hours=3))
    gather_links()
    before = list(CustomerLink.objects.values_list())
    gather_links()
    assert list(CustomerLink.objects.values_list()) == before

    pays(carla, device_reference="d1", occurred_at=now)
    gather_links()

    link = CustomerLink.objects.get()
    assert (link.first_seen_at, link.last_seen_at) == (now - timedelta(hours=3), now)
    assert links_forget(customer_id=carla.pk) == 1


def test_the_number_of_queries_does_not_grow() -> None:
    people = [a_customer() for _ in range(3)]
    for customer in people:
        pays(customer, device_reference="d1")
    links_gather(since=LONG_AGO)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            related_customers(people[0].pk)
        return len(captured)

    before = queries()
    for _ in range(5):
        pays(a_customer(), device_reference="d1")
    links_gather(since=LONG_AGO)

    assert queries() == before
