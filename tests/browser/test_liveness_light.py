"""The screen's colours at the end of the video: said before, slow, and left out where asked."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from fraudsite.environment import CHECKOUT
from tests.browser import journey
from tests.browser.people import photograph_papers
from tests.browser.site import Site, start_site, stop_site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

# Every colour the screen takes, with the moment at which it took it.
WATCH = """() => {
  window.seen = [];
  const light = document.querySelector("[data-light]");
  new MutationObserver(() => {
    const colour = light.hidden ? "" : light.dataset.colour;
    if (window.seen.at(-1)?.colour !== colour) window.seen.push({colour, atMs: performance.now()});
    sessionStorage.setItem("seen", JSON.stringify(window.seen));
  }).observe(light, {attributes: true});
}"""
# WCAG 2.2, success criterion 2.3.1: three flashes in any one second; a flash is two changes.
FASTEST_CHANGE_MS = 1000 / 6


@pytest.fixture(scope="module")
def lit_site() -> Iterator[Site]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    running = start_site(CHECKOUT / "var" / f"test-site-{worker}-lit", LIVENESS_LIGHT="true")
    yield running
    stop_site(running)


def reach_liveness(at: journey.Visit, folder: Path, email: str, seed: int) -> None:
    papers = photograph_papers(folder, seed=seed)
    journey.sign_up(at, email)
    journey.answer_consent(at)
    journey.enter_details(at, papers.person)
    journey.choose_document(at, "passport")
    journey.upload_papers(at, papers)
    expect(at.page).to_have_url(f"{at.site_url}/verify/liveness/")


def record(at: journey.Visit) -> list[dict[str, float | str]]:
    """Record before the browser's own test picture; return which colours the screen took."""
    at.page.evaluate(WATCH)
    at.page.get_by_test_id("start-camera").click()
    at.page.get_by_test_id("liveness-start").click()
    at.page.wait_for_url(f"{at.site_url}/verify/submit/", timeout=60_000)
    return json.loads(at.page.evaluate("sessionStorage.getItem('seen')") or "[]")


def test_colours_are_announced_and_change_slowly(
    lit_site: Site, launch: Callable[..., Browser], screenshots: Path, tmp_path: Path
) -> None:
    at = journey.visit(launch(), lit_site.url, screenshots, "light")
    reach_liveness(at, tmp_path, "light@example.com", 71)
    asked = json.loads(at.page.locator("#challenge").text_content() or "")["light"]
    expect(at.page.get_by_test_id("light-notice")).to_be_visible()
    at.look("announced")

    seen = record(at)

    shown = [one for one in seen if one["colour"]]
    assert [one["colour"] for one in shown] == asked
    moments = [float(one["atMs"]) for one in [*shown, seen[-1]]]
    pauses = [later - earlier for earlier, later in pairwise(moments)]
    assert len(pauses) == 5
    assert min(pauses) > FASTEST_CHANGE_MS
    assert at.violations == []


@pytest.mark.parametrize("asks_by", ["checkbox", "system"])
def test_whoever_asks_for_it_sees_no_colours(
    lit_site: Site,
    launch: Callable[..., Browser],
    screenshots: Path,
    tmp_path: Path,
    asks_by: str,
) -> None:
    at = journey.visit(launch(), lit_site.url, screenshots, f"light-{asks_by}")
    if asks_by == "system":
        at.page.emulate_media(reduced_motion="reduce")
    reach_liveness(at, tmp_path, f"{asks_by}@example.com", 72)
    if asks_by == "checkbox":
        at.page.get_by_label("Leave the colours out").check()
    else:
        expect(at.page.get_by_test_id("light-notice")).to_be_hidden()

    seen = record(at)

    assert [one for one in seen if one["colour"]] == []


def test_without_the_switch_there_are_no_colours_and_no_word_of_them(
    site: Site, launch: Callable[..., Browser], screenshots: Path, tmp_path: Path
) -> None:
    at = journey.visit(launch(), site.url, screenshots, "unlit")
    reach_liveness(at, tmp_path, "unlit@example.com", 73)

    assert json.loads(at.page.locator("#challenge").text_content() or "")["light"] == []
    assert at.page.get_by_test_id("light-notice").count() == 0
    assert [one for one in record(at) if one["colour"]] == []
