"""A customer pays in a real browser: judged by the demo model and the shipped rules."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser import journey
from tests.browser.payments_setup import give_accounts, prepare_scoring, settle
from tests.browser.site import Site

# Training the demo model takes most of a minute where it is not kept from before.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

NOTE_WHAT_IS_SAID = """() => {
    const words = document.querySelector("[data-waiting]");
    const note = () => localStorage.setItem("said", words.textContent);
    new MutationObserver(note).observe(words, { childList: true });
}"""


@pytest.fixture(scope="module")
def paying_site(site: Site) -> Site:
    """A site with the demo champion and the shipped rules."""
    prepare_scoring(site)
    return site


def fill_in(at: journey.Visit, *, to: str, amount: str, number: str = "") -> None:
    at.page.get_by_label("To", exact=True).fill(to)
    at.page.get_by_label("Their account number").fill(number)
    at.page.get_by_label("Amount").fill(amount)
    at.page.get_by_test_id("continue").click()


def confirm(at: journey.Visit) -> str:
    """Confirm the payment and return what its page says it came to."""
    at.page.get_by_test_id("confirm-payment").click()
    result = at.page.get_by_test_id("payment-result")
    result.wait_for(state="visible")
    return result.get_attribute("data-status") or ""


def sign_up_and_consent(at: journey.Visit, email: str) -> None:
    journey.sign_up(at, email)
    # The device's cookie is set once the text that names it was answered.
    at.page.locator("button[name=choice][value=refuse]").click()


def test_a_small_payment_goes_through_and_a_huge_one_waits_for_a_person(
    paying_site: Site, screenshots: Path, launch: Callable[..., Browser]
) -> None:
    at = journey.visit(launch(), paying_site.url, screenshots, "payments")
    sign_up_and_consent(at, "payer@example.com")
    give_accounts(paying_site, "payer@example.com", seed=21, is_verified=True)

    at.open("/money/")
    at.look("overview")
    at.page.get_by_role("link", name="Current account").first.click()
    at.look("account")
    at.page.get_by_text("The same as a table").click()
    at.look("account-table")
    at.open("/money/")
    at.page.get_by_test_id("pay").click()
    at.look("pay")
    fill_in(at, to="", amount="12,345")
    expect(at.page.get_by_role("alert")).to_be_focused()
    at.look("pay-mistakes")
    fill_in(at, to="City Power and Light", amount="12,34")
    at.look("check")
    assert confirm(at) == "approved"
    at.look("paid")
    paid = at.page.url
    at.page.go_back()
    expect(at.page).to_have_url(paid)

    at.open("/money/pay/")
    fill_in(at, to="Safe Harbour Trust", number="LT60 1010 0123", amount="1900")
    expect(at.page.get_by_test_id("new-payee")).to_be_visible()
    at.look("check-new-payee")
    at.page.get_by_role("link", name="Change", exact=True).click()
    expect(at.page.get_by_label("Amount")).to_have_value("1900")
    at.page.get_by_test_id("continue").click()
    assert confirm(at) == "held"
    expect(at.page.get_by_text("larger than what you usually pay")).to_be_visible()
    expect(at.page.get_by_text("have not paid this payee before")).to_be_visible()
    at.look("held")
    held = at.page.url
    at.page.get_by_test_id("request-human-review").click()
    expect(at.page.get_by_test_id("review-requested")).to_be_visible()
    at.open("/money/")
    expect(at.page.get_by_test_id("notice")).to_contain_text("We are checking")
    at.look("overview-held")
    at.open("/money/pay/")
    expect(at.page.get_by_test_id("obstacle")).to_contain_text("is being checked")
    at.look("pay-while-checked")

    settle(paying_site, "payer@example.com", "release")
    at.open("/money/")
    expect(at.page.get_by_test_id("notice")).to_contain_text("Carried out")
    at.page.goto(held)
    expect(at.page.get_by_role("heading", level=1)).to_have_text("Paid after a check")
    at.look("released")
    assert at.violations == []


def test_who_is_not_verified_may_look_but_not_pay(
    paying_site: Site, screenshots: Path, launch: Callable[..., Browser]
) -> None:
    at = journey.visit(launch(), paying_site.url, screenshots, "unverified")
    sign_up_and_consent(at, "looker@example.com")
    give_accounts(paying_site, "looker@example.com", seed=22, is_verified=False)

    at.open("/money/")
    expect(at.page.get_by_test_id("verify-banner")).to_be_visible()
    expect(at.page.get_by_test_id("pay")).to_have_count(0)
    at.look("overview")
    at.open("/money/pay/")
    expect(at.page.get_by_test_id("obstacle")).to_contain_text("Verify your identity to pay")
    at.look("obstacle")
    at.page.get_by_role("link", name="Verify now").click()
    expect(at.page).to_have_url(f"{paying_site.url}/verify/details/")
    assert at.violations == []


def test_the_payments_pages_work_by_keyboard_and_in_the_dark(
    paying_site: Site, screenshots: Path, launch: Callable[..., Browser]
) -> None:
    at = journey.visit(launch(), paying_site.url, screenshots, "payments-dark")
    at.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    sign_up_and_consent(at, "keys@example.com")
    give_accounts(paying_site, "keys@example.com", seed=23, is_verified=True)

    at.open("/money/")
    at.look("overview")
    at.open("/money/pay/")
    at.page.get_by_label("To", exact=True).focus()
    at.page.keyboard.type("Lantern Films")
    at.page.keyboard.press("Tab")
    at.page.keyboard.press("Tab")
    at.page.keyboard.type("5")
    at.page.keyboard.press("Enter")
    expect(at.page.get_by_test_id("amount")).to_have_text("5.00\N{NO-BREAK SPACE}EUR")
    at.look("check")
    at.page.get_by_test_id("confirm-payment").focus()
    at.page.keyboard.press("Enter")
    at.page.get_by_test_id("payment-result").wait_for(state="visible")
    at.look("result")
    assert at.violations == []


def test_a_form_left_open_over_a_new_log_in_arrives_and_waiting_is_said(
    paying_site: Site, screenshots: Path, launch: Callable[..., Browser]
) -> None:
    at = journey.visit(launch(), paying_site.url, screenshots, "payments-late")
    sign_up_and_consent(at, "late@example.com")
    give_accounts(paying_site, "late@example.com", seed=24, is_verified=True)
    at.open("/money/pay/")
    fill_in(at, to="Lantern Films", amount="6.00")

    # Another tab: signed out and in again, with a new session and a new form token.
    other = journey.Visit(at.page.context.new_page(), paying_site.url, screenshots, "payments-late")
    other.open("/")
    other.page.get_by_role("button", name="Log out").click()
    other.open("/accounts/login/")
    other.page.get_by_label("Email").fill("late@example.com")
    other.page.locator("input[name=password]").fill(journey.PASSWORD)
    other.page.get_by_test_id("login").click()
    expect(other.page.get_by_role("button", name="Log out")).to_be_visible()

    def answer_late(route: Route) -> None:
        at.page.wait_for_timeout(1500)
        route.continue_()

    at.page.route("**/check/", answer_late)
    # The page cannot be asked while the next one is on its way; it writes down what it says.
    at.page.evaluate(NOTE_WHAT_IS_SAID)
    at.page.get_by_test_id("confirm-payment").click()
    at.page.get_by_test_id("payment-result").wait_for(state="visible")
    assert at.page.get_by_test_id("payment-result").get_attribute("data-status") == "approved"
    said = at.page.evaluate("localStorage.getItem('said')")
    assert said == "Checking the payment. Please keep this page open."
