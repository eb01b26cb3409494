"""What engines found in a verification, as the page of its case tells it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from cases.models import Case
from fraudsite.core.choices import Role
from fraudsite.core.models import User
from kyc.choices import Stage, StageState
from kyc.services.stage_findings import StageFindings
from kyc.services.stage_results import result_store
from tests.cases.raised import a_verification_case

pytestmark = pytest.mark.django_db
# The specimen of ICAO Doc 9303 part 4, appendix B.
LINES = [
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
]
FOUND = {
    Stage.DOCUMENT: {
        "outcome": "read",
        "mrz": {
            "format": "TD3",
            "lines": LINES,
            "invalid_check_digits": ["birth_date"],
            "repaired_characters": 1,
            "repairs": [{"line": 1, "position": 0, "read": "I", "written": "L"}],
        },
    },
    Stage.LIVENESS: {
        "outcome": "unclear",
        "actions": [
            {"action": "turn_left", "is_seen": True, "at_ms": 1234.0},
            {"action": "blink", "is_seen": False, "at_ms": None},
        ],
    },
    Stage.FACE: {
        "outcome": "unclear",
        "distance": 0.5777,
        "threshold": 0.55,
        "false_match_rate": "< 3/509",
    },
}


@pytest.fixture
def case() -> Case:
    made = a_verification_case()
    verification = made.alerts.get().verification
    for stage, findings in FOUND.items():
        result_store(verification, stage, StageFindings(StageState.DONE, findings), 12)
    return made


def page_of(client: Client, case: Case) -> HttpResponse:
    return client.get(reverse("admin:cases_case_change", args=[case.pk]))


def words_of(page: HttpResponse) -> str:
    return " ".join(page.text.split())


def test_the_zone_is_shown_as_it_was_read(
    case: Case, anna: User, as_user: Callable[[User], Client]
) -> None:
    words = words_of(page_of(as_user(anna), case))

    assert "P&lt;UTOERIKSSON&lt;&lt;ANNA&lt;MARIA" in words
    assert "Check digits do not fit: birth date" in words
    assert "<mark>L</mark>898902C36UTO" in words
    assert "1 character repaired" in words


def test_the_distance_of_the_faces_comes_with_its_meaning(
    case: Case, anna: User, as_user: Callable[[User], Client]
) -> None:
    words = words_of(page_of(as_user(anna), case))

    assert "The faces could be one person’s" in words
    assert "<strong>0.58</strong>" in words
    assert "up to 0.55 counts as one person" in words
    assert "&lt; 3/509" in words


def test_the_film_can_be_looked_at_where_an_action_was_seen(
    case: Case, anna: User, as_user: Callable[[User], Client]
) -> None:
    page = page_of(as_user(anna), case)

    assert page.context["panel"]["film"] == [
        {"words": "Turn left", "is_seen": True, "at_s": 1.2},
        {"words": "Blink", "is_seen": False, "at_s": None},
    ]
    assert page.text.count("data-seek=") == 1
    assert 'data-seek="1.2"' in page.text


def test_who_may_not_see_evidence_is_shown_no_findings(
    case: Case, make_user: Callable[..., User], as_user: Callable[[User], Client]
) -> None:
    page = page_of(as_user(make_user("ida@example.com", Role.AUDITOR)), case)

    assert page.status_code == 200
    assert "ERIKSSON" not in page.text
    assert "0.58" not in page.text
