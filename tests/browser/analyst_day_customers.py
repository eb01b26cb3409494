"""What customers do before the analysts' day begins, and what they see when it is over."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.browser import journey
from tests.browser.analyst_day_team import LARGE, MALLORY, SMALL, TINY_PAYMENTS, Team
from tests.browser.integrator import Shop
from tests.browser.people import film_challenge, photograph_papers


def show_anothers_document(team: Team, folder: Path) -> journey.Visit:
    """Mallory films himself before somebody else's passport."""
    papers = photograph_papers(folder, seed=34, face="grace_hopper")
    first = sign_up(team, MALLORY, answers="grant")
    first.open("/verify/")
    journey.enter_details(first, papers.person)
    journey.choose_document(first, "passport")
    journey.upload_papers(first, papers)
    actions, lead_ms, action_ms = journey.asked_actions(first)
    state = folder / "state.json"
    first.page.context.storage_state(path=state)
    film = film_challenge(
        folder / "camera.mjpeg", actions, face="astronaut", lead_ms=lead_ms, action_ms=action_ms
    )
    second = team.customers_window(film, state)
    journey.record_challenge(second, second.look)
    journey.send(second)
    assert journey.wait_for_outcome(second) == "in_review"
    return second


def sign_up(team: Team, email: str, *, answers: str = "refuse") -> journey.Visit:
    """Sign up, and answer the question about the face."""
    at = team.customers_window()
    journey.sign_up(at, email)
    at.page.locator(f"button[name=choice][value={answers}]").click()
    at.page.wait_for_url("**/verify/details/")
    return at


def pay_somebody_new(at: journey.Visit) -> None:
    """Pay far more than usual to somebody new, which waits for a person."""
    at.open("/money/pay/")
    at.page.get_by_label("To", exact=True).fill("Safe Harbour Trust")
    at.page.get_by_label("Their account number").fill("LT60 1010 0123")
    at.page.get_by_label("Amount").fill("1900")
    at.page.get_by_test_id("continue").click()
    at.page.get_by_test_id("confirm-payment").click()
    expect(at.page.get_by_test_id("payment-result")).to_have_attribute("data-status", "held")


def payments_with_stolen_cards(shop: Shop) -> dict[str, list[str]]:
    """Two people try out cards; one of them then makes a large payment. Return what is held."""
    small = shop.try_out_cards(SMALL, TINY_PAYMENTS)
    large = [
        *shop.try_out_cards(LARGE, TINY_PAYMENTS),
        shop.pay(LARGE, TINY_PAYMENTS, 6_400_00, mcc=5732),
    ]
    held = {
        user: [told["id"] for told in answers if told["status"] == "held"]
        for user, answers in ((SMALL, small), (LARGE, large))
    }
    assert [len(ids) for ids in held.values()] == [TINY_PAYMENTS - 3, TINY_PAYMENTS - 2]
    return held


def customers_see_it(mallory: journey.Visit, pia: journey.Visit, petra: journey.Visit) -> None:
    mallory.open("/verify/result/")
    assert journey.wait_for_outcome(mallory) == "declined"
    for at, words in ((pia, "Paid after a check"), (petra, "This payment was not carried out")):
        at.page.reload()
        expect(at.page.get_by_role("heading", level=1)).to_have_text(words)


def shop_sees_it(shop: Shop, held: dict[str, list[str]]) -> None:
    """What was held is refused, and who was blocked pays no more."""
    for key in (*held[SMALL], *held[LARGE]):
        assert shop.read(key)["status"] == "refused"
    blocked = shop.pay(SMALL, TINY_PAYMENTS + 1, 18_90, merchant_id="books", mcc=5942)
    assert blocked["decision"] == "decline"
    assert blocked["lists"] != []
