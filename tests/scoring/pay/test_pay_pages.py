"""A customer's way through the payment's pages, over HTTP and without a script."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from django.test import Client

from fraudsite.core.actors import Actor
from fraudsite.core.models import User
from scoring.features import SCHEMA
from scoring.ml.reasons import Reason
from scoring.models import Decision
from scoring.views.payment_form import amount_read
from scoring.views.payment_words import GENERIC_HELD, payment_words
from tests.scoring.judges import Judge
from tests.scoring.pay.payer import Payer, nothing_was_paid, words_of
from tests.transactions.accounts import moved
from transactions.models import Account, Transaction
from transactions.services.holds import transaction_refuse, transaction_release

pytestmark = pytest.mark.django_db

ANALYST = Actor.system("test")


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
