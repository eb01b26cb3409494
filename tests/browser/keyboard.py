"""A window that is worked from the keyboard alone: no pointer, and nothing set from outside."""

from __future__ import annotations

import re
import time

from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from playwright.sync_api import Locator, Page, expect

from tests.browser.journey import Visit

# More than any page of the workplace has; whoever has to press Tab oftener has no keyboard access.
MOST_TABS = 160
HAS_FOCUS = "element => element === document.activeElement"


def tab_to(page: Page, target: Locator, *, key: str = "Tab") -> None:
    """Press Tab until the target has the focus."""
    for _ in range(MOST_TABS):
        if target.evaluate(HAS_FOCUS):
            return
        page.keyboard.press(key)
    message = f"{target} is not reached with {MOST_TABS} times {key}"
    raise AssertionError(message)


def press_on(page: Page, target: Locator, key: str = "Enter") -> None:
    """Walk to something and press it."""
    tab_to(page, target)
    page.keyboard.press(key)


def write_in(page: Page, target: Locator, text: str) -> None:
    """Walk to a field and type."""
    tab_to(page, target)
    page.keyboard.type(text)


def log_in(at: Visit, email: str, password: str) -> None:
    """Log in for the first time: password, then the authenticator app is set up."""
    page = at.page
    at.open("/admin/")
    write_in(page, page.get_by_label("Email"), email)
    write_in(page, page.locator("input[name=password]"), password)
    page.keyboard.press("Enter")
    code = page.locator("input[name=code]")
    code.wait_for(state="visible")
    secret = re.search(r"\b[A-Z2-7]{32}\b", page.content())
    assert secret is not None
    write_in(page, code, one_time_code(secret.group()))
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "totp" not in url)


def one_time_code(secret: str) -> str:
    """Return what the app shows now (RFC 6238), as it does for a person who is in no hurry."""
    # A code that is typed in its last moment has ended when it arrives.
    time.sleep(max(0.0, 2 - (30 - time.time() % 30)))
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def open_cases(at: Visit) -> None:
    """Walk to the list of cases, from wherever it is a link away."""
    press_on(at.page, at.page.locator("a[href='/admin/cases/case/']").first)
    expect(at.page.get_by_test_id("workplace")).to_be_visible()
