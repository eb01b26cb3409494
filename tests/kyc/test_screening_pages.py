"""The staff pages of watchlists, hits and risk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from fraudsite.core.choices import Role
from fraudsite.core.models import AuditEntry, User
from kyc.admin.screening_matches import screening_context
from kyc.choices import Stage, StageState, VerificationStatus
from kyc.models import ScreeningHit, Verification, Watchlist
from kyc.services.risk import risk_assess
from kyc.services.screening import screen
from kyc.services.screening_hits import hit_decide
from kyc.services.stage_findings import StageFindings
from kyc.services.stage_results import result_store
from kyc.services.verifications import verification_state
from tests.kyc.conftest import Traveller
from tests.kyc.duplicates import put
from tests.kyc.watchlist_files import CARLA, OTHERS, take_in


@pytest.fixture
def hit(traveller: Traveller, tmp_path: Path) -> ScreeningHit:
    traveller.reaches_capture()
    take_in(tmp_path, [CARLA, *OTHERS])
    screen(traveller.verification)
    return ScreeningHit.objects.get()


@pytest.fixture
def staff(
    make_user: Callable[..., User], as_user: Callable[[User], Client], settings: object
) -> Callable[[str], Client]:
    settings.STAFF_MFA_REQUIRED = False

    def signed_in(role: str) -> Client:
        return as_user(make_user(f"{role}@example.com", role))

    return signed_in


def page(name: str, *args: object) -> str:
    return reverse(f"admin:kyc_{name}", args=args)


def test_the_page_of_a_hit_explains_every_feature(
    hit: ScreeningHit, staff: Callable[[str], Client]
) -> None:
    answer = staff(Role.ANALYST).get(page("screeninghit_change", hit.pk))

    text = answer.content.decode()
    assert "Carla Maria Núñez" in text
    assert "3 of 3 words agree." in text
    assert "Carla Maria NUNEZ" in text
    assert AuditEntry.objects.filter(action="screening.hit_viewed").count() == 1


def test_who_may_not_see_evidence_sees_no_names(
    hit: ScreeningHit, staff: Callable[[str], Client]
) -> None:
    answer = staff(Role.AUDITOR).get(page("screeninghit_change", hit.pk))

    assert answer.status_code == 200
    assert "Carla" not in answer.content.decode()
    assert not AuditEntry.objects.filter(action="screening.hit_viewed").exists()


def test_an_analyst_decides_a_hit_on_its_page(
    hit: ScreeningHit, staff: Callable[[str], Client]
) -> None:
    form = {"decision": "false_positive", "reason": "false_positive_birth", "seen": "open"}

    answer = staff(Role.ANALYST).post(page("screeninghit_decide", hit.pk), form)

    assert answer.status_code == 302
    hit.refresh_from_db()
    assert (hit.status, hit.reason) == ("false_positive", "false_positive_birth")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("open", "A watchlist may name this customer: first say on the page of hit"),
        ("confirmed", "This customer was confirmed to be a listed person: decline, or correct hit"),
    ],
)
def test_nobody_is_approved_while_a_hit_stands(
    hit: ScreeningHit, staff: Callable[[str], Client], status: str, words: str
) -> None:
    analyst, verification = staff(Role.ANALYST), hit.verification
    put(verification, VerificationStatus.IN_REVIEW)
    ScreeningHit.objects.update(status=status)
    form = {"seen_status": verification_state(verification), "note": ""}
    approval = {**form, "decision": "approve", "reason": "approve_evidence_clear"}
    address = page("verification_decide", verification.pk)

    refused = analyst.post(address, approval, follow=True).content.decode()

    verification.refresh_from_db()
    assert verification.status == VerificationStatus.IN_REVIEW
    assert not verification.decisions.exists()
    assert (words in refused, page("screeninghit_change", hit.pk) in refused) == (True, True)
    ScreeningHit.objects.update(status="false_positive")
    analyst.post(address, approval)
    verification.refresh_from_db()
    assert verification.status == VerificationStatus.APPROVED


def test_a_hit_stands_in_no_ones_way_to_be_declined(
    hit: ScreeningHit, staff: Callable[[str], Client]
) -> None:
    put(hit.verification, VerificationStatus.IN_REVIEW)
    form = {"seen_status": verification_state(hit.verification), "note": ""}
    decline = {**form, "decision": "decline", "reason": "decline_forged_document"}

    staff(Role.ANALYST).post(page("verification_decide", hit.verification_id), decline)

    hit.verification.refresh_from_db()
    assert hit.verification.status == VerificationStatus.DECLINED


def test_an_auditor_decides_nothing(hit: ScreeningHit, staff: Callable[[str], Client]) -> None:
    form = {"decision": "confirmed", "reason": "confirmed_identity", "seen": "open"}

    answer = staff(Role.AUDITOR).post(page("screeninghit_decide", hit.pk), form)

    assert answer.status_code == 404
    hit.refresh_from_db()
    assert hit.status == "open"


def test_a_risk_manager_takes_a_list_out_of_use_and_an_analyst_does_not(
    hit: ScreeningHit, staff: Callable[[str], Client]
) -> None:
    assert staff(Role.ANALYST).post(page("watchlist_retire", "ours")).status_code == 404
    assert Watchlist.objects.get().retired_at is None

    assert staff(Role.RISK_MANAGER).post(page("watchlist_retire", "ours")).status_code == 302

    assert Watchlist.objects.get().retired_at is not None


def test_the_page_of_a_list_shows_its_versions(
    hit: ScreeningHit, staff: Callable[[str], Client], tmp_path: Path
) -> None:
    take_in(tmp_path, [CARLA])

    text = staff(Role.AUDITOR).get(page("watchlist_change", "ours")).content.decode()

    assert "not to be relied on" in text
    assert "28 of 29 entries are missing" in text


def test_the_page_of_a_customer_shows_risk_and_its_history(
    hit: ScreeningHit, staff: Callable[[str], Client]
) -> None:
    verification = Verification.objects.get()
    risk_assess(customer_id=verification.customer_id, occasion="kyc.screening.hit")

    text = staff(Role.ANALYST).get(page("customer_change", hit.customer_id)).content.decode()

    assert "A possible watchlist match is not decided." in text
    assert "kyc.screening.hit" in text


@pytest.mark.parametrize("name", ["watchlist", "screeninghit", "customer"])
def test_lists_are_for_staff_and_missing_rows_are_not_found(
    hit: ScreeningHit, staff: Callable[[str], Client], traveller: Traveller, name: str
) -> None:
    analyst = staff(Role.ANALYST)

    assert analyst.get(page(f"{name}_changelist")).status_code == 200
    assert analyst.get(page(f"{name}_change", "nobody")).status_code == 404
    assert traveller.client.get(page(f"{name}_changelist")).status_code in {302, 403, 404}


def test_the_evidence_page_is_given_each_match_as_it_stands_now(
    hit: ScreeningHit, anna: User
) -> None:
    verification = Verification.objects.get()
    assert screening_context(verification) is None
    findings = screen(verification)
    assert findings is not None
    stored = StageFindings(StageState.DONE, findings.to_json())
    result_store(verification, Stage.SCREENING, stored, 1)
    hit_decide(
        hit=hit,
        decision="false_positive",
        reason="false_positive_name",
        seen="open",
        analyst=anna,
    )

    context = screening_context(verification)

    assert context is not None
    [match] = context["matches"]
    assert (match["entry"], match["status"], match["is_told_apart"]) == (
        "ours/U-1",
        "Another person",
        True,
    )
    page_part = render_to_string(
        "admin/kyc/verification/includes/screening.html", {"screening": context}
    )
    assert "3 of 3 words agree." in page_part
    assert page("screeninghit_change", hit.pk) in page_part
