"""A person reviews payments: the list, one transaction, a rule from draft to shadow, a model."""

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

WIDE = {"width": 1440, "height": 900}
MAKE = "from tests.browser.payments_to_review import make; print('made', make())"


def look(at: journey.Visit, name: str) -> None:
    """Picture the page as wide as an analyst's screen, and have axe go over it."""
    at.page.set_viewport_size(WIDE)
    at.page.screenshot(path=at.screenshots / f"{at.story}-{name}.png", full_page=True)
    for violation in Axe().run(at.page, options=journey.AXE_RULES).response["violations"]:
        if violation["impact"] in journey.SERIOUS:
            where = "; ".join(str(node["target"]) for node in violation["nodes"])
            at.violations.append(f"{name}: {violation['id']}: {violation['help']} ({where})")


def test_a_person_looks_at_payments_rules_and_models(
    site: Site, launch: Callable[..., Browser], screenshots: Path
) -> None:
    held = site.manage("shell", "-v", "0", "-c", MAKE).split("made ")[-1].strip()
    site.create_staff("payments@example.com", STAFF_PASSWORD)
    staff = journey.visit(launch(), site.url, screenshots, "payments")
    log_in_with_second_factor(staff, "payments@example.com")

    look_at_transactions(staff, held)
    look_at_rules(staff)
    look_at_lists_and_models(staff)

    assert staff.violations == []


def look_at_transactions(staff: journey.Visit, held: str) -> None:
    staff.open("/admin/transactions/transaction/")
    look(staff, "transactions")
    staff.open(f"/admin/transactions/transaction/{held}/change/")
    expect(staff.page.get_by_test_id("transaction-status")).to_have_text("Held")
    expect(staff.page.get_by_test_id("factor")).to_have_count(5)
    staff.page.get_by_test_id("act-release").click()
    look(staff, "transaction")
    staff.page.locator("#reason-release").select_option("release_customer_confirmed")
    staff.page.get_by_test_id("confirm-release").click()
    expect(staff.page.get_by_test_id("transaction-status")).to_have_text("Released")
    staff.page.get_by_test_id("act-honest").click()
    staff.page.locator("#reason-honest").select_option("honest_customer_confirmed")
    staff.page.get_by_test_id("confirm-honest").click()
    expect(staff.page.get_by_test_id("label")).to_contain_text("Honest")
    look(staff, "transaction-done")


def look_at_rules(staff: journey.Visit) -> None:
    staff.open("/admin/scoring/rule/")
    look(staff, "rules")
    staff.open("/admin/scoring/rule/velocity/change/")
    look(staff, "rule")
    staff.page.get_by_test_id("new-draft").click()
    staff.page.get_by_label("Expression").fill("tx_cuont_1h >= 2")
    staff.page.get_by_test_id("submit").click()
    expect(staff.page.get_by_test_id("error-expression")).to_contain_text("Did you mean")
    staff.page.get_by_label("Find a name").fill("last hour")
    look(staff, "rule-editor")
    staff.page.get_by_label("Expression").fill("tx_count_1h >= 6")
    staff.page.get_by_test_id("submit").click()
    staff.page.get_by_test_id("act-backtest").click()
    staff.page.get_by_test_id("confirm-backtest").click()
    expect(staff.page.get_by_text("Decisions looked at")).to_be_visible()
    staff.page.get_by_test_id("act-shadow").click()
    look(staff, "rule-version")
    staff.page.get_by_test_id("confirm-shadow").click()
    expect(staff.page.get_by_test_id("version-status")).to_have_text("Shadow")
    staff.page.get_by_test_id("act-activate").click()
    staff.page.get_by_test_id("confirm-activate").click()
    expect(staff.page.get_by_text("a second person makes it active").first).to_be_visible()
    expect(staff.page.get_by_test_id("version-status")).to_have_text("Shadow")


def look_at_lists_and_models(staff: journey.Visit) -> None:
    staff.open("/admin/scoring/listentry/add/")
    staff.page.get_by_label("List", exact=True).select_option("blocked")
    staff.page.get_by_label("What it names").select_option("ip")
    staff.page.get_by_label("Id", exact=True).fill("203.0.113.9")
    look(staff, "list-entry")
    staff.page.get_by_label("Reason").fill("Seen in case 7")
    staff.page.get_by_test_id("submit").click()
    expect(staff.page.get_by_text("is on Blocked now")).to_be_visible()
    look(staff, "list-entries")
    staff.open("/admin/scoring/modelversion/")
    look(staff, "models")
    staff.page.get_by_role("link", name="2026-11-21.1").click()
    expect(staff.page.get_by_test_id("demo-model")).to_be_visible()
    staff.page.get_by_test_id("act-rollback").click()
    look(staff, "model")
