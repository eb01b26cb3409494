"""The page and the command that erase, and every page on somebody who was erased."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from fraudsite.core.choices import Role
from fraudsite.core.models import AuditEntry, User
from kyc.choices import CaptureKind, VerificationStatus
from kyc.models import Customer, ScreeningHit, Verification
from kyc.services.captures import current_capture
from tests.kyc.conftest import Traveller
from tests.kyc.duplicates import customer_make, put
from tests.kyc.erased import erase, known_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(traveller: Traveller, tmp_path: Path) -> Verification:
    return known_customer(traveller, tmp_path)


@pytest.fixture
def staff(
    make_user: Callable[..., User], as_user: Callable[[User], Client], settings: object
) -> Callable[[str], Client]:
    settings.STAFF_MFA_REQUIRED = False  # type: ignore[attr-defined]  # pytest-django

    def signed_in(role: str) -> Client:
        return as_user(make_user(f"{role}@example.com", role))

    return signed_in


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.CUSTOMER, False),
        (Role.ANALYST, False),
        (Role.SENIOR_ANALYST, True),
        (Role.RISK_MANAGER, False),
        (Role.AUDITOR, False),
        (Role.ADMINISTRATOR, True),
    ],
)
def test_only_who_may_erase_finds_the_page(
    staff: Callable[[str], Client], role: str, may: bool
) -> None:
    verification = customer_make()
    page = reverse("admin:kyc_customer_erase", args=[verification.customer_id])
    client = staff(role)

    asked = client.get(page)
    posted = client.post(page, {"reason": "customer_request"})

    assert (asked.status_code == 200, posted.status_code == 302) == (may, may or role == "customer")
    assert Customer.objects.get(pk=verification.customer_id).data_key.is_destroyed is may


def test_a_senior_analyst_reads_what_goes_confirms_and_sees_that_it_went(
    known: Verification, staff: Callable[[str], Client]
) -> None:
    client = staff(Role.SENIOR_ANALYST)
    customer_page = reverse("admin:kyc_customer_change", args=[known.customer_id])
    confirm_page = reverse("admin:kyc_customer_erase", args=[known.customer_id])
    assert confirm_page in client.get(customer_page).text
    assert "What stays" in client.get(confirm_page).text

    refused = client.post(confirm_page, {"reason": ""}, follow=True)
    assert "Choose why the customer is erased." in refused.text
    assert not AuditEntry.objects.filter(action="customer.erased").exists()

    erased = client.post(confirm_page, {"reason": "retention_over"}, follow=True)
    assert "Erased on" in erased.text
    assert 'data-testid="erased"' in client.get(confirm_page).text
    entry = AuditEntry.objects.get(action="customer.erased")
    assert (entry.actor_label, entry.details["reason"]) == (Role.SENIOR_ANALYST, "retention_over")


def test_what_stands_against_it_is_said_before_anybody_confirms(
    known: Verification, staff: Callable[[str], Client]
) -> None:
    put(known, VerificationStatus.IN_REVIEW)

    page = staff(Role.SENIOR_ANALYST).get(
        reverse("admin:kyc_customer_erase", args=[known.customer_id])
    )

    assert "decide it first" in page.text
    assert "confirm-erasure" not in page.text


def test_every_page_on_an_erased_customer_opens(
    known: Verification, staff: Callable[[str], Client]
) -> None:
    picture = current_capture(known, CaptureKind.DOCUMENT_FRONT)
    hit = ScreeningHit.objects.get()
    erase(known)
    client = staff(Role.ADMINISTRATOR)

    page = client.get(reverse("admin:kyc_verification_change", args=[known.pk]))
    assert page.status_code == 200
    assert "This customer was erased" in page.text
    assert "Núñez" not in page.text
    assert "action-approve" not in page.text
    pages = {
        "admin:kyc_verification_changelist": ([], 200),
        "admin:kyc_verification_capture": ([known.pk, picture.pk], 404),
        "admin:kyc_customer_change": ([known.customer_id], 200),
        "admin:kyc_customer_changelist": ([], 200),
        "admin:kyc_screeninghit_change": ([hit.pk], 404),
        "admin:kyc_screeninghit_changelist": ([], 200),
    }
    for name, (args, expected) in pages.items():
        assert (name, client.get(reverse(name, args=args)).status_code) == (name, expected)


def test_nobody_decides_about_an_erased_customer(
    known: Verification, staff: Callable[[str], Client]
) -> None:
    erase(known)
    form = {"decision": "decline", "reason": "decline_fraud", "note": "x", "seen_status": ""}

    answer = staff(Role.ADMINISTRATOR).post(
        reverse("admin:kyc_verification_decide", args=[known.pk]), form
    )

    assert answer.status_code == 302
    known.refresh_from_db()
    assert known.status == VerificationStatus.APPROVED


def test_the_command_tells_counts_and_erases(known: Verification) -> None:
    def run(*words: str) -> str:
        out = StringIO()
        call_command(
            "erase_customer",
            str(known.customer_id),
            "--reason",
            "customer_request",
            *words,
            stdout=out,
        )
        return out.getvalue()

    dry = json.loads(run("--dry-run", "--json"))
    assert (dry["is_dry_run"], dry["was_erased"], dry["deleted"]["files"]) == (True, False, 2)
    assert "Would be erased: 2 files, 1 faces" in run("--dry-run")
    assert not AuditEntry.objects.filter(action="customer.erased").exists()

    assert json.loads(run("--json"))["deleted"] == dry["deleted"]
    assert "had been destroyed before" in run()


def test_the_command_refuses_in_a_sentence(known: Verification) -> None:
    put(known, VerificationStatus.IN_REVIEW)
    for customer, words in (
        (str(known.customer_id), "decide it first"),
        (str(known.pk), "no customer of this id"),
    ):
        with pytest.raises(CommandError, match=words):
            call_command("erase_customer", customer, "--reason", "test_data")
