"""The staff pages of models: measurements, promotion, rollback, and who may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fraudsite.core.choices import Role
from fraudsite.core.models import AuditEntry, User
from scoring.admin.model_page import champion_state
from scoring.choices import ModelStatus
from scoring.models import ModelVersion

pytestmark = pytest.mark.django_db
S = ModelStatus
LIST = "admin:scoring_modelversion_changelist"
MANIFEST: dict[str, Any] = {
    "kind": "xgboost",
    "seed": 1,
    "feature_names": ["amount_eur", "tx_number"],
    "trained_on": {
        "rows": 60000,
        "frauds": 2400,
        "from_us": 1767225600000000,
        "until_us": 1772323200000000,
        "source": "generator, seed 1",
    },
    "metrics": {
        "test": {"rows": 9000, "frauds": 300, "auc": 0.9712, "average_precision": 0.8123},
        "validation": {"rows": 8000, "frauds": 280, "auc": 0.98, "average_precision": 0.85},
    },
    "thresholds": {"fraud": 0.4, "review_from": 0.2, "block_from": 0.7, "decline_from": 1.0},
}


@pytest.fixture(autouse=True)
def without_second_factor(settings: object) -> None:
    settings.STAFF_MFA_REQUIRED = False  # type: ignore[attr-defined]  # tested in tests/core


@pytest.fixture(autouse=True)
def every_model_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    # Files are the registry's business and tested there.
    monkeypatch.setattr("scoring.services.models._require_usable", lambda _model: None)


@pytest.fixture
def rita(make_user: Callable[..., User]) -> User:
    return make_user("rita@example.com", Role.RISK_MANAGER)


@pytest.fixture
def champion() -> ModelVersion:
    return ModelVersion.objects.create(
        version="1", status=S.CHAMPION, manifest=MANIFEST, promoted_at=timezone.now()
    )


@pytest.fixture
def candidate() -> ModelVersion:
    return ModelVersion.objects.create(version="2", manifest=MANIFEST)


def page_of(model: ModelVersion) -> str:
    return reverse("admin:scoring_modelversion_change", args=[model.pk])


def press(client: Client, name: str, model: ModelVersion, seen: str = "") -> HttpResponse:
    address = reverse(f"admin:scoring_modelversion_{name}", args=[model.pk])
    model.refresh_from_db()
    return client.post(address, {"seen": seen or champion_state(model)}, follow=True)


def statuses() -> dict[str, str]:
    return dict(ModelVersion.objects.values_list("version", "status"))


@pytest.mark.parametrize(
    ("role", "status", "promotes"),
    [
        (None, 302, False),
        (Role.CUSTOMER, 302, False),
        (Role.ANALYST, 200, False),
        (Role.SENIOR_ANALYST, 200, False),
        (Role.RISK_MANAGER, 200, True),
        (Role.AUDITOR, 200, False),
        (Role.ADMINISTRATOR, 200, True),
    ],
)
def test_who_looks_and_who_promotes(
    role: str | None,
    status: int,
    promotes: bool,
    champion: ModelVersion,
    candidate: ModelVersion,
    make_user: Callable[..., User],
    as_user: Callable[[User], Client],
) -> None:
    client = as_user(make_user("somebody@example.com", role)) if role else Client()

    assert client.get(reverse(LIST)).status_code == status
    page = client.get(page_of(candidate))
    assert page.status_code == status
    assert ("act-promote" in page.content.decode()) is promotes
    press(client, "promote", candidate)
    assert (statuses() == {"1": S.RETIRED, "2": S.CHAMPION}) is promotes
    press(client, "rollback", candidate)
    assert statuses()["1"] == S.CHAMPION


def test_the_page_shows_the_manifest_in_words(
    rita: User, champion: ModelVersion, as_user: Callable[[User], Client]
) -> None:
    text = as_user(rita).get(page_of(champion)).content.decode()

    for words in ("0.8123", "9,000", "generator, seed 1", "1 Jan 2026", "never", "act-rollback"):
        assert words in text
    assert "0.812" in as_user(rita).get(reverse(LIST)).content.decode()


def test_a_manifest_that_says_nothing_is_shown_all_the_same(
    rita: User, as_user: Callable[[User], Client]
) -> None:
    bare = ModelVersion.objects.create(version="bare", is_demo=True)

    text = as_user(rita).get(page_of(bare)).content.decode()

    assert "Its manifest holds no measurements." in text
    assert "good for looking at, not for judging anybody" in text
    assert as_user(rita).get(reverse(LIST)).status_code == 200


def test_a_promotion_is_audited_and_can_be_taken_back(
    rita: User,
    champion: ModelVersion,
    candidate: ModelVersion,
    as_user: Callable[[User], Client],
) -> None:
    client = as_user(rita)

    promoted = press(client, "promote", candidate)
    restored = press(client, "rollback", candidate)

    assert "2 is the champion." in promoted.content.decode()
    assert "1 is the champion again." in restored.content.decode()
    assert statuses() == {"1": S.CHAMPION, "2": S.RETIRED}
    moved = AuditEntry.objects.filter(action="scoring.modelversion.champion", actor_id=rita.pk)
    assert moved.count() == 2


def test_a_demo_model_does_not_replace_a_real_one(
    rita: User, champion: ModelVersion, as_user: Callable[[User], Client]
) -> None:
    demo = ModelVersion.objects.create(version="demo", is_demo=True)

    page = press(as_user(rita), "promote", demo)

    assert "A demo model does not replace one trained on your own labels." in page.content.decode()
    assert statuses() == {"1": S.CHAMPION, "demo": S.CANDIDATE}


def test_there_may_be_nothing_to_go_back_to(
    rita: User, champion: ModelVersion, as_user: Callable[[User], Client]
) -> None:
    page = press(as_user(rita), "rollback", champion)

    assert "There is no earlier champion to go back to." in page.content.decode()
    assert statuses() == {"1": S.CHAMPION}


def test_a_page_opened_before_another_promotion_does_nothing(
    rita: User,
    champion: ModelVersion,
    candidate: ModelVersion,
    as_user: Callable[[User], Client],
) -> None:
    client = as_user(rita)
    other = ModelVersion.objects.create(version="3")
    seen = champion_state(candidate)
    press(client, "promote", other)

    page = press(client, "promote", candidate, seen=seen)

    assert "Models have moved on since you opened this page." in page.content.decode()
    assert statuses() == {"1": S.RETIRED, "2": S.CANDIDATE, "3": S.CHAMPION}


def test_asking_by_get_promotes_nothing(
    rita: User, candidate: ModelVersion, as_user: Callable[[User], Client]
) -> None:
    for name in ("promote", "rollback"):
        address = reverse(f"admin:scoring_modelversion_{name}", args=[candidate.pk])
        assert as_user(rita).get(address).url == page_of(candidate)
    assert statuses() == {"2": S.CANDIDATE}
