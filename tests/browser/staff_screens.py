"""Looking at the staff's pages: pictured as wide as their screens are, and gone over by axe."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe

from tests.browser.journey import AXE_RULES, SERIOUS, Visit

SIZES = {"wide": (1440, 900), "narrow": (1024, 768)}
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def look(at: Visit, name: str) -> None:
    """Picture the page at both sizes, see that none is scrolled sideways, and run axe."""
    at.page.evaluate("window.scrollTo(0, 0)")
    for size, (width, height) in SIZES.items():
        at.page.set_viewport_size({"width": width, "height": height})
        at.page.screenshot(path=at.screenshots / f"{at.story}-{name}-{size}.png", full_page=True)
        if (overflow := at.page.evaluate(TOO_WIDE)) > 0:
            at.violations.append(f"{name}: {overflow} px too wide at {size}")
    width, height = SIZES["wide"]
    at.page.set_viewport_size({"width": width, "height": height})
    for violation in Axe().run(at.page, options=AXE_RULES).response["violations"]:
        if violation["impact"] in SERIOUS:
            where = "; ".join(str(node["target"]) for node in violation["nodes"])
            at.violations.append(f"{name}: {violation['id']}: {violation['help']} ({where})")
