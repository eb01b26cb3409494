"""Two analysts' day, from the keyboard: from what customers do to the model that learns of it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import analyst_day_site, journey, keyboard
from tests.browser.analyst_day_customers import (
    customers_see_it,
    pay_somebody_new,
    payments_with_stolen_cards,
    shop_sees_it,
    show_anothers_document,
    sign_up,
)
from tests.browser.analyst_day_lessons import labels_are_kept_and_read, model_has_learned, probe
from tests.browser.analyst_day_site import ANNA, PASSWORD, SAM
from tests.browser.analyst_day_team import (
    LABELS_OF_THE_DAY,
    LARGE,
    MALLORY,
    PETRA,
    PIA,
    SMALL,
    Team,
    wait_for_cases,
)
from tests.browser.integrator import open_shop
from tests.browser.site import Site
from tests.browser.staff_screens import look

# Slow: two trainings, a verification with its film, and two people who wait for what they decided
# to take effect: some three minutes with little else running.
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(1200)]

LIST = "/admin/cases/case/"
CASE = re.compile(r"/admin/cases/case/[0-9a-f-]{36}/change/$")


def test_a_day_of_two_analysts_teaches_the_model(
    fresh_site: Site, launch: Callable[..., Browser], screenshots: Path, tmp_path: Path
) -> None:
    site = fresh_site
    analyst_day_site.make_team(site)
    analyst_day_site.load_months(site, tmp_path / "months")
    known_before = analyst_day_site.train_and_promote(site)
    team = Team(site, open_shop(site), launch, screenshots)

    mallory = show_anothers_document(team, tmp_path)
    pia, petra = sign_up(team, PIA), sign_up(team, PETRA)
    analyst_day_site.give_accounts(site, PIA, PETRA)
    for customer in (pia, petra):
        pay_somebody_new(customer)
    held = payments_with_stolen_cards(team.shop)
    wait_for_cases(team, 5)
    before = probe(team.shop, "before")

    anna, sam = team.staff_window("anna"), team.staff_window("sam")
    begins_the_day(anna, ANNA)
    works_her_queue(team, anna)
    begins_the_day(sam, SAM)
    answers_and_takes_over(team, sam)

    customers_see_it(mallory, pia, petra)
    shop_sees_it(team.shop, held)
    labels_are_kept_and_read(site)
    assert json.loads(site.manage("verify_audit_chain", "--json"))["is_intact"] is True
    known_after = analyst_day_site.train_and_promote(site)
    assert known_after["labelled"] == known_before["labelled"] + LABELS_OF_THE_DAY
    assert known_after["trained_on"]["frauds"] > known_before["trained_on"]["frauds"]
    assert anna.violations + sam.violations == []
    model_has_learned(team.shop, before, known_after["version"])


def begins_the_day(at: journey.Visit, email: str) -> None:
    """Log in with the second factor and go to where the work is."""
    keyboard.log_in(at, email, PASSWORD)
    look(at, "second-factor")
    keyboard.press_on(at.page, at.page.get_by_role("link", name="Workplace"))
    at.page.wait_for_url("**/admin/")
    look(at, "start")


def works_her_queue(team: Team, anna: journey.Visit) -> None:
    """Anna takes what comes, one case after the other, and never touches the mouse."""
    page = anna.page
    keyboard.open_cases(anna)
    expect(page.get_by_test_id("case-row")).to_have_count(len(team.whose))
    look(anna, "list")
    page.keyboard.press("c")
    deeds: dict[str, Callable[[Team, journey.Visit], None]] = {
        MALLORY: stops_mallory,
        SMALL: blocks_the_card,
        LARGE: proposes_and_may_not_approve,
        PIA: undoes_and_decides_anew,
        PETRA: escalates,
    }
    while len(team.seen) < len(deeds):
        page.wait_for_url(CASE)
        about = whose(team, page)
        assert about not in team.seen, f"{about} came twice"
        team.seen.append(about)
        address = page.url
        deeds[about](team, anna)
        page.wait_for_url(lambda url, before=address: url != before)
    expect(page.get_by_text("Nothing waits for you")).to_be_visible()


def whose(team: Team, page: Page) -> str:
    """Return whom the case on the screen is about."""
    key = page.get_by_test_id("case").get_attribute("data-case") or ""
    return team.whose[key]


def stops_mallory(team: Team, anna: journey.Visit) -> None:
    """She enlarges the pictures, reveals nobody, and stops the verification."""
    page = anna.page
    keyboard.press_on(page, page.locator("[data-zoom]").first)
    expect(page.locator("[data-dialog]")).to_be_visible()
    for deed in ("larger", "turn"):
        keyboard.press_on(page, page.locator(f"[data-deed={deed}]"))
    page.screenshot(path=anna.screenshots / f"{anna.story}-zoom.png")
    page.keyboard.press("Escape")
    expect(page.locator("[data-dialog]")).to_be_hidden()
    look(anna, "verification")
    page.keyboard.press("r")
    page.keyboard.press("7")
    expect(page.get_by_label("Somebody else's or an invented identity")).to_be_checked()
    settles = page.locator("[data-settles=verification]")
    keyboard.write_in(page, settles, "Decline: Face")
    expect(settles).to_have_value("decline:decline_other_person")
    look(anna, "verification-deciding")
    keyboard.press_on(page, page.get_by_test_id("confirm-decide"))


def blocks_the_card(team: Team, anna: journey.Visit) -> None:
    """Stolen cards: all that waits is refused, customer and card are blocked."""
    page = anna.page
    look(anna, "payment")
    page.keyboard.press("r")
    page.keyboard.press("2")
    expect(page.get_by_label("Card or its data stolen")).to_be_checked()
    keyboard.press_on(page, page.get_by_text("Block or snooze"))
    for subject in ("customer", "card"):
        keyboard.press_on(page, page.locator(f"[name=block][value^={subject}]"), "Space")
    expect(page.locator("[name=block]:checked")).to_have_count(2)
    look(anna, "payment-deciding")
    keyboard.press_on(page, page.get_by_test_id("confirm-decide"))


def proposes_and_may_not_approve(team: Team, anna: journey.Visit) -> None:
    """So much money takes two people, and she is not the second one."""
    page = anna.page
    address = page.url
    page.keyboard.press("r")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != address)
    expect(page.get_by_text("waits for a second person").first).to_be_visible()
    onwards = page.url
    page.goto(address)
    expect(page.get_by_test_id("case-status")).to_have_text("Waits for approval")
    expect(page.get_by_test_id("own-decision")).to_contain_text("takes a colleague")
    expect(page.get_by_test_id("confirm-second")).to_have_count(0)
    look(anna, "own-decision")
    page.goto(onwards)


def undoes_and_decides_anew(team: Team, anna: journey.Visit) -> None:
    """She lets it through with the wrong reason, takes that back, and gives the right one."""
    page = anna.page
    address = page.url
    page.keyboard.press("a")
    page.keyboard.press("4")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != address)
    page.keyboard.press("u")
    page.wait_for_url(address)
    expect(page.get_by_text("is undone")).to_be_visible()
    expect(page.get_by_test_id("case-status")).to_have_text("Investigating")
    look(anna, "undone")
    page.keyboard.press("a")
    page.keyboard.press("1")
    expect(page.get_by_label("The customer confirmed it")).to_be_checked()
    page.keyboard.press("Enter")


def escalates(team: Team, anna: journey.Visit) -> None:
    """She is not sure of this one, and does not get it back."""
    page = anna.page
    page.keyboard.press("e")
    page.keyboard.type("The payee was paid by others today. Please look.")
    keyboard.press_on(page, page.get_by_test_id("confirm-escalate"))
    expect(page.get_by_text("in the escalations queue")).to_be_visible()
    look(anna, "escalated")
    keyboard.open_cases(anna)
    page.keyboard.press("c")


def answers_and_takes_over(team: Team, sam: journey.Visit) -> None:
    """Sam gives the second look without having seen the first, then takes what was escalated."""
    page = sam.page
    keyboard.open_cases(sam)
    keyboard.press_on(page, page.get_by_test_id("to-approve"))
    expect(page.get_by_test_id("case-row")).to_have_count(1)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(CASE)
    expect(page.get_by_test_id("decided")).to_contain_text("blind second look")
    expect(page.get_by_text("Card or its data stolen")).to_have_count(0)
    look(sam, "second-look")
    page.keyboard.press("r")
    keyboard.press_on(page, page.get_by_test_id("confirm-second"))
    expect(page.get_by_text("Both decisions agree")).to_be_visible()
    keyboard.open_cases(sam)
    page.keyboard.press("c")
    page.wait_for_url(CASE)
    assert whose(team, page) == PETRA
    page.keyboard.press("r")
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing waits for you")).to_be_visible()
    wait_until_all_is_in_effect(team, sam)


def wait_until_all_is_in_effect(team: Team, sam: journey.Visit) -> None:
    """Ten seconds after the last decision every case is closed."""
    deadline = time.monotonic() + 60
    rows = sam.page.get_by_test_id("case-row")
    sam.open(f"{LIST}?status=closed")
    while rows.count() < len(team.whose) and time.monotonic() < deadline:
        sam.page.wait_for_timeout(1000)
        sam.page.reload()
    expect(rows).to_have_count(len(team.whose))
    look(sam, "closed-list")
    sam.page.keyboard.press("j")
    sam.page.keyboard.press("Enter")
    sam.page.wait_for_url(CASE)
    look(sam, "closed-case")
