from __future__ import annotations

import base64
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fraudsite.core.api.paging import cursor_of
from fraudsite.core.models import User
from fraudsite.core.uuid7 import uuid7

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.api_views")]
PEOPLE = "/api/v1/people/"


def add_people(count: int, name: str = "p") -> list[str]:
    """Add people one after another; return their addresses, newest first."""
    emails = [f"{name}{number}@example.org" for number in range(count)]
    for email in emails:
        User.objects.create(id=uuid7(), email=email)
    return emails[::-1]


def walk(address: str) -> list[list[str]]:
    pages = []
    while address:
        body = Client().get(address).json()
        assert set(body) == {"results", "next"}
        pages.append(body["results"])
        address = body["next"]
    return pages


@pytest.mark.parametrize(
    ("count", "limit", "sizes"),
    [(0, 3, [0]), (2, 3, [2]), (3, 3, [3]), (4, 3, [3, 1]), (7, 3, [3, 3, 1]), (2, 1, [1, 1])],
)
def test_a_walk_shows_every_row_once_newest_first(count: int, limit: int, sizes: list[int]) -> None:
    emails = add_people(count)

    pages = walk(f"{PEOPLE}?limit={limit}")

    assert [len(page) for page in pages] == sizes
    assert [email for page in pages for email in page] == emails


def test_rows_added_during_a_walk_move_none_from_page_to_page() -> None:
    emails = add_people(4)
    first = Client().get(f"{PEOPLE}?limit=2").json()

    add_people(3, "late")
    rest = walk(first["next"])

    assert [*first["results"], *(email for page in rest for email in page)] == emails


def test_the_next_address_keeps_the_rest_of_the_question() -> None:
    add_people(2)

    following = Client().get(f"{PEOPLE}?limit=1&customer=7").json()["next"]

    query = parse_qs(urlsplit(following).query)
    assert following.startswith("http://testserver/api/v1/people/?")
    assert (query["limit"], query["customer"]) == (["1"], ["7"])


def test_a_page_costs_one_query_wherever_it_is() -> None:
    add_people(3)
    following = Client().get(f"{PEOPLE}?limit=1").json()["next"]

    with CaptureQueriesContext(connection) as queries:
        Client().get(following)

    assert len(queries) == 1
    assert "OFFSET" not in queries[0]["sql"]


def test_a_page_has_fifty_rows_unless_asked_otherwise() -> None:
    User.objects.bulk_create(
        User(id=uuid7(), email=f"p{number}@example.org") for number in range(201)
    )

    assert len(Client().get(PEOPLE).json()["results"]) == 50
    assert len(Client().get(f"{PEOPLE}?limit=200").json()["results"]) == 200


@pytest.mark.parametrize("limit", ["0", "201", "-1", "1.5", "x", "", "²", "٣", "9" * 5000])
def test_a_limit_out_of_range_is_refused(limit: str) -> None:
    response = Client().get(PEOPLE, {"limit": limit})

    assert (response.status_code, response.json()["code"]) == (400, "out_of_range")
    assert response.json()["field"] == "limit"


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "é", "%00", "AA==", cursor_of("not a key"), "A" * 65, cursor_of(7) + "\x00"]
    + [base64.urlsafe_b64encode(text).decode() for text in (b"\xff\xfe", b"\x00" * 36)],
)
def test_a_cursor_that_is_not_ours_is_refused(cursor: str) -> None:
    response = Client().get(PEOPLE, {"cursor": cursor})

    assert (response.status_code, response.json()["code"]) == (400, "invalid_cursor")
    assert response.json()["field"] == "cursor"
