"""A person works one case: looks at it, writes, attaches, decides; with screenshots and axe."""

from __future__ import annotations

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
MAKE = "from tests.browser.cases_to_decide import make; print('made', make())"
MAKE_VERIFICATION = (
    "from tests.browser.cases_to_decide import make_verification;print('made', make_verification())"
)


def look(at: journey.Visit, name: str) -> None:
    """Picture the page at three sizes, see that none is scrolled sideways, and run axe."""
    for size, (width, height) in SIZES.items():
        at.page.set_viewport_size({"width": width, "height": height})
        at.page.screenshot(path=at.screenshots / f"{at.story}-{name}-{size}.png", full_page=True)
        overflow = at.page.evaluate(
            "document.querySelector('[data-case]').scrollWidth"
            " - document.querySelector('[data-case]').clientWidth"
        )
        if overflow > 0:
            at.violations.append(f"{name}: {overflow} px too wide at {size}")
    at.page.set_viewport_size({"width": 1440, "height": 900})
    for violation in Axe().run(at.page, options=journey.AXE_RULES).response["violations"]:
        if violation["impact"] in journey.SERIOUS:
            where = "; ".join(str(node["target"]) for node in violation["nodes"])
            at.violations.append(f"{name}: {violation['id']}: {violation['help']} ({where})")


def made_by(site: Site, code: str) -> str:
    return site.manage("shell", "-v", "0", "-c", code).split("made ")[-1].strip()


def test_a_case_is_worked_on_one_screen(
    site: Site, launch: Callable[..., Browser], screenshots: Path, tmp_path: Path
) -> None:
    case, verification = made_by(site, MAKE), made_by(site, MAKE_VERIFICATION)
    site.create_staff("worker@example.com", STAFF_PASSWORD)
    staff = journey.visit(launch(), site.url, screenshots, "case")
    log_in_with_second_factor(staff, "worker@example.com")
    page = staff.page

    staff.open(f"/admin/cases/case/{case}/change/")
    expect(page.get_by_test_id("alert")).to_have_count(2)
    expect(page.get_by_test_id("related")).to_have_count(4)
    look(staff, "open")

    walk_the_graph(staff)
    page.get_by_test_id("act-claim").click()
    expect(page.get_by_test_id("case-status")).to_have_text("Claimed")
    write_and_attach(staff, tmp_path)
    decide(staff)
    staff.open(f"/admin/cases/case/{verification}/change/")
    look(staff, "verification")

    assert staff.violations == []


def walk_the_graph(staff: journey.Visit) -> None:
    """The picture is walked with the arrow keys, and says whom it stands at."""
    first = staff.page.locator("[data-node]").first
    first.focus()
    staff.page.keyboard.press("ArrowRight")
    words = staff.page.locator("[data-graph-words]")
    expect(words).to_contain_text("1 step away")
    expect(words).to_contain_text("Device")


def write_and_attach(staff: journey.Visit, folder: Path) -> None:
    page = staff.page
    page.locator("#note-text").fill("Called her.\n<b>Not bold</b>")
    page.get_by_test_id("confirm-note").click()
    expect(page.get_by_test_id("note")).to_contain_text("<b>Not bold</b>")
    letter = folder / "letter.txt"
    letter.write_text("To whom it may concern")
    page.locator("#attach-file").set_input_files(letter)
    page.get_by_test_id("confirm-attach").click()
    expect(page.get_by_test_id("attachment")).to_contain_text("letter.txt")
    with page.expect_download() as download:
        page.get_by_role("link", name="letter.txt").click()
    assert download.value.path().read_text() == "To whom it may concern"


def decide(staff: journey.Visit) -> None:
    """From the keyboard: `r` stops all that waits, a digit says why."""
    page = staff.page
    page.keyboard.press("r")
    expect(page.get_by_test_id("label-confirmed_fraud")).to_be_checked()
    expect(page.locator("[data-reasons=false_positive]")).to_be_hidden()
    page.keyboard.press("1")
    expect(page.get_by_label("Somebody else used the account")).to_be_checked()
    page.get_by_text("Block or snooze").click()
    page.locator("[name=block][value=customer]").check()
    look(staff, "deciding")
    page.get_by_test_id("confirm-decide").click()
    expect(page.get_by_test_id("undo")).to_be_visible()
