"""The dashboard in a browser: charts, tables, days, and numbers that keep up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Request, expect

from tests.browser import journey
from tests.browser.site import Site
from tests.browser.test_review import STAFF_PASSWORD, log_in_with_second_factor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SIZES = {
    "wide": {"width": 1440, "height": 900},
    "narrow": {"width": 1024, "height": 768},
    "phone": journey.PHONE,
}
FILL = """
from fraudsite.core.models import User
from tests.cases.dashboards.past import fill
ben = User.objects.create_user(email="ben@example.com", password="x", role="analyst")
fill(User.objects.get(email="{email}"), ben)
"""
ONE_MORE = """
from django.core.cache import cache
from cases.choices import DecisionLabel
from fraudsite.core.models import User
from tests.cases.dashboards.past import an_alert, decided
ben = User.objects.get(email="ben@example.com")
decided(an_alert(external_id="one-more"), DecisionLabel.FALSE_POSITIVE, ben)
# Answers are kept for some seconds, which nobody wants to wait for here.
viewer = User.objects.get(email="{email}")
cache.delete(f"dashboard:own:{{viewer.pk}}:2026-03-04:2026-03-10")
"""
WEEK = "/admin/dashboard/?from=2026-03-04&to=2026-03-10"
PANELS = 10


def look(at: journey.Visit, name: str, sizes: Iterable[str] = SIZES) -> None:
    """Picture the page at every size and have axe go over it; it never scrolls sideways."""
    for size_name in sizes:
        at.page.set_viewport_size(SIZES[size_name])
        at.page.wait_for_timeout(200)  # The charts are drawn anew for the new width.
        picture = at.screenshots / f"{at.story}-{name}-{size_name}.png"
        at.page.screenshot(path=picture, full_page=True)
        overhang = at.page.locator("main.dashboard").evaluate(
            "main => main.scrollWidth - main.clientWidth"
        )
        assert overhang <= 0, f"{name} is wider than {size_name}"
        for violation in Axe().run(at.page, options=journey.AXE_RULES).response["violations"]:
            if violation["impact"] in journey.SERIOUS:
                where = "; ".join(str(node["target"]) for node in violation["nodes"])
                at.violations.append(f"{name}-{size_name}: {violation['id']} ({where})")


def test_somebody_watches_how_the_work_goes(
    site: Site, launch: Callable[..., Browser], screenshots: Path
) -> None:
    email = "dashboards@example.com"
    site.create_staff(email, STAFF_PASSWORD)
    staff = journey.visit(launch(), site.url, screenshots, "dashboard")
    log_in_with_second_factor(staff, email)
    staff.violations.clear()  # Of the log-in, which has a test of its own.

    look_at_nothing(staff)
    site.manage("shell", "-v", "0", "-c", FILL.format(email=email))
    look_at_a_week(staff)
    compare_chart_and_table(staff)
    change_days(staff)
    watch_it_change(staff, site, email)

    assert staff.violations == []


def look_at_nothing(staff: journey.Visit) -> None:
    staff.open("/admin/")
    staff.page.set_viewport_size(SIZES["wide"])
    staff.page.get_by_role("link", name="Dashboard").first.click()
    expect(staff.page).to_have_url(f"{staff.site_url}/admin/dashboard/")
    staff.open("/admin/dashboard/?from=2001-01-01&to=2001-01-02")
    expect(staff.page.get_by_test_id("empty-decisions")).to_have_text(
        "No decision took effect in these days."
    )
    expect(staff.page.locator("[data-testid=panel-decisions] svg.chart")).to_have_count(0)
    look(staff, "empty", ["phone"])


def look_at_a_week(staff: journey.Visit) -> None:
    staff.open(WEEK)
    expect(staff.page.locator("[data-testid^=panel-]")).to_have_count(PANELS)
    expect(staff.page.locator("svg.chart")).to_have_count(PANELS)
    look(staff, "week")
    staff.page.get_by_role("button", name="Show all tables").click()
    expect(staff.page.locator("main details[open]")).to_have_count(PANELS)
    look(staff, "tables")
    staff.page.emulate_media(color_scheme="dark")
    staff.page.evaluate("document.documentElement.classList.add('dark')")
    look(staff, "dark", ["wide"])
    staff.page.evaluate("document.documentElement.classList.remove('dark')")


def compare_chart_and_table(staff: journey.Visit) -> None:
    """Each stacked part of a chart is one number of the table, and nothing else is."""
    panel = staff.page.get_by_test_id("panel-decisions")
    drawn = panel.locator("svg.chart .edge title").all_text_contents()
    cells = panel.locator("tbody td").all_text_contents()

    shown = sorted(words.rpartition(": ")[2] for words in drawn)
    assert shown == sorted(cell for cell in cells if cell != "0")
    assert len(shown) > 5


def change_days(staff: journey.Visit) -> None:
    staff.page.get_by_role("link", name="Last 7 days").click()
    expect(staff.page).to_have_url(f"{staff.site_url}/admin/dashboard/?days=7")
    expect(staff.page.get_by_role("link", name="Last 7 days")).to_have_attribute(
        "aria-current", "true"
    )
    staff.page.get_by_label("First day").fill("2026-03-10")
    staff.page.get_by_label("Last day").fill("2026-03-04")
    staff.page.get_by_role("button", name="Show", exact=True).click()
    expect(staff.page.get_by_test_id("refusal")).to_have_text(
        "The first day lies after the last one."
    )
    look(staff, "refused", ["phone"])


def watch_it_change(staff: journey.Visit, site: Site, email: str) -> None:
    """What changes shows by itself, what was opened stays open, and a hidden page asks nothing."""
    page = staff.page
    page.clock.install()
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request) if "/data/" in request.url else None)
    staff.open(WEEK)
    table = page.get_by_test_id("panel-people").locator("details")
    table.locator("summary").click()
    row = table.get_by_role("row", name="ben@example.com")
    before = int(row.locator("td").first.text_content() or "")

    site.manage("shell", "-v", "0", "-c", ONE_MORE.format(email=email))
    page.clock.fast_forward(16_000)

    expect(row.locator("td").first).to_have_text(str(before + 1))
    expect(table).to_have_attribute("open", "")
    page.get_by_label("Update every 15 seconds").uncheck()
    count = len(asked)
    page.clock.fast_forward(60_000)
    assert len(asked) == count
    page.get_by_label("Update every 15 seconds").check()
    page.evaluate(HIDE)
    count = len(asked)
    page.clock.fast_forward(60_000)
    assert len(asked) == count
    with page.expect_request("**/dashboard/data/**"):
        page.evaluate(SHOW)


HIDE = """() => {
  Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
SHOW = """() => {
  Object.defineProperty(document, "visibilityState", { value: "visible", configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
