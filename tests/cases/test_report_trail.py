"""Nobody learns from the trail that there is a report they could not open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import Case, SuspiciousActivityReport
from cases.services.reports import (
    report_change,
    report_draft,
    report_export,
    report_move,
    report_read,
)
from fraudsite.core.choices import Role
from fraudsite.core.models import AuditEntry, OutboxEvent, StatusChange, User
from kyc.models import Customer
from tests.cases.raised import a_case, claimed_by

pytestmark = pytest.mark.django_db
AsUser = Callable[[User], Client]
MakeUser = Callable[..., User]
KIND = "cases.suspiciousactivityreport"
# Each page of the trail with the columns that say what a row is about.
PAGES = {
    "auditentry": (AuditEntry, "target_type", "target_id"),
    "statuschange": (StatusChange, "target_type", "target_id"),
    "outboxevent": (OutboxEvent, "aggregate_type", "aggregate_id"),
}


@pytest.fixture(autouse=True)
def without_second_factor(settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def report(sam: User, anna: User) -> SuspiciousActivityReport:
    """A report with everything that can be done with one behind it."""
    case = claimed_by(anna, a_case())
    made = report_draft(case_id=case.pk, authority="FIU", narrative="It is so.", author=sam)
    report_change(report_id=made.pk, seen=1, authority="FIU", narrative="It was.", author=sam)
    report_read(report=made, reader=sam)
    report_export(report=made, reader=sam)
    report_move(report_id=made.pk, seen=2, to="ready", author=sam)
    return made


def rows_about(report: SuspiciousActivityReport, page: str) -> list[Any]:
    model, kind, key = PAGES[page]
    return list(model.objects.filter(**{kind: KIND, key: str(report.pk)}))


def listed(client: Client, page: str, **asked: str) -> Any:
    return client.get(reverse(f"admin:core_{page}_changelist"), asked)


def shown_of(client: Client, page: str, report: SuspiciousActivityReport) -> Iterator[bool]:
    """Yield, for every way in, whether it shows anything of the report."""
    key = str(report.pk)
    for asked in ({}, {"q": key}):
        answer = listed(client, page, **asked)
        assert answer.status_code == 200
        yield any(row in answer.context["cl"].result_list for row in rows_about(report, page))
    yield KIND in listed(client, page).text
    for row in rows_about(report, page):
        yield client.get(reverse(f"admin:core_{page}_change", args=[row.pk])).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_an_auditor_does_not_learn_of_a_report(
    page: str, report: SuspiciousActivityReport, make_user: MakeUser, as_user: AsUser
) -> None:
    auditor = as_user(make_user("ida@example.com", Role.AUDITOR))

    assert rows_about(report, page)
    assert not any(shown_of(auditor, page, report))
    # What else there is, an auditor sees.
    assert list(listed(auditor, page).context["cl"].result_list)


@pytest.mark.parametrize(
    ("page", "role"),
    [
        ("auditentry", Role.SENIOR_ANALYST),
        ("auditentry", Role.RISK_MANAGER),
        ("auditentry", Role.ADMINISTRATOR),
        ("statuschange", Role.SENIOR_ANALYST),
        ("statuschange", Role.RISK_MANAGER),
        ("statuschange", Role.ADMINISTRATOR),
        ("outboxevent", Role.ADMINISTRATOR),
    ],
)
def test_who_may_read_a_report_sees_its_trail(
    page: str,
    role: str,
    report: SuspiciousActivityReport,
    make_user: MakeUser,
    as_user: AsUser,
) -> None:
    reader = as_user(make_user("somebody@example.com", role))

    assert all(shown_of(reader, page, report))


@pytest.mark.parametrize("page", ["auditentry", "statuschange"])
def test_nobody_reads_in_the_trail_that_they_were_reported(
    page: str, report: SuspiciousActivityReport, sam: User, as_user: AsUser
) -> None:
    Customer.objects.filter(pk=report.case.customer_id).update(user=sam)

    assert not any(shown_of(as_user(sam), page, report))


def test_a_filter_by_kind_does_not_name_reports(
    report: SuspiciousActivityReport, sam: User, make_user: MakeUser, as_user: AsUser
) -> None:
    auditor = as_user(make_user("ida@example.com", Role.AUDITOR))

    answer = listed(auditor, "statuschange", target_type=KIND)

    assert list(answer.context["cl"].result_list) == []
    assert KIND not in listed(auditor, "statuschange").text
    assert KIND in listed(as_user(sam), "statuschange").text


def test_an_analyst_has_no_trail_and_their_case_tells_nothing(
    report: SuspiciousActivityReport, anna: User, as_user: AsUser
) -> None:
    client = as_user(anna)

    assert [listed(client, page).status_code for page in PAGES] == [403, 403, 403]
    page = client.get(reverse("admin:cases_case_change", args=[report.case_id]))
    assert page.status_code == 200
    assert str(report.pk) not in page.text
    assert "uspicious activity" not in page.text


def test_writing_one_leaves_no_trace_on_the_case(sam: User, anna: User) -> None:
    case = claimed_by(anna, a_case())
    before = _traces(case)

    made = report_draft(case_id=case.pk, authority="FIU", narrative="It is so.", author=sam)
    report_move(report_id=made.pk, seen=1, to="ready", author=sam)

    assert _traces(case) == before


def test_every_entry_is_about_the_report_so_that_it_is_kept_back(
    report: SuspiciousActivityReport,
) -> None:
    naming = AuditEntry.objects.filter(action__contains="report")

    assert set(naming.values_list("target_type", "target_id")) == {(KIND, str(report.pk))}
    assert naming.count() == len(rows_about(report, "auditentry")) == 5


def test_a_dead_letter_about_a_report_is_not_put_back_by_who_may_not_know(
    report: SuspiciousActivityReport,
    make_user: MakeUser,
    as_user: AsUser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    letter = rows_about(report, "outboxevent")[0]
    OutboxEvent.objects.filter(pk=letter.pk).update(dead_at=timezone.now())
    permits = "fraudsite.core.admin.outbox.OutboxEventAdmin.has_retry_permission"
    monkeypatch.setattr(permits, lambda *_: True)
    auditor = as_user(make_user("ida@example.com", Role.AUDITOR))

    auditor.post(
        reverse("admin:core_outboxevent_changelist"),
        {"action": "try_again", "_selected_action": [letter.pk]},
    )

    letter.refresh_from_db()
    assert letter.dead_at is not None


def _traces(case: Case) -> tuple[Any, ...]:
    key = str(case.pk)
    case = Case.objects.get(pk=case.pk)
    return (
        case.version,
        case.updated_at,
        case.events.count(),
        AuditEntry.objects.filter(target_id=key).count(),
        StatusChange.objects.filter(target_id=key).count(),
        OutboxEvent.objects.filter(aggregate_id=key).count(),
    )
