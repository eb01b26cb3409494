"""Reports of suspicious activity: few know of them, and nothing of the case tells."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.db import connection
from django.http import Http404

from cases.gates import report_or_404
from cases.models import Case, SuspiciousActivityReport
from cases.services.reports import (
    report_change,
    report_draft,
    report_export,
    report_move,
    report_read,
)
from cases.timeline import case_timeline
from fraudsite.core.backends import declared_permissions
from fraudsite.core.choices import Role
from fraudsite.core.models import AuditEntry, User
from fraudsite.core.services.data_keys import data_key_destroy
from kyc.refusals import ChangedElsewhere, Refusal
from tests.cases.raised import TESTER, a_case
from tests.scoring.decided import a_customer

pytestmark = pytest.mark.django_db
TOLD = "Carla moved 40,000 through three accounts."


@pytest.fixture
def report(sam: User) -> SuspiciousActivityReport:
    return report_draft(case_id=a_case().pk, authority="FIU", narrative=TOLD, author=sam)


def test_its_life_from_draft_to_filed(sam: User, report: SuspiciousActivityReport) -> None:
    changed = report_change(
        report_id=report.pk, seen=1, authority="FIU Köln", narrative=f"{TOLD} Twice.", author=sam
    )
    ready = report_move(report_id=report.pk, seen=changed.version, to="ready", author=sam)
    filed = report_move(
        report_id=report.pk, seen=ready.version, to="filed", author=sam, filing_reference="FIU-7"
    )

    assert (filed.status, filed.filing_reference) == ("filed", "FIU-7")
    assert filed.filed_at is not None
    assert report_read(report=filed, reader=sam) == f"{TOLD} Twice."
    exported = json.loads(report_export(report=filed, reader=sam))
    assert exported["narrative"] == f"{TOLD} Twice."
    assert exported["transaction_ids"] == [
        str(pk) for pk in filed.case.alerts.values_list("transaction_id", flat=True)
    ]
    actions = AuditEntry.objects.filter(target_id=str(report.pk)).order_by("id")
    assert [entry.action for entry in actions] == [
        "report.drafted",
        "report.changed",
        "cases.suspiciousactivityreport.ready",
        "cases.suspiciousactivityreport.filed",
        "report.read",
        "report.exported",
    ]


def test_the_narrative_is_sealed_and_outlives_the_customer(
    sam: User, report: SuspiciousActivityReport
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT narrative_sealed FROM cases_suspiciousactivityreport")
        assert b"Carla" not in bytes(cursor.fetchone()[0])
    data_key_destroy(data_key=report.case.customer.data_key, actor=TESTER)

    assert report_read(report=SuspiciousActivityReport.objects.get(), reader=sam) == TOLD


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.CUSTOMER, False),
        (Role.ANALYST, False),
        (Role.AUDITOR, False),
        (Role.RISK_MANAGER, True),
        (Role.ADMINISTRATOR, True),
    ],
)
def test_few_may_know_of_it(
    make_user: Callable[..., User], report: SuspiciousActivityReport, role: str, may: bool
) -> None:
    user = make_user("x@example.com", role)

    if may:
        assert report_or_404(user, report.pk) == report
        assert report_read(report=report, reader=user) == TOLD
        return
    with pytest.raises(Http404):
        report_or_404(user, report.pk)
    for act in (
        lambda: report_read(report=report, reader=user),
        lambda: report_export(report=report, reader=user),
        lambda: report_draft(case_id=report.case_id, authority="FIU", narrative="x", author=user),
        lambda: report_move(report_id=report.pk, seen=1, to="withdrawn", author=user),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == "may_not_report"


def test_no_permission_by_pattern_shows_it() -> None:
    about = {name for name in declared_permissions() if "report" in name.partition(".")[2]}

    assert {name for name in about if name.startswith("cases.")} == {
        "cases.read_report",
        "cases.write_report",
    }


def test_the_case_tells_nothing_of_it(report: SuspiciousActivityReport) -> None:
    case = Case.objects.get()

    assert case.version == 1
    assert not [entry for entry in case_timeline(case) if "report" in entry.title.lower()]
    assert not case.events.exclude(kind="alert_merged").exists()


def test_nobody_reports_on_themselves(sam: User) -> None:
    case = a_case(a_customer(user=sam))

    with pytest.raises(Refusal) as refused:
        report_draft(case_id=case.pk, authority="FIU", narrative=TOLD, author=sam)

    assert refused.value.code == "own_case"


def test_a_stale_form_and_a_filed_report_are_not_written_over(
    sam: User, report: SuspiciousActivityReport
) -> None:
    with pytest.raises(ChangedElsewhere):
        report_move(report_id=report.pk, seen=2, to="ready", author=sam)
    report_move(report_id=report.pk, seen=1, to="ready", author=sam)

    with pytest.raises(Refusal) as refused:
        report_change(report_id=report.pk, seen=2, authority="FIU", narrative="x", author=sam)

    assert refused.value.code == "not_a_draft"
    with pytest.raises(Refusal) as refused:
        report_move(report_id=report.pk, seen=2, to="filed", author=sam)
    assert refused.value.code == "reference_missing"
