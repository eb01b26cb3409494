from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import translation
from structlog.testing import capture_logs

from fraudsite.core.actors import Actor
from fraudsite.core.api.short_path import DATA_HEADERS
from fraudsite.core.models import Workspace
from fraudsite.core.services.api_keys import api_key_create

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.api_views")]
PARCELS = "/api/v1/parcels/"


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture
def signed(client: Client) -> dict[str, Any]:
    text = api_key_create(
        name="Shop",
        scopes=["transactions:write"],
        workspace=Workspace.objects.live(),
        actor=Actor.system("test"),
    ).text
    return {"Authorization": f"Bearer {text}"}


def error_in(response: HttpResponse) -> tuple[int, str]:
    """Return status and code, having checked the form."""
    body = response.json()
    assert set(body) == {"code", "message", "field", "request_id"}
    assert response["Content-Type"] == "application/json"
    assert body["request_id"] == response["X-Request-ID"]
    assert uuid.UUID(body["request_id"])
    assert body["message"].endswith(".")
    assert "secret" not in response.content.decode()
    return response.status_code, body["code"]


def test_every_answer_carries_its_own_request_id(client: Client) -> None:
    answers = [client.get("/health", headers={"X-Request-ID": "mine"}) for _ in range(2)]

    ids = {answer["X-Request-ID"] for answer in answers}
    assert len(ids) == 2
    assert "mine" not in ids


def test_the_id_in_an_answer_is_the_one_in_the_log(client: Client) -> None:
    with capture_logs() as lines:
        response = client.get("/api/v1/nothing/")

    finished = [line for line in lines if line["event"] == "request_finished"]
    assert [line["code"] for line in finished] == [404]
    assert error_in(response) == (404, "not_found")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/api/v1/nothing/", (404, "not_found")),
        ("/api/", (404, "not_found")),
        ("/api/v1/people/?format=xml", (404, "not_found")),
        ("/api/v1/failing/bug/", (500, "internal_error")),
        ("/api/v1/plain/bug/", (500, "internal_error")),
        ("/api/v1/failing/suspicious/", (400, "bad_request")),
        ("/api/v1/plain/suspicious/", (400, "bad_request")),
    ],
)
def test_what_goes_wrong_below_api_has_the_one_form(
    client: Client, address: str, expected: tuple[int, str]
) -> None:
    assert error_in(client.get(address)) == expected


@pytest.mark.parametrize("address", ["failing/database", "failing/connection", "plain/database"])
def test_a_database_that_is_away_is_told_as_such(client: Client, address: str) -> None:
    response = client.get(f"/api/v1/{address}/")

    assert error_in(response) == (503, "unavailable")
    assert response["Retry-After"] == "5"
    assert "10.0.0.7" not in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_database_away_while_a_key_is_looked_up_is_told_as_such(client: Client) -> None:
    text = f"fsk_live_{'a' * 10}_{'A' * 32}"
    address = connection.settings_dict
    connection.close()
    connection.settings_dict = {**address, "HOST": "127.0.0.1", "PORT": "1"}
    try:
        response = client.get(PARCELS, headers={"Authorization": f"Bearer {text}"})
    finally:
        connection.settings_dict = address
        connection.close()

    assert error_in(response) == (503, "unavailable")


def test_pages_for_people_keep_their_own_errors(client: Client) -> None:
    assert client.get("/nothing/")["Content-Type"].startswith("text/html")
    assert client.get("/pages/plain/bug/")["Content-Type"].startswith("text/html")
    assert client.get("/pages/plain/database/").status_code == 500


def test_method_media_type_and_format_are_refused_in_form(
    client: Client, signed: dict[str, Any]
) -> None:
    wrong_method = client.delete(PARCELS, headers=signed)
    wrong_type = client.post(PARCELS, "<a/>", content_type="text/xml", headers=signed)
    no_type = client.post(PARCELS, "{}", content_type="", headers=signed)
    wrong_format = client.get(PARCELS, headers={**signed, "Accept": "text/html"})

    assert error_in(wrong_method) == (405, "method_not_allowed")
    assert wrong_method["Allow"] == "GET, POST, HEAD, OPTIONS"
    assert error_in(wrong_type) == (415, "unsupported_media_type")
    assert error_in(no_type) == (415, "unsupported_media_type")
    assert error_in(wrong_format) == (406, "not_acceptable")


def test_a_body_is_taken_or_refused_with_its_field(client: Client, signed: dict[str, Any]) -> None:
    def post(body: str, content_type: str = "application/json; charset=utf-8") -> HttpResponse:
        return client.post(PARCELS, body, content_type=content_type, headers=signed)

    taken = post('{"amount_minor": 5, "lines": [{"amount": 1.10}]}')
    assert (taken.status_code, taken.json()["amount_minor"]) == (201, 5)
    refused = post('{"amount_minor": "5"}')
    assert error_in(refused) == (400, "invalid_type")
    assert refused.json()["field"] == "amount_minor"
    assert error_in(post("{")) == (400, "invalid_json")


@pytest.mark.parametrize("size", [1_000_001, 26_000_001])
def test_a_body_too_large_is_refused_in_form(
    client: Client, signed: dict[str, Any], size: int
) -> None:
    with capture_logs() as lines:
        response = client.post(
            PARCELS, b" " * size, content_type="application/json", headers=signed
        )

    assert error_in(response) == (413, "too_large")
    is_logged = [line.get("request_id") for line in lines if line["event"] == "api_request_refused"]
    # The larger one is refused before the log's own middleware.
    assert is_logged == ([response["X-Request-ID"]] if size > 26_000_000 else [])


def test_a_host_that_is_not_ours_is_refused_in_form(client: Client) -> None:
    assert error_in(client.get(PARCELS, headers={"Host": "evil.example"})) == (400, "bad_request")


def test_a_post_without_the_last_slash_is_not_turned_into_a_get(
    client: Client, signed: dict[str, Any]
) -> None:
    posted = client.post(PARCELS[:-1], "{}", content_type="application/json", headers=signed)

    assert error_in(posted) == (404, "not_found")
    assert "slash" in posted.json()["message"]
    assert client.get(PARCELS[:-1]).status_code == 301


def test_a_view_that_names_no_permission_is_open_to_nobody(
    client: Client, signed: dict[str, Any]
) -> None:
    assert error_in(client.get("/api/v1/unnamed/")) == (401, "not_authenticated")
    assert error_in(client.get("/api/v1/unnamed/", headers=signed)) == (403, "permission_denied")


def test_a_session_opens_nothing_in_the_api(client: Client, carl: Any) -> None:
    client.force_login(carl, backend="fraudsite.core.backends.RoleBackend")

    assert error_in(client.get(PARCELS)) == (401, "not_authenticated")


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/v1/nothing/", 404),
        ("/api/v1/parcels/", 401),
        ("/api/v1/plain/bug/", 500),
        ("/api/nothing/", 404),
    ],
)
def test_data_loads_nothing_and_stands_in_no_frame(
    client: Client, address: str, status: int
) -> None:
    response = client.get(address)

    assert response.status_code == status
    assert {name: response[name] for name in DATA_HEADERS} == {
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "X-Frame-Options": "DENY",
    }
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Content-Length"] == str(len(response.content))


def test_a_call_has_no_session_and_sets_no_cookie(
    client: Client, signed: dict[str, Any], carla: Any
) -> None:
    client.force_login(carla, backend="fraudsite.core.backends.RoleBackend")

    response = client.get(PARCELS, headers={**signed, "Accept-Language": "de"})

    assert (response.status_code, response.json()["user"]) == (200, "AnonymousUser")
    assert response.cookies == {}
    assert "Vary" not in response or "Cookie" not in response["Vary"]


def test_a_call_answers_in_english_whatever_the_page_before_it_spoke(client: Client) -> None:
    translation.activate("de")
    try:
        response = client.get(PARCELS, headers={"Accept-Language": "de"})
    finally:
        translation.deactivate()

    assert response.json()["message"] == "Authentication credentials were not provided."
