"""The pages of reports of suspicious activity: from draft to filed, and who finds them at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cases.admin.reports import report_links, urlpatterns
from cases.models import Case, SuspiciousActivityReport
from cases.services.reports import report_draft, report_move, report_read
from fraudsite.core.choices import Role
from fraudsite.core.models import AuditEntry, User
from kyc.models import Customer
from tests.cases.raised import a_case
from tests.scoring.decided import a_customer

pytestmark = pytest.mark.django_db
URL = "/admin/cases/reports/"
TOLD = "Carla moved 40,000 through three accounts."
FORM = {"authority": "FIU", "narrative": TOLD}
AsUser = Callable[[User], Client]
# Every address of these pages, and how it is asked.
ROUTES = [
    ("get", ""),
    ("get", "?case={case}"),
    ("get", "new/{case}/"),
    ("post", "new/{case}/"),
    ("get", "{report}/"),
    ("get", "{report}/edit/"),
    ("post", "{report}/edit/"),
    ("get", "{report}/file/"),
    ("post", "{report}/file/"),
    ("post", "{report}/move/ready/"),
    ("get", "{report}/print/"),
    ("get", "{report}/json/"),
]


@pytest.fixture(autouse=True)
def without_second_factor(settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def report(sam: User) -> SuspiciousActivityReport:
    return report_draft(case_id=a_case().pk, author=sam, **FORM)


def actions_on(report: SuspiciousActivityReport) -> list[str]:
    entries = AuditEntry.objects.filter(target_id=str(report.pk)).order_by("id")
    return list(entries.values_list("action", flat=True))


def test_every_address_is_among_those_tried() -> None:
    tried = {route.partition("?")[0] for _, route in ROUTES}
    known = {
        str(one.pattern)
        .replace("<uuid:report_id>", "{report}")
        .replace("<uuid:case_id>", "{case}")
        .replace("<slug:to>", "ready")
        for one in urlpatterns
    }

    assert tried == known


@pytest.mark.parametrize(("method", "route"), ROUTES)
@pytest.mark.parametrize(
    ("role", "status"),
    [
        (None, 302),
        (Role.CUSTOMER, 302),
        (Role.ANALYST, 404),
        (Role.AUDITOR, 404),
        (Role.RISK_MANAGER, 200),
        (Role.SENIOR_ANALYST, 200),
    ],
)
def test_few_find_the_pages(
    make_user: Callable[..., User],
    as_user: AsUser,
    report: SuspiciousActivityReport,
    method: str,
    route: str,
    role: str | None,
    status: int,
) -> None:
    client = as_user(make_user("x@example.com", role)) if role else Client()
    before = actions_on(report)

    answer = getattr(client, method)(URL + route.format(case=report.case_id, report=report.pk))

    if status == 200:
        # A button's answer is the way back to the report.
        assert answer.status_code == (302 if "move" in route else 200)
        return
    assert answer.status_code == status
    if status == 302:
        assert "/accounts/login/" in answer["Location"] or "/login/" in answer["Location"]
    assert actions_on(report) == before
    assert SuspiciousActivityReport.objects.count() == 1


def test_a_subject_with_every_right_finds_no_report_about_themselves(
    as_user: AsUser, sam: User, make_user: Callable[..., User], report: SuspiciousActivityReport
) -> None:
    Customer.objects.filter(pk=report.case.customer_id).update(user=sam)

    for method, route in ROUTES[1:]:
        path = URL + route.format(case=report.case_id, report=report.pk)
        assert getattr(as_user(sam), method)(path).status_code == 404
    assert TOLD not in as_user(sam).get(URL).content.decode()
    assert str(report.pk) not in as_user(sam).get(URL).content.decode()


def test_its_life_on_the_pages(as_user: AsUser, sam: User) -> None:
    case, client = a_case(), as_user(sam)

    client.post(f"{URL}new/{case.pk}/", FORM)
    report = SuspiciousActivityReport.objects.get()
    page = f"{URL}{report.pk}/"
    client.post(f"{page}edit/", {**FORM, "narrative": f"{TOLD} Twice.", "seen": 1})
    client.post(f"{page}move/ready/", {"seen": 2})
    client.post(f"{page}move/draft/", {"seen": 3})
    client.post(f"{page}move/ready/", {"seen": 4})
    client.post(f"{page}file/", {"filing_reference": "FIU-7", "seen": 5})

    report.refresh_from_db()
    assert (report.status, report.filing_reference, report.version) == ("filed", "FIU-7", 6)
    shown = client.get(page).content.decode()
    assert f"{TOLD} Twice." in shown
    assert "Nothing can be changed any more." in shown
    assert 'data-testid="edit"' not in shown
    assert [action.rpartition(".")[2] for action in actions_on(report)] == [
        "drafted", "changed", "ready", "draft", "ready", "filed", "read",
    ]  # fmt: skip


def test_a_report_is_withdrawn(
    as_user: AsUser, sam: User, report: SuspiciousActivityReport
) -> None:
    as_user(sam).post(f"{URL}{report.pk}/move/withdrawn/", {"seen": 1})

    report.refresh_from_db()
    assert report.status == "withdrawn"
    assert as_user(sam).get(f"{URL}{report.pk}/edit/").status_code == 302


@pytest.mark.parametrize("seen", ["2", "", "x", "9" * 5000])
def test_a_stale_button_changes_nothing(
    as_user: AsUser, sam: User, report: SuspiciousActivityReport, seen: str
) -> None:
    answer = as_user(sam).post(f"{URL}{report.pk}/move/ready/", {"seen": seen}, follow=True)

    assert "changed since you opened it" in answer.content.decode()
    report.refresh_from_db()
    assert (report.status, report.version) == ("draft", 1)


def test_a_stale_form_keeps_what_was_typed(
    as_user: AsUser, sam: User, report: SuspiciousActivityReport
) -> None:
    typed = {**FORM, "narrative": "Typed for an hour.", "seen": 7}

    answer = as_user(sam).post(f"{URL}{report.pk}/edit/", typed)

    assert "Typed for an hour." in answer.content.decode()
    assert "changed since you opened it" in answer.content.decode()
    assert report_read(report=report, reader=sam) == TOLD


def test_filing_what_is_not_ready_is_refused_with_a_sentence(
    as_user: AsUser, sam: User, report: SuspiciousActivityReport
) -> None:
    form = {"filing_reference": "FIU-7", "seen": 1}

    answer = as_user(sam).post(f"{URL}{report.pk}/file/", form)

    assert "This cannot be done with a report that is draft." in answer.content.decode()
    assert "FIU-7" in answer.content.decode()
    report.refresh_from_db()
    assert report.status == "draft"


def test_a_move_that_does_not_exist_is_not_found(
    as_user: AsUser, sam: User, report: SuspiciousActivityReport
) -> None:
    for to in ("filed", "burnt"):
        assert as_user(sam).post(f"{URL}{report.pk}/move/{to}/", {"seen": 1}).status_code == 404


def test_exports_are_written_down(
    as_user: AsUser, sam: User, report: SuspiciousActivityReport
) -> None:
    printed = as_user(sam).get(f"{URL}{report.pk}/print/")
    as_json = as_user(sam).get(f"{URL}{report.pk}/json/")

    assert TOLD in printed.content.decode()
    assert str(report.case.alerts.get().transaction_id) in printed.content.decode()
    assert as_json.json()["narrative"] == TOLD
    assert as_json["Content-Disposition"] == f'attachment; filename="report-{report.pk}.json"'
    assert "no-store" in printed["Cache-Control"]
    assert actions_on(report)[1:] == ["report.exported", "report.exported"]


def test_what_an_author_wrote_is_shown_as_text(as_user: AsUser, sam: User) -> None:
    written = report_draft(
        case_id=a_case().pk, authority="<b>FIU", narrative="<script>alert(1)</script>", author=sam
    )

    for path in ("", "print/", "edit/"):
        shown = as_user(sam).get(f"{URL}{written.pk}/{path}").content.decode()
        assert "<script>alert(1)" not in shown
        assert "<b>FIU" not in shown


def test_the_list_shows_no_narrative_and_goes_by_case(
    as_user: AsUser, sam: User, report: SuspiciousActivityReport
) -> None:
    other = report_draft(case_id=a_case(a_customer("chris")).pk, author=sam, **FORM)
    report_move(report_id=other.pk, seen=1, to="ready", author=sam)

    every = as_user(sam).get(URL).content.decode()
    of_case = as_user(sam).get(f"{URL}?case={report.case_id}").content.decode()

    assert TOLD not in every
    assert [every.count(str(one.pk)) for one in (report, other)] == [1, 1]
    assert (str(report.pk) in of_case, str(other.pk) in of_case) == (True, False)
    assert "new/" in of_case


def test_a_case_page_is_told_of_reports_for_few(
    make_user: Callable[..., User], anna: User, sam: User, report: SuspiciousActivityReport
) -> None:
    case = Case.objects.get()
    links = report_links(case, sam)

    assert links is not None
    assert (links.count, links.list_url) == (1, f"{URL}?case={case.pk}")
    assert report_links(case, anna) is None
    assert report_links(case, make_user("x@example.com", Role.AUDITOR)) is None
