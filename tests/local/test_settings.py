"""Wrong configuration stops the start with a hint; only tests may use a fake camera."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.checks import Error

from fraudsite.environment import CHECKOUT
from fraudsite.local.env_file import ensure_env_file
from kyc.checks import check_attempts, check_specimen_states, check_virtual_cameras
from kyc.services.stage_engines import liveness_policy
from kyc.vision.liveness.integrity import virtual_camera_signal

GOOD_RING = f"a:{base64.b64encode(bytes(32)).decode()}"
FAKE_DEVICES = ["fake_device_0", "/films/camera.mjpeg"]


def start(**settings: str) -> subprocess.CompletedProcess[str]:
    """Load the production settings with these values, as every process does first."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "fraudsite.settings.production",
        "SECRET_KEY": "x" * 60,
        "MASTER_KEYS": GOOD_RING,
        **settings,
    }
    code = "import django; django.setup(); from django.conf import settings; "
    code += "print(settings.PERMITTED_VIRTUAL_CAMERAS, settings.STAFF_MFA_REQUIRED, settings.DEBUG)"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=CHECKOUT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        ({"MASTER_KEYS": ""}, "MASTER_KEYS is not set. Without the master key ring nothing"),
        ({"MASTER_KEYS": "a:short"}, "MASTER_KEYS is not usable"),
        (
            {"MAX_ATTEMPTS": "three"},
            "MAX_ATTEMPTS is 'three'. It must be a whole number, such as 3.",
        ),
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set. Run `make setup`"),
    ],
)
def test_a_missing_or_broken_secret_refuses_to_start(changes: dict[str, str], hint: str) -> None:
    result = start(**changes)

    assert result.returncode != 0
    assert hint in result.stderr
    assert "short" not in result.stderr.replace("a:short", "")


def test_production_permits_no_virtual_camera_and_asks_staff_for_a_second_factor() -> None:
    result = start()

    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == ["()", "True", "False"]


@pytest.mark.parametrize("label", FAKE_DEVICES)
def test_the_browsers_fake_device_is_refused_where_it_is_not_permitted(
    label: str, settings: object
) -> None:
    assert not virtual_camera_signal(label, liveness_policy()).is_raised

    settings.PERMITTED_VIRTUAL_CAMERAS = ()  # type: ignore[attr-defined]  # as in production

    assert virtual_camera_signal(label, liveness_policy()).is_raised


def test_system_checks_name_what_a_live_site_must_not_have(settings: object) -> None:
    assert [found.id for found in check_virtual_cameras(None)] == ["kyc.E001"]
    assert [found.id for found in check_specimen_states(None)] == ["kyc.W001"]

    settings.MAX_ATTEMPTS = 0  # type: ignore[attr-defined]  # pytest-django

    (found,) = check_attempts(None)
    assert isinstance(found, Error)
    assert found.hint


def test_the_demonstrations_env_file_is_private_and_written_once(tmp_path: Path) -> None:
    path = tmp_path / ".env"

    assert ensure_env_file(path) is True
    first = path.read_text()
    assert ensure_env_file(path) is False

    assert path.read_text() == first
    assert path.stat().st_mode & 0o777 == 0o600


def test_every_setting_read_from_the_environment_is_explained() -> None:
    example = (CHECKOUT / ".env.example").read_text()
    sources = (CHECKOUT / "fraudsite" / "settings").glob("*.py")
    read = {
        word.split('"')[1]
        for source in sources
        for word in _as_env_calls(source.read_text()).split("env")[1:]
        if word.startswith(("(", ".int(", ".list(", ".bool(", ".db(", ".email("))
        and '"' in word.split(")")[0]
    }

    assert {"MASTER_KEYS", "DATABASE_URL", "MAX_ATTEMPTS"} <= read
    assert [name for name in sorted(read) if name not in example] == []


def _as_env_calls(text: str) -> str:
    return text.replace("required(", "env(").replace("number(", "env(")
