"""An analyst works the queue from the keyboard: list, next case, many at once, undo."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.browser import journey
from tests.browser.site import Site
from tests.browser.test_review import STAFF_PASSWORD, log_in_with_second_factor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SIZES = {"wide": (1440, 900), "narrow": (1024, 768), "phone": (390, 844)}
MAKE = "from tests.browser.cases_waiting import make; make()"
LIST = "/admin/cases/case/"
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def look(at: journey.Visit, name: str) -> None:
    """Picture the page at three sizes, see that none is scrolled sideways, and run axe."""
    for size, (width, height) in SIZES.items():
        at.page.set_viewport_size({"width": width, "height": height})
        at.page.screenshot(path=at.screenshots / f"{at.story}-{name}-{size}.png", full_page=True)
        if (overflow := at.page.evaluate(TOO_WIDE)) > 0:
            at.violations.append(f"{name}: {overflow} px too wide at {size}")
    at.page.set_viewport_size({"width": 1440, "height": 900})
    for violation in Axe().run(at.page, options=journey.AXE_RULES).response["violations"]:
        if violation["impact"] in journey.SERIOUS:
            where = "; ".join(str(node["target"]) for node in violation["nodes"])
            at.violations.append(f"{name}: {violation['id']}: {violation['help']} ({where})")


def test_the_queue_is_worked_from_the_keyboard(
    fresh_site: Site, launch: Callable[..., Browser], screenshots: Path
) -> None:
    site = fresh_site
    site.manage("shell", "-v", "0", "-c", MAKE)
    site.create_staff("queue@example.com", STAFF_PASSWORD)
    staff = journey.visit(launch(), site.url, screenshots, "queue")
    log_in_with_second_factor(staff, "queue@example.com")

    ask_the_list(staff)
    learn_the_keys(staff)
    walk_the_rows(staff)
    meet_a_colleague(site, staff, launch)
    close_several_and_undo(staff)
    switch_single_keys_off(staff)

    assert staff.violations == []


def ask_the_list(staff: journey.Visit) -> None:
    page = staff.page
    staff.open(LIST)
    expect(page.get_by_test_id("case-row")).not_to_have_count(0)
    page.locator(".priority summary").first.click()
    expect(page.get_by_text("at risk, in the reference currency").first).to_be_visible()
    look(staff, "list")
    page.get_by_label("Only late ones").check()
    page.get_by_test_id("filter").click()
    expect(page).to_have_url(re.compile("breached=1"))
    page.get_by_label("Save this as").fill("Late ones")
    page.get_by_test_id("save-filter").click()
    expect(page.get_by_test_id("saved-filter")).to_have_text("Late ones")
    look(staff, "list-filtered")


def learn_the_keys(staff: journey.Visit) -> None:
    page = staff.page
    staff.open(LIST)
    page.keyboard.press("?")
    expect(page.get_by_test_id("shortcuts")).to_be_visible()
    look(staff, "keys")
    page.keyboard.press("j")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("shortcuts")).to_be_hidden()


def walk_the_rows(staff: journey.Visit) -> None:
    """`j` and `k` walk, typing in a field does not; Enter opens; `c` takes the next case."""
    page = staff.page
    links = page.get_by_test_id("case-link")
    page.keyboard.press("j")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("Control+j")
    expect(links.nth(0)).to_be_focused()
    address = links.nth(0).get_attribute("href") or ""
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address}")
    staff.open(LIST)
    page.keyboard.press("c")
    page.wait_for_url(re.compile(r"/change/$"))
    staff.open(f"{LIST}?holder=me")
    expect(page.get_by_test_id("case-row")).to_have_count(1)


def meet_a_colleague(site: Site, staff: journey.Visit, launch: Callable[..., Browser]) -> None:
    """Two have the same case open; one releases it, and the other is told."""
    site.create_staff("colleague@example.com", STAFF_PASSWORD)
    colleague = journey.visit(launch(), site.url, staff.screenshots, "queue-colleague")
    log_in_with_second_factor(colleague, "colleague@example.com")
    address = staff.page.get_by_test_id("case-link").first.get_attribute("href") or ""
    colleague.open(address)
    expect(colleague.page.get_by_test_id("case")).to_be_visible()
    staff.open(address)
    expect(staff.page.get_by_test_id("viewing")).to_have_text("Also viewing: colleague")
    look(staff, "viewing")
    staff.page.get_by_test_id("act-release").click()
    expect(staff.page.get_by_test_id("case-status")).to_have_text("Open")
    told = colleague.page.get_by_test_id("moved-on").get_by_text("has changed since you opened")
    expect(told).to_be_visible(timeout=25_000)
    colleague.page.screenshot(path=staff.screenshots / "queue-moved-on.png", full_page=True)
    staff.violations += colleague.violations


def close_several_and_undo(staff: journey.Visit) -> None:
    page = staff.page
    staff.open(f"{LIST}?holder=nobody&queue=payments")
    # The first one is so much money that it takes a second person, and is not undone in a moment.
    page.keyboard.press("j")
    for _ in range(2):
        page.keyboard.press("j")
        page.keyboard.press("x")
    expect(page.get_by_text("2 chosen")).to_be_visible()
    page.get_by_label("With the chosen ones").select_option("false_positive")
    page.get_by_test_id("choose-act").first.click()
    page.get_by_label("Reason").select_option("honest_checked")
    page.get_by_label("Why held payments are released").select_option("release_false_alarm")
    page.get_by_test_id("bulk-preview").click()
    expect(page.get_by_test_id("bulk-heading")).to_contain_text("2 of 2 cases will be")
    look(staff, "bulk-preview")
    page.get_by_test_id("bulk-do").click()
    expect(page.get_by_test_id("undo")).to_contain_text("1 more takes effect in a moment.")
    page.screenshot(path=staff.screenshots / f"{staff.story}-undo.png", full_page=True)
    page.get_by_test_id("undo-all").click()
    expect(page.get_by_text("2 decisions are undone.")).to_be_visible()
    expect(page.get_by_test_id("case-row")).to_have_count(2)
    look(staff, "undone")


def switch_single_keys_off(staff: journey.Visit) -> None:
    page = staff.page
    page.get_by_test_id("shortcuts-open").click()
    page.get_by_label("Single keys work").uncheck()
    expect(page.get_by_text("Saved.")).to_be_visible()
    staff.open(LIST)
    page.keyboard.press("?")
    page.keyboard.press("j")
    expect(page.get_by_test_id("shortcuts")).to_be_hidden()
    expect(page.get_by_test_id("case-link").first).not_to_be_focused()
