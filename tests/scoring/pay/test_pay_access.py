"""Who may open which of the payment's pages, and what each of them costs."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.core.signing import get_cookie_signer
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fraudsite.core.models import User
from kyc.middleware import COOKIE
from kyc.models import Verification
from kyc.services.devices import sighting_record
from scoring.urls import urlpatterns
from tests.scoring.judges import Judge
from tests.scoring.pay.payer import Payer, addresses, nothing_was_paid, words_of
from tests.transactions.accounts import account_of, moved, verified
from transactions.models import Transaction

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"


PAGES = ["pay_new", "pay", "pay_check", "payment"]


@pytest.mark.parametrize("name", PAGES)
def test_pages_for_everybody(
    name: str, payer: Payer, client: Client, anna: User, as_user: Callable[[User], Client]
) -> None:
    address = addresses(payer)[name]

    assert client.get(address).url.startswith(LOGIN)
    assert as_user(anna).get(address).url == "/"
    assert payer.client.get(address).status_code in {200, 302}
    assert "no-store" in payer.client.get(address).headers["Cache-Control"]


def test_every_address_is_in_one_of_these_tables(payer: Payer) -> None:
    assert {pattern.name for pattern in urlpatterns} == {*PAGES, "human_review"}


def test_somebody_elses_payment_does_not_exist(
    payer: Payer, make_user: Callable[..., User], as_user: Callable[[User], Client]
) -> None:
    other = as_user(make_user("oskar@example.com"))
    theirs = addresses(payer)

    assert other.get(theirs["payment"]).status_code == 404
    assert other.post(theirs["human_review"]).status_code == 404


def test_history_that_nobody_judged_has_no_result(payer: Payer) -> None:
    recorded = moved(payer.account)

    address = reverse("scoring:payment", args=[recorded.pk])
    assert payer.client.get(address).status_code == 404


@pytest.mark.parametrize("status", ["pay", "pay_check"])
def test_who_is_not_verified_is_told_why_and_what_to_do(status: str, payer: Payer) -> None:
    payer.fills_in()
    Verification.objects.update(status="declined")

    page = payer.client.get(payer.form if status == "pay" else payer.check)

    assert 'data-code="not_verified"' in page.content.decode()
    assert reverse("kyc:overview") in page.content.decode()
    assert payer.confirms().status_code == 422
    assert nothing_was_paid(payer)


def test_without_an_account_to_pay_from_there_is_no_form(
    judge: Judge, carla: User, as_user: Callable[[User], Client]
) -> None:
    account_of(verified(carla), keeps_balance=False)
    client = as_user(carla)

    page = client.get(reverse("scoring:pay_new"), follow=True)

    assert 'data-code="no_account"' in page.content.decode()


def test_a_wish_for_a_person_is_taken_once_and_shown(payer: Payer, judge: Judge) -> None:
    judge.outcome = "decline"
    where = payer.pays().url
    ask = reverse("scoring:human_review", args=[Transaction.objects.get().pk])
    assert "You have the right to a decision by a person." in words_of(payer.client.get(where))

    for _ in range(2):
        assert payer.client.post(ask).url == where

    assert "You asked for a person" in words_of(payer.client.get(where))
    assert payer.client.get(ask).status_code == 405


def test_a_wish_after_a_person_decided_gets_a_sentence(payer: Payer) -> None:
    refused = moved(payer.account, status="refused")

    page = payer.client.post(reverse("scoring:human_review", args=[refused.pk]), follow=True)

    assert "This payment has been decided" in words_of(page)


def test_posts_without_a_token_are_refused(payer: Payer, carla: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(carla, backend="fraudsite.core.backends.RoleBackend")

    assert client.post(payer.form, payer.fields).status_code == 403
    assert client.post(payer.check, payer.fields).status_code == 403


def test_a_device_is_named_by_its_cookie_and_its_last_fingerprint(payer: Payer) -> None:
    device_id = uuid.uuid4()
    for fingerprint in ("aa" * 32, "bb" * 32, ""):
        sighting_record(
            device_id=device_id,
            customer=payer.account.customer,
            ip_address="127.0.0.1",
            fingerprint=fingerprint,
        )
    payer.client.cookies[COOKIE] = get_cookie_signer(salt=COOKIE).sign(str(device_id))

    payer.pays()

    made = Transaction.objects.get()
    assert (made.device_reference, made.device_fingerprint) == (str(device_id), "bb" * 32)
    assert made.ip_address == "127.0.0.1"


def test_without_the_cookie_no_device_is_named(payer: Payer) -> None:
    payer.pays()

    made = Transaction.objects.get()
    assert (made.device_reference, made.device_fingerprint) == ("", "")


def test_known_payees_are_suggested_and_their_names_are_text(payer: Payer) -> None:
    moved(payer.account, 'Tom & "Jerry"')
    moved(payer.account, "My savings", kind="deposit")

    page = payer.client.get(payer.form).content.decode()

    assert '<option value="Tom &amp; &quot;Jerry&quot;">' in page
    assert "My savings" not in page


@pytest.mark.parametrize("name", ["pay", "pay_check", "payment"])
def test_pages_ask_the_database_as_often_for_much_as_for_little(name: str, payer: Payer) -> None:
    payer.fills_in()
    address = addresses(payer)[name]
    payer.client.get(address)
    with CaptureQueriesContext(connection) as few:
        payer.client.get(address)
    for number in range(20):
        moved(payer.account, f"Shop {number}")
        account_of(payer.account.customer, f"3{number:07}")

    with CaptureQueriesContext(connection) as many:
        payer.client.get(address)

    assert len(many) == len(few) <= 12
