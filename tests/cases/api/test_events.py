"""The news of cases, as programs read it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.models import Case
from cases.services.reports import report_draft, report_move
from fraudsite.core.api.paging import cursor_of
from fraudsite.core.models import OutboxEvent, User, Workspace
from tests.cases.raised import a_case, claimed_by
from tests.scoring.decided import a_customer

pytestmark = pytest.mark.django_db
URL = "/api/v1/events/"
KeyOf = Callable[..., Client]


def test_news_of_cases_is_read_newest_first(key_of: KeyOf, anna: User) -> None:
    case = claimed_by(anna)

    rows = key_of(None).get(URL).json()["results"]

    newest = OutboxEvent.objects.filter(kind="cases.case.claimed").get()
    assert rows[0]["id"] == str(newest.event_id)
    assert (rows[0]["type"], rows[0]["case_id"]) == ("cases.case.claimed", str(case.pk))
    assert rows[0]["payload"]["queue"] == "payments"
    assert "cases.case.opened" in [row["type"] for row in rows]


def test_other_news_than_of_cases_is_not_told(key_of: KeyOf, anna: User, sam: User) -> None:
    claimed_by(anna)
    report = report_draft(
        case_id=Case.objects.get().pk, authority="FIU", narrative="Secret.", author=sam
    )
    report_move(report_id=report.pk, seen=1, to="ready", author=sam)
    kinds = set(OutboxEvent.objects.values_list("kind", flat=True))
    assert "cases.suspiciousactivityreport.ready" in kinds

    told = key_of(None).get(URL)

    assert {row["type"].rpartition(".")[0] for row in told.json()["results"]} == {"cases.case"}
    assert b"report" not in told.content
    assert key_of(None).get(URL, {"type": "cases.suspicious*"}).status_code == 400


def test_news_is_chosen_by_type_and_time(key_of: KeyOf, anna: User) -> None:
    claimed_by(anna)
    api = key_of(None)

    def types(**asked: str) -> set[str]:
        return {row["type"] for row in api.get(URL, asked).json()["results"]}

    assert types(type="cases.case.claimed") == {"cases.case.claimed"}
    assert types(type="cases.case.cl*") == {"cases.case.claimed"}
    assert types(type="cases.casedecision.*") == set()
    assert len(types(type="cases.case.*")) > 1
    assert types(after=timezone.now().isoformat()) == set()
    for wanted in ("kyc.*", "*", "cases.case.\x00", "cases.case." + "x" * 100):
        assert api.get(URL, {"type": wanted}).status_code == 400


def test_news_goes_by_the_page_and_stays_in_its_workspace(key_of: KeyOf) -> None:
    a_case(a_customer("carla"))
    a_case(a_customer("chris"))
    api = key_of(None)
    total = len(api.get(URL).json()["results"])

    seen, url = [], f"{URL}?limit=1"
    while url:
        page = api.get(url).json()
        seen += [row["id"] for row in page["results"]]
        url = page["next"]

    assert len(seen) == len(set(seen)) == total >= 2
    sandbox = key_of(None, workspace=Workspace.objects.sandbox())
    assert sandbox.get(URL).json()["results"] == []


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"type": "cases.case.released"},
        {"type": "cases.casedecision.*"},
        {"after": "2100-01-01T00:00:00Z"},
        {"cursor": cursor_of(10**9)},
    ],
)
def test_news_is_found_without_reading_that_of_payments(
    asked: dict[str, str], key_of: KeyOf, anna: User
) -> None:
    claimed_by(anna)
    _tell_of_payments(5_000)
    api = key_of(None)

    with CaptureQueriesContext(connection) as captured:
        assert api.get(URL, asked).status_code == 200

    read = [query["sql"] for query in captured if 'FROM "core_outboxevent"' in query["sql"]]
    assert len(read) == 1
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + read[0].replace("%", "%%"), ())
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "core_outbox_case_news" in plan
    assert "Seq Scan on core_outboxevent" not in plan


def _tell_of_payments(count: int) -> None:
    now = timezone.now()
    OutboxEvent.objects.bulk_create(
        OutboxEvent(
            kind="scoring.decision.approve",
            aggregate_type="scoring.decision",
            aggregate_id=str(number),
            created_at=now,
            due_at=now,
        )
        for number in range(count)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE core_outboxevent")
