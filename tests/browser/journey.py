"""A customer's way through the wizard, one function a page."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from kyc.simulation.people import SpecimenPerson
from tests.browser.people import Papers

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
PASSWORD = "a long enough phrase 7"
SERIOUS = {"serious", "critical"}
AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}

# Presses the button in the moment in which the preview turns from the film's blue leader to its
# first picture (`tests.browser.people.film_challenge`).
START_WITH_THE_FILM = """() => new Promise((resolve, reject) => {
  const preview = document.querySelector("[data-preview]");
  const pen = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
  const givesUpMs = performance.now() + 60_000;
  let wasBlue = false;
  const look = () => {
    pen.drawImage(preview, 0, 0, 1, 1);
    const [red, green, blue] = pen.getImageData(0, 0, 1, 1).data;
    const isBlue = blue > 200 && red < 60 && green < 60;
    if (wasBlue && !isBlue) {
      document.querySelector("[data-testid=liveness-start]").click();
      resolve();
    } else if (performance.now() > givesUpMs) reject(new Error("the film's leader was not seen"));
    else requestAnimationFrame(look);
    wasBlue = isBlue;
  };
  look();
})"""


@dataclass
class Visit:
    """One browser window on the site, with pictures and accessibility of what it shows."""

    page: Page
    site_url: str
    screenshots: Path
    story: str
    count: int = 0
    violations: list[str] = field(default_factory=list)

    def look(self, name: str) -> None:
        """Picture the page at phone and desktop size, and have axe go over it."""
        self.count += 1
        for size_name, size in (("desktop", DESKTOP), ("phone", PHONE)):
            self.page.set_viewport_size(size)
            file = self.screenshots / f"{self.story}-{self.count:02d}-{name}-{size_name}.png"
            self.page.screenshot(path=file, full_page=True)
        for violation in Axe().run(self.page, options=AXE_RULES).response["violations"]:
            if violation["impact"] in SERIOUS:
                where = "; ".join(str(node["target"]) for node in violation["nodes"])
                self.violations.append(f"{name}: {violation['id']}: {violation['help']} ({where})")

    def open(self, path: str) -> None:
        """Go to a page of the site."""
        self.page.goto(f"{self.site_url}{path}")


def visit(
    browser: Browser, site_url: str, screenshots: Path, story: str, state: Path | None = None
) -> Visit:
    """Open a window, signed in where `state` says so."""
    context: BrowserContext = browser.new_context(
        viewport=PHONE, storage_state=state, locale="en-GB", timezone_id="UTC"
    )
    context.set_default_timeout(20_000)
    return Visit(context.new_page(), site_url, screenshots, story)


def sign_up(at: Visit, email: str) -> None:
    at.open("/")
    at.look("home")
    at.open("/accounts/signup/")
    at.page.get_by_label("Email").fill(email)
    at.page.locator("input[name=password1]").fill(PASSWORD)
    at.page.locator("input[name=password2]").fill(PASSWORD)
    at.look("sign-up")
    at.page.locator("form[action*=signup] button[type=submit]").click()
    at.open("/verify/")
    expect(at.page).to_have_url(f"{at.site_url}/verify/consent/")


def answer_consent(at: Visit, *, grants: bool = True) -> None:
    at.look("consent")
    at.page.locator(f"button[name=choice][value={'grant' if grants else 'refuse'}]").click()


def enter_details(at: Visit, person: SpecimenPerson) -> None:
    expect(at.page).to_have_url(f"{at.site_url}/verify/details/")
    at.page.get_by_label("Given names").fill(person.given_names.title())
    at.page.get_by_label("Surname").fill(person.surname.title())
    at.page.get_by_label("Date of birth").fill(person.birth_date.isoformat())
    at.page.get_by_label("Nationality").select_option(person.nationality)
    at.look("details")
    press_continue(at)


def choose_document(at: Visit, document_type: str, country: str = "UTO") -> None:
    expect(at.page).to_have_url(f"{at.site_url}/verify/document/")
    at.page.locator(f"input[name=document_type][value={document_type}]").check(force=True)
    at.page.get_by_label("Issued by").select_option(country)
    at.look("document")
    press_continue(at)


def upload_side(at: Visit, side: str, picture: Path, *, expects_warning: bool = False) -> None:
    expect(at.page).to_have_url(f"{at.site_url}/verify/capture/{side}/")
    at.look(f"capture-{side}")
    at.page.locator("input[type=file][name=image]").set_input_files(picture)
    use = at.page.get_by_test_id("use-photo")
    use.wait_for(state="visible")
    at.look(f"capture-{side}-review")
    use.click()
    if expects_warning:
        kept = at.page.get_by_test_id("use-kept-photo")
        kept.wait_for(state="visible")
        at.look(f"capture-{side}-warning")
        kept.click()


def upload_papers(at: Visit, papers: Papers, *, expects_warning: bool = False) -> None:
    upload_side(at, "front", papers.front, expects_warning=expects_warning)
    if papers.back is not None:
        upload_side(at, "back", papers.back, expects_warning=expects_warning)


def asked_actions(at: Visit) -> tuple[str, int, int]:
    """Return what the server asks for: actions in order with their times, and the page's pace."""
    expect(at.page).to_have_url(f"{at.site_url}/verify/liveness/")
    challenge = json.loads(at.page.locator("#challenge").text_content() or "")
    asked = challenge["actions"]
    actions = ",".join(f"{action['code']}@{action['duration_ms']}" for action in asked)
    return actions, challenge["lead_ms"], max(action["duration_ms"] for action in asked)


def record_challenge(at: Visit, look: Callable[[str], None]) -> None:
    """Record the fake camera's film while the page gives its prompts."""
    at.open("/verify/liveness/")
    look("liveness")
    at.page.get_by_test_id("start-camera").click()
    at.page.get_by_test_id("liveness-start").wait_for(state="visible")
    at.page.evaluate(START_WITH_THE_FILM)
    at.page.wait_for_timeout(2500)
    at.page.screenshot(path=at.screenshots / f"{at.story}-recording.png")
    expect(at.page).to_have_url(f"{at.site_url}/verify/submit/", timeout=40_000)


def send(at: Visit) -> None:
    send_button = at.page.get_by_role("button", name="Send").or_(
        at.page.get_by_role("button", name="Submit")
    )
    # The page of the step before is still there until its form was answered.
    expect(send_button.first).to_be_visible()
    at.look("submit")
    send_button.first.click()


def wait_for_outcome(at: Visit) -> str:
    outcome = at.page.get_by_test_id("result-outcome")
    outcome.wait_for(state="visible", timeout=60_000)
    at.look("result")
    return outcome.get_attribute("data-outcome") or ""


def press_continue(at: Visit) -> None:
    at.page.locator("main form button[type=submit]").last.click()
