"""The screens around the cases: reports, exports, queues, notifications; pictured and checked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import journey, keyboard
from tests.browser.site import Site
from tests.browser.staff_screens import look
from tests.browser.test_case_page import MAKE, made_by
from tests.browser.test_review import STAFF_PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_what_stands_around_the_cases_can_be_read(
    site: Site, launch: Callable[..., Browser], screenshots: Path
) -> None:
    case = made_by(site, MAKE)
    site.create_staff("around@example.com", STAFF_PASSWORD)
    staff = journey.visit(launch(), site.url, screenshots, "around")
    staff.page.set_viewport_size({"width": 1440, "height": 900})
    keyboard.log_in(staff, "around@example.com", STAFF_PASSWORD)

    write_a_report(staff, case)
    add_a_channel(staff)
    set_a_queue(staff)
    export_the_list(staff)

    assert staff.violations == []


def write_a_report(staff: journey.Visit, case: str) -> None:
    page = staff.page
    staff.open(f"/admin/cases/reports/new/{case}/")
    look(staff, "report-new")
    page.get_by_label("Goes to").fill("Financial intelligence unit")
    page.get_by_label("What happened").fill("Two payments to a new payee.\nNobody was reached.")
    page.locator("main form button[type=submit]").click()
    expect(page.get_by_test_id("report-status")).to_have_text("Draft")
    look(staff, "report")
    staff.open("/admin/cases/reports/")
    expect(page.get_by_test_id("report-row")).not_to_have_count(0)
    look(staff, "reports")


def add_a_channel(staff: journey.Visit) -> None:
    page = staff.page
    staff.open("/admin/cases/notificationchannel/add/")
    look(staff, "channel-new")
    page.get_by_label("Name").fill("The team")
    page.get_by_label("Address", exact=True).fill("team@example.com")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("link", name="The team").first).to_be_visible()
    look(staff, "channels")
    staff.open("/admin/cases/notificationdelivery/")
    look(staff, "deliveries")


def set_a_queue(staff: journey.Visit) -> None:
    """A risk manager reads in words when two people must agree, and sees how that is set."""
    page = staff.page
    staff.open("/admin/cases/queue/")
    expect(page.get_by_text("From 5,000.00 EUR").first).to_be_visible()
    look(staff, "queues")
    page.get_by_role("link", name="Screening", exact=True).click()
    expect(page.get_by_label("For every case")).to_be_visible()
    look(staff, "queue")


def export_the_list(staff: journey.Visit) -> None:
    page = staff.page
    staff.open("/admin/cases/case/?queue=payments")
    page.get_by_test_id("export").click()
    look(staff, "export")
    with page.expect_download() as download:
        page.locator("main button[value=cases]").click()
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) > 1
