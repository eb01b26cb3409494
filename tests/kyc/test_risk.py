"""How much risk a customer is, and what is written of it."""

from __future__ import annotations

import uuid

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from fraudsite.core.actors import Actor
from fraudsite.core.models import OutboxEvent, User
from fraudsite.core.outbox import relay_batch
from fraudsite.core.services.data_keys import data_key_destroy
from fraudsite.core.transitions import move
from kyc.models import Customer, Device, DeviceSighting, RiskAssessment, Verification
from kyc.selectors import customer_risk
from kyc.services.customers import customer_of_user
from kyc.services.devices import DEVICE_SHARED, sighting_record
from kyc.services.risk import RISK_CHANGED, everybody_assess, risk_assess, risk_current
from tests.kyc.conftest import Traveller
from tests.kyc.duplicates import customer_make

SYSTEM = Actor.system("test")


@pytest.fixture
def verification(traveller: Traveller) -> Verification:
    traveller.reaches_submit()
    traveller.post("submit")
    return traveller.verification


def codes(assessment: RiskAssessment | None) -> list[str]:
    assert assessment is not None
    return [reason["code"] for reason in assessment.reasons]


def others_on(customer: Customer, count: int, make: object) -> None:
    device = Device.objects.create()
    people = [customer_of_user(make(f"other{n}@example.com")) for n in range(count)]
    for person in (customer, *people):
        DeviceSighting.objects.create(device=device, customer=person, ip_address="192.0.2.1")


def test_a_decision_is_news_that_leads_to_an_assessment(verification: Verification) -> None:
    assert customer_risk(verification.customer_id) == ""
    Verification.objects.filter(pk=verification.pk).update(status="processing")
    verification.refresh_from_db()

    move(verification, to="approved", actor=SYSTEM)
    relay_batch()

    assessment = risk_current(verification.customer_id)
    assert assessment is not None
    assert (assessment.level, assessment.reasons, assessment.occasion) == (
        "low",
        [],
        "kyc.verification.approved",
    )
    assert customer_risk(verification.customer_id) == "low"
    assert OutboxEvent.objects.get(kind=RISK_CHANGED).payload == {"level": "low", "before": ""}


def test_what_did_not_change_is_not_written_again(verification: Verification) -> None:
    first = risk_assess(customer_id=verification.customer_id, occasion="first")

    assert codes(first) == ["verification.missing"]
    assert risk_assess(customer_id=verification.customer_id, occasion="second") is None
    assert RiskAssessment.objects.count() == 1


def test_a_shared_device_and_a_country_raise_it(
    verification: Verification, make_user: object, settings: object
) -> None:
    risk_assess(customer_id=verification.customer_id, occasion="first")
    others_on(verification.customer, 4, make_user)
    settings.RISK_COUNTRIES = {"UTO": "prohibited"}

    again = risk_assess(customer_id=verification.customer_id, occasion="second")

    assert codes(again) == ["country.UTO", "verification.missing", "device.shared"]
    assert again is not None
    assert again.level == "prohibited"
    told = OutboxEvent.objects.filter(kind=RISK_CHANGED).order_by("-id").first()
    assert told is not None
    assert told.payload == {"level": "prohibited", "before": "medium"}


def test_a_device_that_gets_another_customer_is_news_about_everybody_on_it(
    verification: Verification, make_user: object
) -> None:
    device_id = uuid.uuid4()
    people = [customer_of_user(make_user(f"other{n}@example.com")) for n in range(5)]
    for person in (verification.customer, *people, people[-1]):
        sighting_record(
            device_id=device_id, customer=person, ip_address="192.0.2.1", fingerprint=""
        )

    relay_batch()

    assert OutboxEvent.objects.filter(kind=DEVICE_SHARED).count() == 5
    assert "device.shared" in codes(risk_current(verification.customer_id))
    assert "device.shared" in codes(risk_current(people[-1].pk))


def test_everybody_is_assessed_in_slices(verification: Verification, anna: User) -> None:
    report = everybody_assess(occasion="daily", run_s=-1)

    assert (report.changed, report.last) == (1, verification.customer_id)
    rest = everybody_assess(occasion="daily", after=report.last)
    assert (rest.changed, rest.last) == (0, None)


def test_whoever_cannot_be_assessed_keeps_none_of_the_others_waiting(
    verification: Verification,
) -> None:
    sent = [verification, *(customer_make() for _ in range(2))]
    Verification.objects.update(submitted_at=timezone.now())
    Customer.objects.filter(pk=sent[1].customer_id).update(details_sealed=b"\x01" * 80)

    report = everybody_assess(occasion="daily")

    assert (report.changed, report.last) == (2, None)
    assert risk_current(sent[1].customer_id) is None


def test_nobody_is_assessed_who_was_erased(verification: Verification) -> None:
    data_key_destroy(data_key=verification.customer.data_key, actor=SYSTEM)

    assert everybody_assess(occasion="daily").changed == 0
    assert risk_assess(customer_id=verification.customer_id, occasion="news") is None

    assert not RiskAssessment.objects.exists()
    assert not OutboxEvent.objects.filter(kind=RISK_CHANGED).exists()


def test_history_is_never_rewritten(verification: Verification) -> None:
    risk_assess(customer_id=verification.customer_id, occasion="first")

    with pytest.raises(IntegrityError), transaction.atomic():
        RiskAssessment.objects.update(level="low")
    with pytest.raises(IntegrityError), transaction.atomic():
        RiskAssessment.objects.all().delete()
