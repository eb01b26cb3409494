"""From sign-up to a decision, as a customer with a phone sees it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from kyc.simulation.portraits import PortraitName
from tests.browser import journey
from tests.browser.people import film_challenge, photograph_papers
from tests.browser.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def take_consent_back(at: journey.Visit) -> None:
    at.page.get_by_role("link", name="Your consent to comparing your face").click()
    standing = at.page.get_by_test_id("consent-standing")
    expect(standing).to_have_attribute("data-granted", "yes")
    at.look("consent-standing")

    at.page.get_by_test_id("withdraw-consent").click()

    expect(standing).to_have_attribute("data-granted", "no")
    expect(at.page.get_by_text("Done. You took your consent back.")).to_be_visible()
    at.look("consent-withdrawn")


@pytest.mark.parametrize(
    ("story", "seed", "document_face", "video_face", "kind", "blur_sigma", "outcome"),
    [
        ("approved", 31, "astronaut", "astronaut", "TD3", 0.6, "approved"),
        ("card", 32, "astronaut", "astronaut", "TD1", 0.6, "approved"),
        ("blurred", 33, "astronaut", "astronaut", "TD3", 6.0, "resubmit"),
        ("other-person", 34, "grace_hopper", "astronaut", "TD3", 0.6, "in_review"),
    ],
)
def test_a_customer_gets_a_decision_on_what_they_showed(
    site: Site,
    launch: Callable[..., Browser],
    screenshots: Path,
    tmp_path: Path,
    story: str,
    seed: int,
    document_face: PortraitName,
    video_face: PortraitName,
    kind: str,
    blur_sigma: float,
    outcome: str,
) -> None:
    papers = photograph_papers(
        tmp_path, seed=seed, face=document_face, kind=kind, blur_sigma=blur_sigma
    )
    first = journey.visit(launch(), site.url, screenshots, story)
    journey.sign_up(first, f"{story}@example.com")
    journey.answer_consent(first)
    journey.enter_details(first, papers.person)
    journey.choose_document(first, "passport" if kind == "TD3" else "identity_card")
    journey.upload_papers(first, papers, expects_warning=blur_sigma > 1)
    actions, lead_ms, action_ms = journey.asked_actions(first)
    state = tmp_path / "state.json"
    first.page.context.storage_state(path=state)

    # The camera's film can only be made once the server has drawn its challenge.
    film = film_challenge(
        tmp_path / "camera.mjpeg", actions, face=video_face, lead_ms=lead_ms, action_ms=action_ms
    )
    second = journey.visit(launch(film), site.url, screenshots, f"{story}-2", state)
    journey.record_challenge(second, second.look)
    journey.send(second)

    # What the customer reads says why it was another one.
    assert journey.wait_for_outcome(second) == outcome, second.page.inner_text("main")
    assert first.violations + second.violations == []


def test_refused_consent_leads_to_a_person_without_any_picture_of_the_face(
    site: Site, launch: Callable[..., Browser], screenshots: Path, tmp_path: Path
) -> None:
    papers = photograph_papers(tmp_path, seed=35)
    at = journey.visit(launch(), site.url, screenshots, "no-consent")

    journey.sign_up(at, "no-consent@example.com")
    journey.answer_consent(at, grants=False)
    journey.enter_details(at, papers.person)
    journey.choose_document(at, "passport")
    journey.upload_papers(at, papers)
    expect(at.page).to_have_url(f"{site.url}/verify/submit/")
    journey.send(at)

    assert journey.wait_for_outcome(at) == "in_review"


def test_a_denied_camera_gets_its_own_words_and_a_photo_may_be_sent_instead(
    site: Site, launch: Callable[..., Browser], screenshots: Path, tmp_path: Path
) -> None:
    papers = photograph_papers(tmp_path, seed=36)
    at = journey.visit(launch(permits_camera=False), site.url, screenshots, "no-camera")
    journey.sign_up(at, "no-camera@example.com")
    journey.answer_consent(at)
    journey.enter_details(at, papers.person)
    journey.choose_document(at, "passport")
    journey.upload_papers(at, papers)
    journey.asked_actions(at)

    at.page.get_by_test_id("start-camera").click()

    expect(at.page.locator("#liveness")).to_have_attribute("data-state", "problem")
    at.look("camera-denied")
    still = at.page.get_by_test_id("still-form")
    at.page.locator("details[data-still] summary").click()
    still.locator("input[type=file]").set_input_files(papers.front)
    still.locator("button[type=submit]").click()
    journey.send(at)
    assert journey.wait_for_outcome(at) == "in_review"
    take_consent_back(at)
    assert at.violations == []
