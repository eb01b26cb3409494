"""What casework has to say when a customer is to be erased."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.choices import CaseStatus, ReportStatus
from cases.models import Case, CustomerLink, SuspiciousActivityReport
from cases.services.links import links_gather
from cases.services.reports import report_draft
from fraudsite.core.choices import Role
from fraudsite.core.models import User
from kyc.models import Customer
from kyc.refusals import Refusal
from kyc.services.erasure import customer_erase
from tests.cases.raised import TESTER, a_case, a_payment
from tests.scoring.decided import a_customer

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.now() - timedelta(days=365)


def erase(customer: Customer) -> dict[str, int]:
    return dict(
        customer_erase(
            customer=Customer.objects.get(pk=customer.pk), actor=TESTER, reason="customer_request"
        ).deleted
    )


def close(case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(
        status=CaseStatus.CLOSED, label="false_positive", closed_at=timezone.now()
    )


def test_an_open_case_is_closed_first() -> None:
    carla = a_customer()
    case = a_case(carla)

    with pytest.raises(Refusal, match="case_open"):
        erase(carla)

    close(case)
    assert erase(carla)["links"] == 0


@pytest.mark.parametrize(
    ("status", "filed_years_ago", "is_kept"),
    [
        (ReportStatus.DRAFT, None, True),
        (ReportStatus.READY, None, True),
        (ReportStatus.WITHDRAWN, None, False),
        (ReportStatus.FILED, 1, True),
        (ReportStatus.FILED, 6, False),
    ],
)
def test_what_a_report_rests_on_is_kept_and_nothing_tells_of_the_report(
    sam: User, status: str, filed_years_ago: int | None, is_kept: bool
) -> None:
    carla = a_customer()
    case = a_case(carla)
    report = report_draft(case_id=case.pk, authority="FIU", narrative="x", author=sam)
    filed = filed_years_ago and timezone.now() - timedelta(days=366 * filed_years_ago)
    SuspiciousActivityReport.objects.filter(pk=report.pk).update(status=status, filed_at=filed)
    close(case)

    if not is_kept:
        erase(carla)
        return
    with pytest.raises(Refusal) as refused:
        erase(carla)
    assert refused.value.code == "kept_by_law"
    assert "report" not in refused.value.sentence.lower()
    assert not Customer.objects.get(pk=carla.pk).data_key.is_destroyed


def test_links_to_others_go_and_are_not_gathered_again() -> None:
    carla, ben = a_customer(), a_customer()
    for customer in (carla, ben):
        a_payment(customer, device_reference="d1")
    links_gather(since=LONG_AGO)
    before = CustomerLink.objects.filter(customer=carla).count()
    assert before > 0

    assert erase(carla)["links"] == before

    links_gather(since=LONG_AGO)
    assert not CustomerLink.objects.filter(customer=carla).exists()
    assert CustomerLink.objects.filter(customer=ben).exists()


def test_a_link_that_a_run_wrote_too_late_goes_with_the_next_run() -> None:
    carla = a_customer()
    erase(carla)
    CustomerLink.objects.create(
        customer=carla, kind="device", key="w:d1", first_seen_at=LONG_AGO, last_seen_at=LONG_AGO
    )

    links_gather(since=timezone.now() - timedelta(minutes=5))

    assert not CustomerLink.objects.exists()


def test_the_case_of_an_erased_customer_still_opens(
    make_user: Callable[..., User], as_user: Callable[[User], Client], settings: object
) -> None:
    settings.STAFF_MFA_REQUIRED = False  # type: ignore[attr-defined]  # pytest-django
    carla = a_customer()
    case = a_case(carla)
    close(case)
    erase(carla)

    client = as_user(make_user("admin@example.com", Role.ADMINISTRATOR))
    page = client.get(reverse("admin:cases_case_change", args=[case.pk]))

    assert page.status_code == 200
