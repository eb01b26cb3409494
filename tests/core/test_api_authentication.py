from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fraudsite.core.actors import Actor
from fraudsite.core.api.authentication import known_keys
from fraudsite.core.api.key_cache import KeyCache
from fraudsite.core.api.principal import ApiPrincipal
from fraudsite.core.models import ApiKey, Workspace
from fraudsite.core.services.api_keys import CreatedApiKey, api_key_create, api_key_revoke
from fraudsite.core.uuid7 import uuid7

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.api_views")]
PARCELS = "/api/v1/parcels/"


@pytest.fixture(autouse=True)
def nothing_known() -> None:
    known_keys.clear()


def new_key(*scopes: str, **more: Any) -> CreatedApiKey:
    return api_key_create(
        name="Shop",
        scopes=scopes or ("transactions:write",),
        workspace=Workspace.objects.live(),
        actor=Actor.system("test"),
        **more,
    )


def get(text: str | None, scheme: str = "Bearer") -> tuple[int, dict[str, Any]]:
    headers = {} if text is None else {"Authorization": f"{scheme} {text}".strip()}
    response = Client().get(PARCELS, headers=headers)
    if response.status_code == 401:
        assert response["WWW-Authenticate"] == 'Bearer realm="api"'
    return response.status_code, response.json()


def test_a_key_opens_what_its_scope_names_and_nobody_is_signed_in() -> None:
    created = new_key()

    status, body = get(created.text)

    assert (status, body) == (200, {"prefix": created.key.prefix, "user": "AnonymousUser"})
    assert str(AnonymousUser()) == body["user"]


def test_the_scheme_is_written_in_any_case() -> None:
    assert get(new_key().text, "bearer")[0] == 200


def test_without_a_key_the_answer_says_to_sign_in() -> None:
    status, body = get(None)

    assert (status, body["code"], body["field"]) == (401, "not_authenticated", None)


def test_a_key_without_the_scope_is_told_which_one_it_lacks() -> None:
    status, body = get(new_key("transactions:read", "labels:write").text)

    assert (status, body["code"]) == (403, "permission_denied")
    assert "transactions:write" in body["message"]


def test_what_is_no_key_of_ours_is_refused_without_asking_the_database() -> None:
    text = new_key().text
    with CaptureQueriesContext(connection) as queries:
        answers = [
            get("fsk_live_nothing"),
            get(text[:-1]),
            get(text + "A"),
            get(""),
            get(text, "Basic"),
            get("é" * 40),
        ]

    assert [(status, body["code"]) for status, body in answers] == [(401, "invalid_api_key")] * 6
    assert len(queries) == 0


def test_unknown_wrong_expired_and_revoked_keys_get_one_answer() -> None:
    good, revoked = new_key(), new_key()
    expired = new_key(expires_at=timezone.now() + timedelta(seconds=1))
    api_key_revoke(api_key=revoked.key, actor=Actor.system("test"))
    last = "A" if good.text[-1] != "A" else "B"
    unknown = f"fsk_live_{'0' * 10}_{'A' * 32}"
    other_mode = good.text.replace("fsk_live", "fsk_test")

    with time_machine.travel(timezone.now() + timedelta(seconds=1), tick=False):
        texts = [unknown, good.text[:-1] + last, other_mode, expired.text, revoked.text]
        answers = [get(text) for text in texts]

    for status, body in answers:
        assert (status, body["code"]) == (401, "invalid_api_key")
        assert body["message"] == answers[0][1]["message"]


def test_a_new_key_costs_one_query_and_a_known_one_none() -> None:
    text = new_key().text
    get(text)
    known_keys.clear()

    with CaptureQueriesContext(connection) as first:
        get(text)
    with CaptureQueriesContext(connection) as second:
        get(text)

    assert (len(first), len(second)) == (1, 0)


def test_a_key_works_while_the_cache_server_is_away(settings: Any) -> None:
    text = new_key().text
    settings.CACHES = {
        "default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    }
    with pytest.raises(Exception, match="refused"):
        cache.get("anything")

    assert [get(text)[0], get(text)[0]] == [200, 200]


def test_the_day_of_the_last_use_is_written_once_a_day() -> None:
    created = new_key()
    with time_machine.travel("2026-03-01T23:59:00Z", tick=False):
        get(created.text)
        known_keys.clear()
        with CaptureQueriesContext(connection) as again:
            get(created.text)
    created.key.refresh_from_db()
    assert (str(created.key.last_used_on), len(again)) == ("2026-03-01", 1)

    known_keys.clear()
    with time_machine.travel("2026-03-02T00:01:00Z", tick=False):
        get(created.text)
    created.key.refresh_from_db()
    assert str(created.key.last_used_on) == "2026-03-02"


def test_a_revoked_key_stops_within_two_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = 100.0
    monkeypatch.setattr(known_keys, "clock_s", lambda: now_s)
    created = new_key()
    assert get(created.text)[0] == 200
    # As another process would: this one's memory is not told.
    ApiKey.objects.filter(pk=created.key.pk).update(revoked_at=timezone.now())

    now_s = 101.9
    still_known = get(created.text)[0]
    now_s = 102.0
    then = get(created.text)[0]

    assert (still_known, then) == (200, 401)


def test_a_key_that_expires_while_it_is_known_stops_at_once() -> None:
    ends_at = timezone.now() + timedelta(seconds=1)
    created = new_key(expires_at=ends_at)
    assert get(created.text)[0] == 200

    with time_machine.travel(ends_at, tick=False):
        assert get(created.text)[0] == 401


def test_the_memory_for_keys_is_bounded_and_drops_stale_ones_first() -> None:
    now_s = 0.0
    memory = KeyCache(ttl_s=2.0, max_entries=3, clock_s=lambda: now_s)
    principal = ApiPrincipal(uuid7(), uuid7(), "k3y0000001", frozenset())

    def put(text_hash: str) -> None:
        memory.put(text_hash, principal, expires_at=None, asked_at_s=now_s)

    put("stale")
    now_s = 1.5
    put("fresh")
    put("fresher")
    now_s = 2.5
    put("new")
    found = {name: memory.get(name, timezone.now()) for name in ("stale", "fresh", "new")}
    assert (len(memory), found) == (3, {"stale": None, "fresh": principal, "new": principal})

    put("one more than fit while all are fresh")
    assert len(memory) == 1
