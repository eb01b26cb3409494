"""A customer's way through the payment's pages, over HTTP and without a script."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import numpy as np
import pytest
from django.core.signing import get_cookie_signer
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fraudsite.core.actors import Actor
from fraudsite.core.models import User
from kyc.middleware import COOKIE
from kyc.models import Verification
from kyc.services.devices import sighting_record
from scoring.features import SCHEMA
from scoring.ml.reasons import Reason
from scoring.models import Decision
from scoring.urls import urlpatterns
from scoring.views.payment_form import amount_read
from scoring.views.payment_words import GENERIC_HELD, payment_words
from tests.scoring.judges import Judge, install
from tests.transactions.accounts import account_of, moved, verified
from transactions.models import Account, Transaction
from transactions.services.holds import transaction_refuse, transaction_release

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
ANALYST = Actor.system("test")
PASSWORD = "correct horse 42"


@pytest.fixture(autouse=True)
def without_second_factor(settings: object) -> None:
    settings.STAFF_MFA_REQUIRED = False  # type: ignore[attr-defined]  # tested in tests/core


@pytest.fixture
def carla(db: None) -> User:
    """A customer; most are signed in here without a password, which takes long to hash."""
    return User.objects.create_user(email="carla@example.com", password=None)


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> Judge:
    return install(monkeypatch)


@pytest.fixture
def account(carla: User) -> Account:
    return account_of(verified(carla))


class Payer:
    """A signed-in customer with a payment's form open."""

    def __init__(self, client: Client, account: Account) -> None:
        self.client = client
        self.account = account
        self.form = client.get(reverse("scoring:pay_new")).url
        self.check = f"{self.form}check/"

    @property
    def fields(self) -> dict[str, str]:
        return {
            "account": str(self.account.pk),
            "payee_name": "Oskar Berg",
            "payee_account": "DE89 3704 0044",
            "amount": "12.34",
        }

    @property
    def seal(self) -> str:
        page = self.client.get(self.form).content.decode()
        return re.search(r'name="seal" value="([^"]+)"', page)[1]

    def fills_in(self, **changed: str) -> HttpResponse:
        return self.client.post(self.form, {**self.fields, "seal": self.seal, **changed})

    def looks(self) -> dict[str, str]:
        """Return the fields of the check page's own form, as a browser without scripts has them."""
        page = self.client.get(self.check).content.decode()
        return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))

    def confirms(self) -> HttpResponse:
        return self.client.post(self.check, self.looks())

    def pays(self, **changed: str) -> HttpResponse:
        assert self.fills_in(**changed).url == self.check
        return self.confirms()

    def balance(self) -> int:
        self.account.refresh_from_db()
        return self.account.balance_minor


@pytest.fixture
def payer(judge: Judge, account: Account, carla: User, as_user: Callable[[User], Client]) -> Payer:
    return Payer(as_user(carla), account)


def words_of(response: HttpResponse) -> str:
    """Return a page's words, with one space between them."""
    body = response.content.decode().replace("\N{NO-BREAK SPACE}", " ").replace("&#x27;", "'")
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def nothing_was_paid(payer: Payer) -> bool:
    return not Transaction.objects.exists() and payer.balance() == 100_000


def test_a_payment_goes_by_form_and_check_to_its_result(payer: Payer, judge: Judge) -> None:
    assert payer.fills_in().url == payer.check
    check = words_of(payer.client.get(payer.check))
    assert nothing_was_paid(payer)

    result = payer.client.get(payer.confirms().url)

    for told in ("12.34 EUR", "Oskar Berg", "DE89 3704 0044", "987.66 EUR", "1000 0001"):
        assert told in check
    assert "You have not paid Oskar Berg before" in check
    assert "12.34 EUR to Oskar Berg (0044)" in words_of(result)
    assert 'data-status="approved"' in result.content.decode()
    assert "Balance now 987.66 EUR" in words_of(result)
    assert payer.balance() == 98_766


def test_going_back_keeps_what_was_entered(payer: Payer) -> None:
    payer.fills_in()

    page = payer.client.get(payer.form).content.decode()

    for text in ("Oskar Berg", "DE89 3704 0044", "12.34"):
        assert f'value="{text}"' in page


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("amount", "0", "The amount must be more than zero."),
        ("amount", "0,00", "The amount must be more than zero."),
        ("amount", "-5", "Write the amount in digits only, like this: 12.34 or 12,34."),
        ("amount", "1,234", "Write the amount in digits only"),
        ("amount", "1.234,50", "Write the amount in digits only"),
        ("amount", "1 000", "Write the amount in digits only"),
        ("amount", "1e3", "Write the amount in digits only"),
        ("amount", "١٢", "Write the amount in digits only"),
        ("amount", "12.345", "EUR has 2 decimals. Write the amount like this: 12.34 or 12,34."),
        ("amount", "9999999999999999", "This is more than can be paid at once."),
        ("amount", "", "Enter the amount you want to pay."),
        ("amount", "1000.01", "There is not enough in this account: it holds 1,000.00 EUR."),
        ("account", "01a1fd76-2a55-763a-9a70-a424fe36df0c", "You cannot pay from this account."),
        ("account", "", "Choose the account to pay from."),
        ("payee_name", "", "Enter the name of the person or company you want to pay."),
        ("payee_name", "4111 1111 1111 1111", "This looks like a card number."),
        ("payee_name", "\u202eraksO", "This holds characters that cannot be shown."),
        ("payee_name", "...", "Enter letters or digits."),
        ("payee_name", "x" * 71, "at most 70 characters"),
        ("payee_account", "5500-0000-0000-0004", "This looks like a card number."),
        ("payee_account", "10000001", "This is an account of your own."),
        ("payee_account", "1000 0001", "This is an account of your own."),
        ("payee_account", "12", "at least four letters or digits"),
    ],
)
def test_what_cannot_be_paid_gets_a_sentence_and_loses_nothing(
    field: str, value: str, sentence: str, payer: Payer
) -> None:
    page = payer.fills_in(**{field: value})

    assert page.status_code == 422
    assert sentence in words_of(page)
    assert page.context["form"].errors.keys() == {field}
    for name, text in payer.fields.items():
        if name not in {field, "account"}:
            assert f'value="{text}"' in page.content.decode()
    assert nothing_was_paid(payer)


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("12.34", "EUR", 1234),
        ("12,34", "EUR", 1234),
        ("12,3", "EUR", 1230),
        (" 7 ", "EUR", 700),
        ("12.345", "KWD", 12345),
        ("1,5", "KWD", 1500),
        ("1200", "JPY", 1200),
        ("5.00", "JPY", 5),
    ],
)
def test_amounts_are_read_exactly(typed: str, currency: str, minor: int) -> None:
    assert amount_read(typed, currency).minor == minor


def test_a_card_number_is_kept_nowhere(payer: Payer) -> None:
    payer.fills_in(payee_account="4111 1111 1111 1111")

    kept = payer.client.session["payment_drafts"]
    assert "4111" not in str(kept)
    assert "Oskar Berg" in str(kept)


@pytest.mark.parametrize(
    ("outcome", "shown", "headline"),
    [
        ("review", "held", "We are checking this payment"),
        ("block_and_review", "held", "We are checking this payment"),
        ("decline", "declined", "This payment was not carried out"),
    ],
)
def test_what_is_held_or_declined_is_told_without_giving_the_rules_away(
    outcome: str, shown: str, headline: str, payer: Payer, judge: Judge
) -> None:
    judge.outcome = outcome

    result = payer.client.get(payer.pays().url)

    text = words_of(result)
    assert headline in text
    assert f'data-outcome="{shown}"' in result.content.decode()
    for secret in ("SECRET", "velocity", "fraud", "rule", "score"):
        assert secret not in text.lower()
    assert ("Until then you cannot make another payment." in text) is (
        outcome == "block_and_review"
    )
    assert payer.balance() == (100_000 if outcome == "decline" else 98_766)


def test_reasons_are_told_only_when_they_are_true(payer: Payer, judge: Judge) -> None:
    payer.pays()
    judge.outcome = "review"
    judge.factors = (
        Reason("device_novelty", "SECRET", 1.0),
        Reason("counterparty_novelty", "SECRET", 0.5),
        Reason("amount_vs_habit", "SECRET", 0.4),
    )

    second = Payer(payer.client, payer.account)
    text = words_of(second.client.get(second.pays(payee_name="Ida").url))

    # It is as large as the one before.
    assert "You have not paid this payee before" in text
    assert "larger than" not in text
    assert "SECRET" not in text


@pytest.mark.parametrize(
    ("schema_hash", "ratio", "reasons"),
    [
        (
            SCHEMA.hash,
            5.0,
            ["It is larger than what you usually pay, so a person looks at it first."],
        ),
        (SCHEMA.hash, 0.2, [GENERIC_HELD]),
        (SCHEMA.hash, np.nan, [GENERIC_HELD]),
        ("another", 5.0, [GENERIC_HELD]),
    ],
)
def test_a_reason_is_read_from_the_decisions_own_features(
    schema_hash: str, ratio: float, reasons: list[str], account: Account
) -> None:
    features = np.full(len(SCHEMA.names), np.nan, "<f4")
    features[SCHEMA.names.index("amount_to_usual")] = ratio
    decision = Decision(
        outcome="review",
        causes=[{"code": "rule.new_device_high_amount@3", "text": "SECRET"}],
        features=features.tobytes(),
        schema_hash=schema_hash,
    )

    assert payment_words(moved(account, status="held"), decision).reasons == reasons


def test_the_result_follows_what_the_analyst_decides(payer: Payer, judge: Judge) -> None:
    judge.outcome = "review"
    where = payer.pays().url
    held = Transaction.objects.get()

    transaction_release(held=held, actor=ANALYST, reason_code="release_usual_for_customer")

    assert "Paid after a check" in words_of(payer.client.get(where))
    assert payer.balance() == 98_766


def test_refused_money_is_back_and_the_page_says_so(payer: Payer, judge: Judge) -> None:
    judge.outcome = "block_and_review"
    where = payer.pays().url

    transaction_refuse(held=Transaction.objects.get(), actor=ANALYST, reason_code="refuse_fraud")

    text = words_of(payer.client.get(where))
    assert "This payment was not carried out" in text
    assert "The money is back in your account." in text
    assert "Balance now 1,000.00 EUR" in text
    assert "fraud" not in text.lower()


def test_while_a_payment_blocks_the_form_says_so_and_leads_to_it(
    payer: Payer, judge: Judge, carla: User, as_user: Callable[[User], Client]
) -> None:
    judge.outcome = "block_and_review"
    where = payer.pays().url
    second = Payer(payer.client, payer.account)

    shown = payer.client.get(second.form)
    sent = payer.client.post(second.form, {**payer.fields, "seal": "x"})

    assert (shown.status_code, sent.status_code) == (200, 422)
    assert "A payment of yours is being checked" in words_of(shown)
    assert where in shown.content.decode()
    assert Transaction.objects.count() == 1
    # What was entered meanwhile is there when the way is free.
    transaction_release(held=Transaction.objects.get(), actor=ANALYST, reason_code="release_usual")
    assert 'value="Oskar Berg"' in payer.client.get(second.form).content.decode()


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


PAGES = ["pay_new", "pay", "pay_check", "payment"]


def addresses(payer: Payer) -> dict[str, str]:
    made = moved(payer.account, status="held")
    return {
        "pay_new": reverse("scoring:pay_new"),
        "pay": payer.form,
        "pay_check": payer.check,
        "payment": reverse("scoring:payment", args=[made.pk]),
        "human_review": reverse("scoring:human_review", args=[made.pk]),
    }


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
