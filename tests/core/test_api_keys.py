from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from math import log2
from typing import Any

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fraudsite.core.actors import Actor
from fraudsite.core.api.key_text import (
    SECRET_ALPHABET,
    SECRET_LENGTH,
    key_text_hash,
    new_key_text,
    prefix_of,
)
from fraudsite.core.choices import Role
from fraudsite.core.models import ApiKey, AuditEntry, User, Workspace
from fraudsite.core.services.api_keys import ApiKeyRefused, api_key_create, api_key_revoke

TEXT = re.compile(r"fsk_(live|test)_[a-z0-9]{10}_[A-Za-z0-9]{32}")


@pytest.fixture
def workspace(db: None) -> Workspace:
    return Workspace.objects.live()


@pytest.fixture
def create(workspace: Workspace, ada: Actor) -> Callable[..., Any]:
    def make(**fields: Any) -> Any:
        given = {"name": "Shop", "scopes": ["labels:write"], "workspace": workspace, "actor": ada}
        return api_key_create(**{**given, **fields})

    return make


def test_a_secret_has_190_bits_and_no_two_are_alike() -> None:
    made = [new_key_text(is_live=True) for _ in range(500)]

    assert log2(len(set(SECRET_ALPHABET))) * SECRET_LENGTH >= 190
    assert len({one.text for one in made}) == len({one.prefix for one in made}) == 500
    assert all(TEXT.fullmatch(one.text) and prefix_of(one.text) == one.prefix for one in made)
    letters = Counter("".join(one.text[-32:] for one in made))
    # 16,000 draws from 62: each about 258 times, with a deviation of 16.
    assert set(letters) == set(SECRET_ALPHABET)
    assert max(letters.values()) < 258 + 6 * 16


def test_a_new_key_is_kept_as_a_hash_and_audited_without_its_text(
    create: Callable[..., Any], anna: User
) -> None:
    ends_at = timezone.now() + timedelta(days=3)

    created = create(
        name=" Shop ",
        scopes=["labels:write", "transactions:write", "labels:write"],
        actor=Actor.of_user(anna),
        expires_at=ends_at,
    )

    row = ApiKey.objects.get()
    assert TEXT.fullmatch(created.text)
    assert created.text.startswith(f"fsk_live_{row.prefix}_")
    assert row.secret_hash == key_text_hash(created.text)
    assert (row.name, row.created_by, row.expires_at) == ("Shop", anna, ends_at)
    assert row.scopes == ["transactions:write", "labels:write"]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.target_id) == ("api_key.created", str(row.pk))
    assert entry.details == {
        "prefix": row.prefix,
        "scopes": row.scopes,
        "workspace_id": str(row.workspace_id),
    }
    secret = created.text.rpartition("_")[2]
    kept = [str(value) for row in ApiKey.objects.values() for value in row.values()]
    assert not any(secret in value for value in [*kept, str(entry.details), repr(created)])


def test_a_key_of_the_sandbox_says_so(create: Callable[..., Any]) -> None:
    assert create(workspace=Workspace.objects.sandbox()).text.startswith("fsk_test_")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"scopes": []}, "needs a scope"),
        ({"scopes": ["labels:write", "all"]}, "There is no scope all. Choose from transactions:"),
        ({"name": "  "}, "needs a name"),
        ({"name": "x" * 101}, "of up to 100 characters"),
        ({"expires_at": timezone.now()}, "expired already"),
    ],
)
def test_a_key_that_makes_no_sense_is_refused(
    create: Callable[..., Any], fields: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ApiKeyRefused, match=sentence):
        create(**fields)

    assert (ApiKey.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_a_key_is_revoked_once_and_for_good(create: Callable[..., Any], ada: Actor) -> None:
    key = create().key
    stale = ApiKey.objects.get(pk=key.pk)

    assert api_key_revoke(api_key=key, actor=ada) is True
    revoked_at = ApiKey.objects.get().revoked_at
    assert api_key_revoke(api_key=stale, actor=ada) is False

    assert ApiKey.objects.get().revoked_at == revoked_at
    assert AuditEntry.objects.filter(action="api_key.revoked").count() == 1
    assert not key.is_in_force(timezone.now() - timedelta(days=1))


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"prefix": "UPPER00000"}, "core_apikey_prefix_has_its_form"),
        ({"prefix": "short"}, "core_apikey_prefix_has_its_form"),
        ({"secret_hash": "fsk_live_k3y0000001_" + "s" * 32}, "core_apikey_secret_is_hashed"),
        ({"scopes": ["everything"]}, "core_apikey_scopes_are_known"),
        ({"scopes": []}, "core_apikey_has_a_scope"),
        ({"name": " "}, "core_apikey_has_a_name"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "core_apikey_expires_after_it_was_made"),
    ],
)
def test_the_database_refuses_what_no_service_writes(
    create: Callable[..., Any], changed: dict[str, Any], constraint: str
) -> None:
    create()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ApiKey.objects.update(**changed)


def test_two_keys_never_share_a_prefix(create: Callable[..., Any]) -> None:
    first, second = create().key, create().key

    with pytest.raises(IntegrityError, match="prefix_is_unique"), transaction.atomic():
        ApiKey.objects.filter(pk=second.pk).update(prefix=first.prefix)


def run(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out, stderr=io.StringIO())
    return out.getvalue()


@pytest.mark.django_db
def test_the_command_prints_the_text_and_nothing_else() -> None:
    printed = run("create_api_key", "Shop", "--scope", "transactions:write")

    assert TEXT.fullmatch(printed.strip())
    row = ApiKey.objects.get()
    assert row.secret_hash == key_text_hash(printed.strip())
    assert (row.name, row.scopes, row.expires_at) == ("Shop", ["transactions:write"], None)
    assert (row.created_by, AuditEntry.objects.get().actor_label) == (None, "create_api_key")


@pytest.mark.django_db
def test_the_command_takes_scopes_workspace_and_an_end() -> None:
    words = ["--scope", "transactions:read", "--scope", "labels:write", "--workspace", "sandbox"]
    with time_machine.travel("2026-03-01T00:00:00Z", tick=False):
        printed = run("create_api_key", "Try", *words, "--expires-days", "30", "--json")

    fields = json.loads(printed)
    assert fields["text"].startswith(f"fsk_test_{fields['prefix']}_")
    assert fields["scopes"] == ["transactions:read", "labels:write"]
    assert (fields["workspace"], fields["expires_at"][:10]) == ("sandbox", "2026-03-31")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--scope", "everything"],
        ["--scope", "labels:write", "--expires-days", "0"],
        ["--scope", "labels:write", "--expires-days", "999999999999"],
    ],
)
def test_the_command_refuses_what_makes_no_sense(words: list[str]) -> None:
    with pytest.raises(CommandError):
        run("create_api_key", "Shop", *words)

    assert ApiKey.objects.count() == 0


@pytest.mark.django_db
def test_keys_are_listed_and_revoked_by_their_prefix(create: Callable[..., Any]) -> None:
    key = create().key

    listed = json.loads(run("api_keys"))
    assert (listed["prefix"], listed["is_in_force"]) == (key.prefix, True)
    assert not {"text", "secret_hash"} & set(listed)
    assert "opens nothing" in run("api_keys", "--revoke", key.prefix)
    assert "revoked before" in run("api_keys", "--revoke", key.prefix)
    assert json.loads(run("api_keys"))["is_in_force"] is False
    with pytest.raises(CommandError, match="no API key nobody"):
        run("api_keys", "--revoke", "nobody")


@pytest.fixture
def staff(settings: Any, db: None) -> Callable[[str], Client]:
    settings.STAFF_MFA_REQUIRED = False

    def signed_in(role: str) -> Client:
        client = Client()
        user = User.objects.create_user(f"{role}@example.org", role=role)
        client.force_login(user, backend="fraudsite.core.backends.RoleBackend")
        return client

    return signed_in


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_keys_are_seen_by_auditors_and_made_and_revoked_by_administrators(
    role: str, create: Callable[..., Any], staff: Callable[[str], Client]
) -> None:
    key = create().key
    client = staff(role)
    detail = reverse("admin:core_apikey_change", args=[key.pk])
    allowed = role == Role.ADMINISTRATOR

    assert client.get(reverse("admin:core_apikey_changelist")).status_code == 200
    page = client.get(detail).content.decode()
    assert key.prefix in page
    assert key.secret_hash not in page
    assert ("/revoke" in page) is allowed
    assert client.post(detail, {"name": "Other"}).status_code == 403
    assert client.post(reverse("admin:core_apikey_delete", args=[key.pk])).status_code == 403
    assert (client.get(reverse("admin:core_apikey_add")).status_code == 200) is allowed
    assert (client.get(revoke_page(key)).status_code == 200) is allowed
    assert (client.post(revoke_page(key)).status_code == 302) is allowed
    key.refresh_from_db()
    assert (key.revoked_at is not None) is allowed


@pytest.mark.parametrize(
    "role", [Role.CUSTOMER, Role.ANALYST, Role.SENIOR_ANALYST, Role.RISK_MANAGER]
)
def test_nobody_else_sees_keys(
    role: str, create: Callable[..., Any], staff: Callable[[str], Client]
) -> None:
    key = create().key
    client = staff(role)

    refused = 302 if role == Role.CUSTOMER else 403
    assert client.get(reverse("admin:core_apikey_changelist")).status_code == refused
    assert client.get(reverse("admin:core_apikey_add")).status_code == refused
    assert client.post(revoke_page(key)).status_code == refused
    key.refresh_from_db()
    assert key.revoked_at is None


def revoke_page(key: ApiKey) -> str:
    return reverse("admin:core_apikey_revoke", args=[key.pk])


def test_the_text_of_a_key_made_in_the_admin_is_shown_once_and_not_cached(
    staff: Callable[[str], Client], workspace: Workspace
) -> None:
    client = staff(Role.ADMINISTRATOR)
    form = {
        "name": "Shop",
        "workspace": str(workspace.pk),
        "scopes": ["transactions:write", "transactions:read"],
        "expires_at_0": "",
        "expires_at_1": "",
    }

    page = client.post(reverse("admin:core_apikey_add"), form)

    row = ApiKey.objects.get()
    found = TEXT.search(page.content.decode())
    assert found is not None
    assert key_text_hash(found[0]) == row.secret_hash
    assert "no-store" in page["Cache-Control"]
    assert row.scopes == ["transactions:write", "transactions:read"]
    assert row.created_by is not None
    assert AuditEntry.objects.get(action="api_key.created").actor_id == str(row.created_by_id)
    assert list(get_messages(page.wsgi_request)) == []
    for address in ("admin:core_apikey_changelist", "admin:index"):
        assert found[0] not in client.get(reverse(address)).content.decode()


@pytest.mark.parametrize(
    "changed",
    [
        {"scopes": []},
        {"scopes": ["everything"]},
        {"name": " "},
        {"expires_at_0": "2020-01-01", "expires_at_1": "00:00:00"},
    ],
)
def test_the_form_refuses_what_makes_no_sense(
    changed: dict[str, Any], staff: Callable[[str], Client], workspace: Workspace
) -> None:
    form = {
        "name": "Shop",
        "workspace": str(workspace.pk),
        "scopes": ["labels:write"],
        "expires_at_0": "",
        "expires_at_1": "",
    }

    page = staff(Role.ADMINISTRATOR).post(reverse("admin:core_apikey_add"), {**form, **changed})

    assert page.status_code == 200
    assert page.context["errors"]
    assert ApiKey.objects.count() == 0


def test_revoking_asks_first_and_says_what_happened(
    create: Callable[..., Any], staff: Callable[[str], Client]
) -> None:
    key = create().key
    client = staff(Role.ADMINISTRATOR)

    asked = client.get(revoke_page(key))
    assert "within two seconds" in asked.content.decode()
    assert ApiKey.objects.get().revoked_at is None
    done = client.post(revoke_page(key), follow=True)
    again = client.post(revoke_page(key), follow=True)

    assert "opens nothing any more" in done.content.decode()
    assert "had been revoked before" in again.content.decode()
    assert AuditEntry.objects.filter(action="api_key.revoked").count() == 1
    nobody = reverse("admin:core_apikey_revoke", args=[Workspace.objects.live().pk])
    assert client.post(nobody).status_code == 404
