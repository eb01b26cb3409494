"""What a customer has begun: paid once, kept over a session's end, and shown to nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from fraudsite.core.models import User
from tests.scoring.pay.payer import Payer, nothing_was_paid, words_of
from tests.transactions.accounts import account_of, verified
from transactions.models import Account, Transaction

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
PASSWORD = "correct horse 42"


def test_a_double_click_a_reload_and_going_back_pay_once(payer: Payer) -> None:
    payer.fills_in()
    shown = payer.looks()

    first, second = (payer.client.post(payer.check, shown) for _ in range(2))

    assert first.url == second.url
    assert "made once only" in words_of(payer.client.get(second.url))
    assert payer.client.get(payer.form).url == first.url
    assert payer.client.get(payer.check).url == first.url
    assert payer.client.post(payer.form, payer.fields).url == first.url
    assert Transaction.objects.count() == 1


def test_two_tabs_are_two_payments(payer: Payer) -> None:
    other_tab = Payer(payer.client, payer.account)
    payer.fills_in(amount="1")
    other_tab.fills_in(amount="2")

    payer.confirms()
    other_tab.confirms()

    amounts = Transaction.objects.order_by("amount_minor").values_list("amount_minor", flat=True)
    assert list(amounts) == [100, 200]


def test_what_the_check_page_showed_is_paid_though_a_twin_of_the_tab_changed_the_draft(
    payer: Payer,
) -> None:
    payer.fills_in(amount="5")
    shown = payer.looks()
    payer.fills_in(amount="900")

    payer.client.post(payer.check, shown)

    assert Transaction.objects.get().amount_minor == 500


def test_money_spent_in_between_is_told_next_to_the_amount(payer: Payer) -> None:
    payer.fills_in()
    shown = payer.looks()
    Account.objects.filter(pk=payer.account.pk).update(balance_minor=5)

    page = payer.client.post(payer.check, shown)

    assert page.status_code == 422
    assert "There is not enough in this account: it holds 0.05 EUR." in words_of(page)
    assert 'value="Oskar Berg"' in page.content.decode()
    assert not Transaction.objects.exists()


@pytest.mark.parametrize("seal", ["", "forged", None])
def test_a_page_that_is_not_ours_or_too_old_pays_nothing(seal: str | None, payer: Payer) -> None:
    payer.fills_in()
    other = Payer(payer.client, payer.account)

    page = payer.client.post(payer.check, {**payer.fields, "seal": seal or other.seal}, follow=True)

    assert "Nothing was paid" in words_of(page)
    assert 'value="Oskar Berg"' in page.content.decode()
    assert nothing_was_paid(payer)


@pytest.mark.parametrize("place", ["form", "check"])
def test_a_form_sent_after_the_session_ended_is_there_after_the_log_in(
    place: str, payer: Payer, carla: User
) -> None:
    payer.fills_in()
    sent = {**payer.fields, "seal": payer.seal, "amount": "77.00"}
    carla.set_password(PASSWORD)
    carla.save(update_fields=["password"])
    late = Client()  # its own session, as after the old one ended

    answer = late.post(getattr(payer, place), sent)
    assert answer.url == f"{LOGIN}?next={getattr(payer, place)}"
    credentials = {"login": "carla@example.com", "password": PASSWORD}
    back = late.post(answer.url, credentials)

    assert back.url == getattr(payer, place)
    assert "77.00" in late.get(back.url).content.decode()
    assert nothing_was_paid(payer)


def test_what_one_person_entered_is_not_shown_to_the_next_one(
    payer: Payer, make_user: Callable[..., User]
) -> None:
    sent = {**payer.fields, "seal": payer.seal}
    browser = Client()
    browser.post(payer.form, sent)
    other = make_user("oskar@example.com")
    account_of(verified(other), "20000002")

    browser.post(LOGIN, {"login": "oskar@example.com", "password": PASSWORD})

    assert "Oskar Berg" not in browser.get(payer.form).content.decode()
    assert browser.get(payer.check, follow=True).redirect_chain[-1][0] == payer.form


def test_a_strangers_form_is_kept_for_nobody(payer: Payer) -> None:
    stranger = Client()

    stranger.post(payer.form, {**payer.fields, "seal": "forged"})

    assert "payment_drafts" not in stranger.session


def test_only_the_last_five_drafts_are_kept(payer: Payer) -> None:
    tabs = [Payer(payer.client, payer.account) for _ in range(6)]
    for number, tab in enumerate(tabs, start=1):
        tab.fills_in(amount=str(number))

    assert 'value="1"' not in payer.client.get(tabs[0].form).content.decode()
    assert 'value="6"' in payer.client.get(tabs[5].form).content.decode()
