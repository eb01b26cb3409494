"""What the operator's settings change of the policy."""

from __future__ import annotations

import pytest
from pytest_django.fixtures import Settings

from kyc.checks import (
    FACE_ENGINES,
    check_face_engine,
    check_policy_effects,
    check_screening_effect,
)
from kyc.decision.policy import Policy
from kyc.decision.rules import Effect
from kyc.services.policy import current_policy
from kyc.vision.faces.engines import ENGINES


def test_without_changes_the_shipped_policy_is_in_force() -> None:
    assert current_policy() == Policy()


def test_a_changed_effect_is_in_force_under_a_version_of_its_own(settings: Settings) -> None:
    settings.POLICY_EFFECTS = {"document.expired": "review"}
    changed = current_policy()
    settings.POLICY_EFFECTS = {"document.expired": "decline"}

    assert changed.rules.effect_of("document.expired") is Effect.REVIEW
    assert changed.rules.effect_of("face.match") is Effect.REVIEW
    assert changed.version.startswith(f"{Policy().version}+")
    assert changed.version != current_policy().version


def test_age_and_screening_follow_the_settings(settings: Settings) -> None:
    settings.MINIMUM_AGE_YEARS, settings.SCREENING_REQUIRED = 21, True

    rules = current_policy().rules

    assert (rules.minimum_age_years, rules.needs_screening) == (21, True)


@pytest.mark.parametrize("wrong", [{"no.such_check": "none"}, {"face.match": "shrug"}])
def test_a_wrong_name_stops_the_start(settings: Settings, wrong: dict[str, str]) -> None:
    settings.POLICY_EFFECTS = wrong

    assert [error.id for error in check_policy_effects(None)] == ["kyc.E003"]


def test_only_a_face_engine_that_there_is_can_be_chosen(settings: Settings) -> None:
    assert [engine.name for engine in ENGINES] == list(FACE_ENGINES)
    for name in FACE_ENGINES:
        settings.FACE_ENGINE = name
        assert check_face_engine(None) == []

    settings.FACE_ENGINE = "vgg"

    assert [error.id for error in check_face_engine(None)] == ["kyc.E006"]


@pytest.mark.parametrize(
    ("effect", "is_required", "found"),
    [
        ("review", True, []),
        ("none", False, []),
        ("none", True, ["kyc.E007"]),
        ("decline", False, ["kyc.E007"]),
        ("resubmit", False, ["kyc.E007"]),
        # Told by the check of effects.
        ("shrug", False, ["kyc.E003"]),
    ],
)
def test_a_hit_is_left_to_a_person_or_the_site_does_not_start(
    settings: Settings, effect: str, is_required: bool, found: list[str]
) -> None:
    settings.POLICY_EFFECTS = {"screening.watchlists": effect}
    settings.SCREENING_REQUIRED = is_required

    errors = [*check_policy_effects(None), *check_screening_effect(None)]

    assert [error.id for error in errors] == found


def test_without_an_effect_of_the_operators_screening_may_be_required(settings: Settings) -> None:
    settings.SCREENING_REQUIRED = True

    assert check_screening_effect(None) == []
