"""A person reviews: second factor, list, evidence, decision, and what the customer then sees."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from playwright.sync_api import Browser, expect

from tests.browser import journey
from tests.browser.people import photograph_papers
from tests.browser.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

STAFF_PASSWORD = "another long phrase 9"


def one_time_code(secret: str) -> str:
    """Return the present code of an authenticator app (RFC 6238)."""
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def log_in_with_second_factor(at: journey.Visit, email: str) -> None:
    at.open("/admin/")
    at.look("staff-log-in")
    at.page.get_by_label("Email").fill(email)
    at.page.locator("input[name=password]").fill(STAFF_PASSWORD)
    at.page.locator("form[action*=login] button[type=submit]").click()
    code = at.page.locator("input[name=code]")
    code.wait_for(state="visible")
    at.look("second-factor")
    secret = re.search(r"\b[A-Z2-7]{32}\b", at.page.content())
    assert secret is not None
    code.fill(one_time_code(secret.group()))
    at.page.locator("main form button[type=submit]").last.click()
    at.page.wait_for_url(lambda url: "totp" not in url)


def picture_for_the_readme(at: journey.Visit) -> None:
    """Picture the page with its photographs blurred: no face goes into the repository."""
    at.page.set_viewport_size({"width": 1280, "height": 1180})
    for image in at.page.locator("main img").all():
        image.evaluate("image => { image.style.filter = 'blur(9px)'; }")
    at.page.screenshot(path=at.screenshots / "readme.png")


def shows_error_levels_when_asked(at: journey.Visit) -> None:
    """The map is made, and its look written down, only when somebody opens it."""
    asked: list[str] = []
    at.page.on("request", lambda one: asked.append(one.url) if "error-levels" in one.url else None)
    at.page.reload()
    levels = at.page.get_by_test_id("error-levels")
    expect(levels).to_be_visible()
    at.page.wait_for_load_state("networkidle")
    assert asked == []

    levels.locator("summary").click()

    pictures = levels.locator("img[data-levels]")
    for index in range(pictures.count()):
        pictures.nth(index).scroll_into_view_if_needed()
        at.page.wait_for_function(
            "image => image.naturalWidth > 0", arg=pictures.nth(index).element_handle()
        )
    assert len(asked) == pictures.count() == 2


def test_a_person_looks_at_the_evidence_and_overrules(
    site: Site, launch: Callable[..., Browser], screenshots: Path, tmp_path: Path
) -> None:
    papers = photograph_papers(tmp_path, seed=51, kind="TD1")
    customer = journey.visit(launch(), site.url, screenshots, "reviewed")
    journey.sign_up(customer, "reviewed@example.com")
    journey.answer_consent(customer, grants=False)
    journey.enter_details(customer, papers.person)
    journey.choose_document(customer, "identity_card")
    journey.upload_papers(customer, papers)
    journey.send(customer)
    assert journey.wait_for_outcome(customer) == "in_review"
    site.create_staff("staff@example.com", STAFF_PASSWORD)

    staff = journey.visit(launch(), site.url, screenshots, "review")
    log_in_with_second_factor(staff, "staff@example.com")
    staff.open("/admin/kyc/verification/?status__exact=in_review")
    staff.look("list")
    staff.page.locator("#result_list tbody a").first.click()
    expect(staff.page.get_by_test_id("evidence")).to_be_visible()
    expect(staff.page.get_by_text(papers.person.document_number).first).to_be_visible()
    shows_error_levels_when_asked(staff)
    staff.look("evidence")
    picture_for_the_readme(staff)
    staff.page.get_by_test_id("action-approve").click()
    staff.page.locator("#reason-approve").select_option("approve_evidence_clear")
    staff.page.get_by_test_id("confirm-approve").click()
    expect(staff.page.get_by_text("is decided")).to_be_visible()
    staff.look("decided")

    customer.open("/verify/result/")
    assert journey.wait_for_outcome(customer) == "approved"
    assert json.loads(site.manage("verify_audit_chain", "--json"))["is_intact"] is True
    assert customer.violations + staff.violations == []
