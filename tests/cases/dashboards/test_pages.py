"""The page and the address its numbers come from: who may, which days, how often it is counted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from redis.exceptions import ConnectionError as RedisConnectionError

from cases.choices import DecisionLabel
from fraudsite.core.choices import Role
from fraudsite.core.models import User
from tests.cases.dashboards.past import NOON, an_alert, decided

pytestmark = pytest.mark.django_db
PAGE = "/admin/dashboard/"
DATA = "/admin/dashboard/data/"
MARCH = {"from": "2026-03-08", "to": "2026-03-10"}
AsUser = Callable[[User], Client]


@pytest.fixture(autouse=True)
def without_second_factor(settings: object) -> None:
    settings.STAFF_MFA_REQUIRED = False  # type: ignore[attr-defined]  # tested in tests/core


def panel(board: dict[str, Any], id_: str) -> dict[str, Any]:
    (found,) = [one for one in board["panels"] if one["id"] == id_]
    return found


@pytest.mark.parametrize("address", [PAGE, DATA])
@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.CUSTOMER, 403),
        (Role.ANALYST, 200),
        (Role.SENIOR_ANALYST, 200),
        (Role.RISK_MANAGER, 200),
        (Role.AUDITOR, 200),
        (Role.ADMINISTRATOR, 200),
    ],
)
def test_staff_may_look(
    address: str, role: Role, status: int, make_user: Callable[..., User], as_user: AsUser
) -> None:
    assert as_user(make_user("w@example.com", role)).get(address, follow=True).status_code == status


@pytest.mark.parametrize("address", [PAGE, DATA])
def test_strangers_are_asked_to_log_in(address: str, client: Client) -> None:
    answer = client.get(address)

    assert answer.status_code == 302
    assert answer["Location"] == f"/admin/login/?next={address}"


@pytest.mark.parametrize("address", [PAGE, DATA])
def test_staff_without_the_right_find_nothing(
    address: str, anna: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "fraudsite.core.roles.ROLE_PERMISSIONS", {Role.ANALYST: frozenset({"kyc.view_*"})}
    )

    assert as_user(anna).get(address).status_code == 404


def test_one_answer_holds_every_panel(anna: User, as_user: AsUser) -> None:
    decided(an_alert(), DecisionLabel.CONFIRMED_FRAUD, anna)

    answer = as_user(anna).get(DATA, MARCH)

    board = answer.json()
    assert "no-store" in answer["Cache-Control"]
    assert (board["from"], board["to"], board["days"]) == ("2026-03-08", "2026-03-10", 3)
    assert board["currency"] == "EUR"
    assert [one["id"] for one in board["panels"]] == [
        "queues", "ages", "alerts", "decisions", "money", "false_positives", "rules", "models",
        "funnel", "people",
    ]  # fmt: skip
    assert panel(board, "decisions")["rows"] == [
        {"label": "2026-03-08", "values": [0, 0, 0, 0]},
        {"label": "2026-03-09", "values": [0, 0, 0, 0]},
        {"label": "2026-03-10", "values": [1, 0, 0, 0]},
    ]
    assert panel(board, "people")["rows"] == [{"label": "anna@example.com", "values": [1, 0, 2.0]}]


def test_analysts_learn_no_colleagues_numbers_and_who_manages_does(
    anna: User, ben: User, sam: User, as_user: AsUser
) -> None:
    decided(an_alert(), DecisionLabel.CONFIRMED_FRAUD, anna)
    decided(an_alert(), DecisionLabel.FALSE_POSITIVE, ben)

    seen = {
        user.email: [row["label"] for row in panel(board_of(user, as_user), "people")["rows"]]
        for user in (ben, sam)
    }

    assert seen == {
        "ben@example.com": ["ben@example.com", "All others"],
        "sam@example.com": ["anna@example.com", "ben@example.com"],
    }


def board_of(user: User, as_user: AsUser) -> dict[str, Any]:
    return as_user(user).get(DATA, MARCH).json()


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        ({"from": "2026-03-10", "to": "2026-03-08"}, "days_reversed", "from"),
        ({"from": "yesterday", "to": "2026-03-08"}, "day_unknown", "from"),
        ({"days": "many"}, "days_unknown", "days"),
        ({"from": "2020-01-01", "to": "2026-03-08"}, "range_too_long", "from"),
    ],
)
def test_days_that_cannot_be_are_answered_with_a_sentence(
    asked: dict[str, str], code: str, field: str, anna: User, as_user: AsUser
) -> None:
    answer = as_user(anna).get(DATA, asked)
    page = as_user(anna).get(PAGE, asked)

    assert answer.status_code == page.status_code == 422
    assert (answer.json()["code"], answer.json()["field"]) == (code, field)
    assert answer.json()["sentence"] in page.content.decode().replace("&#x27;", "'")
    assert "data-url" not in page.content.decode()


def test_the_last_day_may_be_today_and_not_tomorrow(anna: User, as_user: AsUser) -> None:
    today = datetime.now(UTC).date()
    tomorrow = today + timedelta(days=1)
    first = str(today - timedelta(days=2))

    assert as_user(anna).get(DATA, {"from": first, "to": str(today)}).status_code == 200
    refused = as_user(anna).get(DATA, {"from": first, "to": str(tomorrow + timedelta(days=1))})
    assert refused.json()["code"] == "day_in_future"


def test_many_who_look_count_once(anna: User, as_user: AsUser) -> None:
    client = as_user(anna)
    client.get(DATA, MARCH)

    with CaptureQueriesContext(connection) as again:
        client.get(DATA, MARCH)

    assert [query for query in again.captured_queries if "cases_" in query["sql"]] == []


def test_what_was_counted_for_one_is_not_shown_to_another(
    anna: User, make_user: Callable[..., User], as_user: AsUser
) -> None:
    decided(an_alert(), DecisionLabel.CONFIRMED_FRAUD, anna)
    rita = make_user("rita@example.com", Role.RISK_MANAGER)

    assert panel(board_of(rita, as_user), "people")["rows"][0]["label"] == "anna@example.com"
    ben = make_user("ben@example.com", Role.ANALYST)
    assert panel(board_of(ben, as_user), "people")["rows"][0]["label"] == "All others"


def test_the_queries_do_not_grow_with_what_is_counted(
    anna: User, sam: User, as_user: AsUser
) -> None:
    def count() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            assert as_user(sam).get(DATA, MARCH).status_code == 200
        return len(captured)

    few = count()
    for _ in range(4):
        decided(an_alert(NOON), DecisionLabel.FALSE_POSITIVE, anna)

    assert count() == few


def test_without_redis_everything_is_counted_anew(
    anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_words: Any) -> None:
        raise RedisConnectionError

    monkeypatch.setattr("cases.dashboards.kept.cache", type("Gone", (), {"get": gone, "set": gone}))
    from cases.dashboards.kept import kept  # noqa: PLC0415 - beside what stands in for Redis

    made = [kept("name", lambda: {"n": 1}), kept("name", lambda: {"n": 2})]

    assert made == [{"n": 1}, {"n": 2}]


def test_the_page_keeps_its_days_in_the_address(anna: User, as_user: AsUser) -> None:
    client = as_user(anna)

    usual, week = client.get(PAGE), client.get(PAGE, {"days": "7"})

    assert usual.context["data_url"] == f"{DATA}?"
    assert week.context["data_url"] == f"{DATA}?days=7"
    chosen = [one["days"] for one in usual.context["presets"] if one["is_chosen"]]
    assert chosen == [30]
    assert [one["days"] for one in week.context["presets"] if one["is_chosen"]] == [7]


def test_what_stands_in_the_address_is_written_as_text(anna: User, as_user: AsUser) -> None:
    page = as_user(anna).get(PAGE, {"days": "7", "x": '"><script>alert(1)</script>'})

    assert b"<script>alert" not in page.content


def test_the_menu_leads_to_it(anna: User, as_user: AsUser) -> None:
    assert f'href="{PAGE}"' in as_user(anna).get("/admin/").content.decode()
