"""Reading cases through the API: what the person behind the key may see, and no more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.models import Case, Queue, QueueMember
from cases.services.reports import report_draft
from fraudsite.core.choices import Role
from fraudsite.core.models import User, Workspace
from tests.cases.raised import a_case, claimed_by
from tests.scoring.decided import a_customer

pytestmark = pytest.mark.django_db
URL = "/api/v1/cases/"
NOBODYS = "01a1fd76-2a55-763a-9a70-a424fe36df0c"
KeyOf = Callable[..., Client]


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def test_cases_are_listed_by_the_page_the_last_opened_first(key_of: KeyOf, anna: User) -> None:
    first, second = a_case(a_customer("carla")), a_case(a_customer("chris"))
    api = key_of(anna)

    page = api.get(URL, {"limit": 1})

    assert ids(page) == [str(second.pk)]
    assert ids(api.get(page.json()["next"])) == [str(first.pk)]


def test_a_listed_case_tells_how_it_stands(key_of: KeyOf, anna: User) -> None:
    case = claimed_by(anna)

    [row] = key_of(anna).get(URL).json()["results"]

    assert row["version"] == case.version
    assert (row["status"], row["queue"], row["label"]) == ("claimed", "payments", "")
    assert row["claimed_by"] == str(anna.pk)
    assert row["customer_id"] == str(case.customer_id)
    assert row["amount_minor"] == 120_00


def test_the_list_is_filtered(key_of: KeyOf, anna: User, ben: User) -> None:
    mine, waiting = claimed_by(anna, a_case(a_customer("carla"))), a_case(a_customer("chris"))
    api = key_of(anna)
    past = "2026-01-31T12:00:00Z"

    assert ids(api.get(URL, {"assignee": "me"})) == [str(mine.pk)]
    assert ids(api.get(URL, {"assignee": str(anna.pk)})) == [str(mine.pk)]
    assert ids(api.get(URL, {"assignee": str(ben.pk)})) == []
    assert ids(api.get(URL, {"assignee": "nobody"})) == [str(waiting.pk)]
    assert ids(api.get(URL, {"status": "open"})) == [str(waiting.pk)]
    assert ids(api.get(URL, {"label": "inconclusive"})) == []
    assert ids(api.get(URL, {"queue": "onboarding"})) == []
    assert len(ids(api.get(URL, {"queue": "payments", "updated_after": past}))) == 2
    assert ids(api.get(URL, {"updated_after": timezone.now().isoformat()})) == []


@pytest.mark.parametrize(
    ("parameter", "value", "code"),
    [
        ("status", "finished", "invalid_choice"),
        ("label", "fraud", "invalid_choice"),
        ("assignee", "anna@example.com", "invalid_format"),
        ("updated_after", "yesterday", "invalid_format"),
        ("updated_after", "2026-01-31T12:00:00", "invalid_format"),
        ("updated_after", "0001-01-01T00:00:00Z", "invalid_format"),
    ],
)
def test_a_filter_that_cannot_be_is_refused(
    key_of: KeyOf, anna: User, parameter: str, value: str, code: str
) -> None:
    answer = key_of(anna).get(URL, {parameter: value})

    assert answer.status_code == 400
    assert (answer.json()["code"], answer.json()["field"]) == (code, parameter)
    assert "`" + parameter + "` must be" in answer.json()["message"]


def test_a_case_is_read_with_what_it_is_made_of(key_of: KeyOf, anna: User) -> None:
    case = a_case()

    body = key_of(anna).get(f"{URL}{case.pk}/").json()

    alert = case.alerts.get()
    assert [one["id"] for one in body["alerts"]] == [str(alert.pk)]
    assert body["alerts"][0]["transaction_id"] == str(alert.transaction_id)
    assert sum(part["points"] for part in body["priority_parts"]) == body["priority"]
    assert all(part["text"] for part in body["priority_parts"])
    assert body["decisions"] == body["notes"] == []


@pytest.mark.parametrize("path", ["", "{case}/"])
@pytest.mark.parametrize(
    ("role", "status"),
    [
        (None, 403),
        (Role.CUSTOMER, 403),
        (Role.ANALYST, 200),
        (Role.AUDITOR, 200),
        (Role.ADMINISTRATOR, 200),
    ],
)
def test_reading_takes_a_person_who_may_see_cases(
    key_of: KeyOf, make_user: Callable[..., User], path: str, role: str | None, status: int
) -> None:
    case = a_case()
    user = make_user("x@example.com", role) if role else None

    answer = key_of(user).get(URL + path.format(case=case.pk))

    assert answer.status_code == status
    if status == 403:
        assert answer.json()["code"] == "key_without_person"


def test_a_key_ends_with_its_persons_account(key_of: KeyOf, anna: User) -> None:
    api = key_of(anna)
    assert api.get(URL).status_code == 200

    User.objects.filter(pk=anna.pk).update(is_active=False)

    assert api.get(URL).json()["code"] == "key_without_person"


def test_without_key_or_scope_nothing_is_told(key_of: KeyOf, anna: User) -> None:
    case = a_case()

    for path in (URL, f"{URL}{case.pk}/", "/api/v1/events/"):
        assert Client().get(path).status_code == 401
        refused = key_of(anna, "transactions:read", "cases:work").get(path)
        assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")


def test_missing_forbidden_and_other_workspaces_look_the_same(
    key_of: KeyOf, anna: User, ben: User
) -> None:
    case = a_case()
    QueueMember.objects.create(queue=Queue.objects.get(pk=case.queue_id), user=ben)
    sandbox = key_of(ben, workspace=Workspace.objects.sandbox())
    answers = [
        key_of(ben).get(f"{URL}{NOBODYS}/"),
        key_of(anna).get(f"{URL}{case.pk}/"),
        sandbox.get(f"{URL}{case.pk}/"),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.json()["message"] for answer in answers}) == 1
    assert ids(key_of(anna).get(URL)) == ids(sandbox.get(URL)) == []
    assert ids(key_of(ben).get(URL)) == [str(case.pk)]


def test_nobody_reads_a_case_about_themselves(key_of: KeyOf, sam: User) -> None:
    case = a_case(a_customer(user=sam))

    assert ids(key_of(sam).get(URL)) == []
    assert key_of(sam).get(f"{URL}{case.pk}/").status_code == 404


def test_reports_of_suspicious_activity_are_told_to_no_program(key_of: KeyOf, sam: User) -> None:
    case = a_case()
    api = key_of(sam)
    before = api.get(f"{URL}{case.pk}/").content
    report_draft(case_id=case.pk, authority="FIU", narrative="Secret.", author=sam)

    assert api.get(f"{URL}{case.pk}/").content == before


def test_the_number_of_queries_does_not_grow(key_of: KeyOf, anna: User) -> None:
    api = key_of(anna)
    counts = []
    for name in ("carla", "chris", "clara"):
        a_case(a_customer(name))
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert api.get(URL).status_code == 200
        # The key itself is looked up every two seconds.
        counts.append(sum("core_apikey" not in query["sql"] for query in captured))

    assert len(set(counts)) == 1, counts
    assert Case.objects.count() == 3
