"""Who takes part in the analysts' day, and the windows they sit before."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser import journey
from tests.browser.analyst_day_site import whose_cases
from tests.browser.integrator import Shop
from tests.browser.site import Site

MALLORY, PIA, PETRA = "mallory@example.com", "pia@example.com", "petra@example.com"
SMALL, LARGE = "carder-small", "carder-large"
# The first three pass; what the rule then holds becomes one label each, as do the large payment
# and those of the two who pay somebody new.
TINY_PAYMENTS = 14
LABELS_OF_THE_DAY = 2 * (TINY_PAYMENTS - 3) + 1 + 2


class CustomersWindow(journey.Visit):
    """A window whose pages are looked at in stories of their own."""

    def look(self, name: str) -> None:
        """Go on."""


@dataclass
class Team:
    """The site of this day, and how far the work has come."""

    site: Site
    shop: Shop
    launch: Callable[..., Browser]
    screenshots: Path
    whose: dict[str, str] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)

    def staff_window(self, name: str) -> journey.Visit:
        """Open a window of a colleague's own, as wide as their screen."""
        at = journey.visit(self.launch(), self.site.url, self.screenshots, f"day-{name}")
        at.page.set_viewport_size({"width": 1440, "height": 900})
        return at

    def customers_window(
        self, film: Path | None = None, state: Path | None = None
    ) -> journey.Visit:
        """Open a window of a customer's own."""
        at = journey.visit(self.launch(film), self.site.url, self.screenshots, "day", state)
        return CustomersWindow(at.page, at.site_url, at.screenshots, at.story)


def wait_for_cases(team: Team, count: int) -> None:
    """Wait until the news has become cases, one of each customer."""
    deadline = time.monotonic() + 60
    while len(team.whose) < count and time.monotonic() < deadline:
        team.whose = whose_cases(team.site)
    assert sorted(team.whose.values()) == sorted([MALLORY, PIA, PETRA, SMALL, LARGE])
