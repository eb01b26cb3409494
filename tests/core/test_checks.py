from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.checks import CheckMessage

from fraudsite.core import checks


def ids(messages: list[CheckMessage]) -> list[str | None]:
    assert all(message.hint for message in messages)
    return [message.id for message in messages]


@pytest.mark.parametrize("ring", ["", "no ring", "2025:AAAA"])
def test_a_key_ring_that_cannot_be_read_stops_the_start(settings: Any, ring: str) -> None:
    settings.MASTER_KEYS = ring

    assert ids(checks.check_master_keys(None)) == ["core.E001"]


def test_the_settings_of_the_tests_pass_every_check() -> None:
    assert checks.check_master_keys(None) == []
    assert checks.check_evidence_root(None) == []
    assert checks.check_evidence_is_not_served(None) == []
    assert checks.check_proxy_count(None) == []
    assert checks.check_database_engine(None) == []


def test_an_evidence_folder_that_cannot_be_made_stops_the_start(
    settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    settings.EVIDENCE_ROOT = tmp_path / "file" / "evidence"

    assert ids(checks.check_evidence_root(None)) == ["core.E002"]


def test_an_evidence_folder_open_to_others_is_told(settings: Any, tmp_path: Path) -> None:
    settings.EVIDENCE_ROOT = tmp_path / "open"
    settings.EVIDENCE_ROOT.mkdir(mode=0o755)

    assert ids(checks.check_evidence_is_private(None)) == ["core.W002"]

    settings.EVIDENCE_ROOT.chmod(0o700)
    assert checks.check_evidence_is_private(None) == []


def test_evidence_inside_a_served_folder_stops_the_start(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.EVIDENCE_ROOT = tmp_path / "evidence"

    assert ids(checks.check_evidence_is_not_served(None)) == ["core.E003"]


@pytest.mark.parametrize("count", [-1, "1", None])
def test_a_proxy_count_that_is_no_count_stops_the_start(settings: Any, count: object) -> None:
    settings.TRUSTED_PROXY_COUNT = count

    assert ids(checks.check_proxy_count(None)) == ["core.E004"]


def test_another_database_than_postgresql_stops_the_start(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.sqlite3")

    assert ids(checks.check_database_engine(None)) == ["core.E005"]


def test_debug_and_missing_second_factors_are_told_at_deployment(settings: Any) -> None:
    settings.DEBUG = True
    settings.STAFF_MFA_REQUIRED = False

    assert ids(checks.check_debug_is_off(None)) == ["core.E006"]
    assert ids(checks.check_staff_mfa(None)) == ["core.W001"]


@pytest.mark.parametrize(
    ("hosts", "backend", "expected"),
    [
        (["127.0.0.1", "localhost"], "console", []),
        (["localhost", "id.example.org"], "console", ["core.W003"]),
        (["*"], "locmem", ["core.W003"]),
        (["id.example.org"], "smtp", []),
    ],
)
def test_a_site_that_others_reach_is_told_that_its_email_is_not_sent(
    settings: Any, hosts: list[str], backend: str, expected: list[str]
) -> None:
    settings.ALLOWED_HOSTS = hosts
    settings.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"

    assert ids(checks.check_email_is_sent(None)) == expected
