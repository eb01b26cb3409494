"""A real Chromium before a real site."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from fraudsite.environment import CHECKOUT
from tests.browser.site import Site, start_site, stop_site

CHROMIUM_FLAGS = [
    "--no-sandbox",  # the tests also run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
]
# A score depends on the hour a test runs at: by night the model declines large payments and would
# see small ones reviewed.
RULES_DECIDE = {"REVIEW_FROM": "1.0", "BLOCK_FROM": "1.0", "DECLINE_FROM": "1.0"}
PERMIT_CAMERA = "--use-fake-ui-for-media-stream"


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    running = start_site(CHECKOUT / "var" / f"test-site-{worker}", **RULES_DECIDE)
    yield running
    stop_site(running)


@pytest.fixture
def fresh_site() -> Iterator[Site]:
    """A site in which nobody else's story has left anything: for lists that show all there is."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    running = start_site(CHECKOUT / "var" / f"test-site-{worker}-fresh", **RULES_DECIDE)
    yield running
    stop_site(running)


@pytest.fixture(scope="session")
def screenshots() -> Path:
    folder = Path(os.environ.get("FRAUDSITE_SCREENSHOTS", CHECKOUT / "var" / "screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


# For each test, since its event loop would make Django refuse the tests that come after.
@pytest.fixture
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture
def launch(playwright: Playwright) -> Iterator[Callable[..., Browser]]:
    """Start browsers, each with a camera that plays a film of its own, or with none."""
    executable = shutil.which("chromium") or "/usr/bin/chromium"
    with ExitStack() as open_browsers:

        def start(film: Path | None = None, *, permits_camera: bool = True) -> Browser:
            flags = [*CHROMIUM_FLAGS, *([PERMIT_CAMERA] if permits_camera else [])]
            if film is not None:
                flags.append(f"--use-file-for-fake-video-capture={film}")
            browser = playwright.chromium.launch(executable_path=executable, args=flags)
            open_browsers.callback(browser.close)
            return browser

        yield start
