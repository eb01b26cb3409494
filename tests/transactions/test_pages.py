"""A customer's accounts over HTTP."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fraudsite.core.actors import Actor
from fraudsite.core.models import User
from kyc.choices import VerificationStatus
from kyc.models import Customer, Verification
from kyc.services.customers import customer_of_user
from tests.transactions.accounts import account_of, moved, verified
from transactions.choices import TransactionStatus
from transactions.forms import months_between
from transactions.models import Account
from transactions.selectors import WeekFlow, weekly_flow
from transactions.services.holds import transaction_refuse, transaction_release
from transactions.views.history_chart import HALF_HEIGHT, flow_chart

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
OVERVIEW = "/money/"
ANNA = Actor.system("test")


@pytest.fixture(autouse=True)
def at_noon() -> None:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def without_second_factor(settings: object) -> None:
    settings.STAFF_MFA_REQUIRED = False  # type: ignore[attr-defined]  # tested in tests/core


@pytest.fixture
def carla(db: None) -> User:
    """A customer; signed in here without a password, which takes long to hash."""
    return User.objects.create_user(email="carla@example.com", password=None)


@pytest.fixture
def account(carla: User) -> Account:
    return account_of(verified(carla))


@pytest.fixture
def at_home(carla: User, as_user: Callable[[User], Client]) -> Client:
    return as_user(carla)


def page_of(account: Account) -> str:
    return reverse("transactions:account", args=[account.pk])


def text_of(client: Client, address: str) -> str:
    """Return a page's words, with one space between them."""
    body = client.get(address).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", body).replace("\N{NO-BREAK SPACE}", " ").split())


def names_in(client: Client, address: str) -> list[str]:
    """Return whom a history names, in its order."""
    body = client.get(address).content.decode()
    return re.findall(r'class="moves__name"[^>]*>([^<]*)<', body)


@pytest.mark.parametrize("address", [OVERVIEW, None])
def test_only_customers_have_accounts_to_look_at(
    address: str | None,
    account: Account,
    client: Client,
    anna: User,
    at_home: Client,
    as_user: Callable[[User], Client],
) -> None:
    address = address or page_of(account)

    assert client.get(address).url == f"/accounts/login/?next={address}"
    assert as_user(anna).get(address).url == "/"
    assert at_home.get(address).status_code == 200
    assert at_home.post(address).status_code == 405
    assert "no-store" in at_home.get(address).headers["Cache-Control"]


def test_somebody_elses_account_does_not_exist(
    account: Account, make_user: Callable[..., User], as_user: Callable[[User], Client]
) -> None:
    other = as_user(make_user("oskar@example.com"))

    assert other.get(page_of(account)).status_code == 404
    assert other.get(reverse("transactions:account", args=[uuid.uuid4()])).status_code == 404


def test_the_overview_shows_balances_and_what_moved_last(account: Account, at_home: Client) -> None:
    savings = account_of(account.customer, "20000002", kind="savings", balance_minor=1)
    moved(account, "Corner Market", 1_250, at=NOW - timedelta(days=2))
    moved(savings, "Employer", 200_000, kind="deposit", at=NOW - timedelta(days=1))

    shown = text_of(at_home, OVERVIEW)

    assert "1,000.00 EUR" in shown
    assert "1000 0001" in shown
    assert "0.01 EUR" in shown
    assert shown.index("+2,000.00 EUR") < shown.index("−12.50 EUR")
    assert "Verify" not in shown
    assert "Make a payment" in shown


def test_an_account_kept_elsewhere_shows_no_balance_and_pays_nothing(
    carla: User, at_home: Client
) -> None:
    account_of(verified(carla), "acc_7", keeps_balance=False, balance_minor=0)

    shown = text_of(at_home, OVERVIEW)

    assert "The balance is kept elsewhere" in shown
    assert "0.00" not in shown
    assert "Make a payment" not in shown


def test_a_customer_without_an_account_is_told_so(at_home: Client) -> None:
    assert "You have no account yet" in text_of(at_home, OVERVIEW)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (None, "Verify your identity to pay"),
        (VerificationStatus.COLLECTING, "Verify your identity to pay"),
        (VerificationStatus.IN_REVIEW, "Your identity is being checked"),
        (VerificationStatus.DECLINED, "You cannot pay"),
    ],
)
def test_who_is_not_verified_may_look_and_is_told_what_to_do(
    status: str | None, words: str, carla: User, at_home: Client
) -> None:
    customer = customer_of_user(carla)
    account_of(customer)
    if status:
        Verification.objects.create(customer=customer, status=status)

    shown = text_of(at_home, OVERVIEW)

    assert words in shown
    assert "1,000.00 EUR" in shown
    assert "Make a payment" not in shown
    assert reverse("kyc:overview") in at_home.get(OVERVIEW).content.decode()


def test_news_say_what_happened_and_what_happens_next(account: Account, at_home: Client) -> None:
    held = moved(account, "Oskar", 90_000, status=TransactionStatus.HELD)

    shown = text_of(at_home, OVERVIEW)
    assert "We are checking: 900.00 EUR to Oskar" in shown
    assert "usually within a working day" in shown

    transaction_refuse(held=held, actor=ANNA, reason_code="refuse_fraud")
    shown = text_of(at_home, OVERVIEW)
    assert "Not carried out: 900.00 EUR to Oskar" in shown
    assert "The money is back in your account." in shown
    assert "1,900.00 EUR" in shown
    assert "fraud" not in shown.lower()


def test_released_money_is_news_and_history(account: Account, at_home: Client) -> None:
    held = moved(account, "Oskar", 90_000, status=TransactionStatus.HELD)
    assert "Being checked" in text_of(at_home, page_of(account))

    transaction_release(held=held, actor=ANNA, reason_code="release_customer_confirmed")

    assert "Carried out: 900.00 EUR to Oskar" in text_of(at_home, OVERVIEW)
    assert "Paid after a check" in text_of(at_home, page_of(account))


def test_old_news_are_no_news_unless_they_still_wait(account: Account, at_home: Client) -> None:
    long_ago = NOW - timedelta(days=31)
    moved(account, "Old Refusal", status=TransactionStatus.REFUSED, at=long_ago)
    moved(account, "Old Wait", status=TransactionStatus.HELD, at=long_ago)

    shown = text_of(at_home, OVERVIEW)

    assert "to Old Wait" in shown
    assert "to Old Refusal" not in shown


def test_names_are_shown_as_text(account: Account, at_home: Client) -> None:
    moved(account, "<b>Bold & Sons</b>", status=TransactionStatus.HELD)

    body = at_home.get(OVERVIEW).content.decode()

    assert "<b>Bold" not in body
    assert "&lt;b&gt;Bold &amp; Sons&lt;/b&gt;" in body


def test_the_history_is_paged_without_gaps_and_repeats(account: Account, at_home: Client) -> None:
    # Ten share a moment, as rows of a loaded history do.
    for number in range(60):
        moved(account, f"Shop {number:02}", at=NOW - timedelta(days=number // 10))

    address: str | None = page_of(account)
    seen: list[str] = []
    while address:
        page = at_home.get(address)
        seen += names_in(at_home, address)
        address = (
            page_of(account) + page.context["next_query"] if page.context["next_query"] else None
        )

    assert len(seen) == 60
    assert len(set(seen)) == 60
    assert [int(name[5:]) // 10 for name in seen] == sorted(number // 10 for number in range(60))


def test_the_history_is_filtered_by_name_kind_and_month(account: Account, at_home: Client) -> None:
    moved(account, "Corner Market", at=NOW - timedelta(days=40))
    moved(account, "Corner Market", at=NOW)
    moved(account, "Employer", kind="deposit", at=NOW)

    def shown(query: str) -> list[str]:
        return names_in(at_home, f"{page_of(account)}?{query}")

    assert shown("q=corner") == ["Corner Market", "Corner Market"]
    assert shown("q=corner&month=2026-10") == ["Corner Market"]
    assert shown("kind=deposit") == ["Employer"]
    assert shown("q=nobody") == []
    assert "Nothing fits" in text_of(at_home, f"{page_of(account)}?q=nobody")


@pytest.mark.parametrize(
    "query",
    [
        "month=2026-99",
        "month=x",
        "kind=gift",
        "before=x",
        "before=01a1fd76-2a55-763a-9a70-a424fe36df0c",
        "q=%00",
    ],
)
def test_nonsense_in_the_address_shows_the_history(
    query: str, account: Account, at_home: Client
) -> None:
    moved(account)

    assert names_in(at_home, f"{page_of(account)}?{query}") == ["Corner Market"]


def test_another_accounts_transaction_is_no_place_in_this_ones_history(
    account: Account, at_home: Client
) -> None:
    savings = account_of(account.customer, "20000002")
    elsewhere = moved(savings, "Elsewhere", at=NOW - timedelta(days=9))
    moved(account, "Here", at=NOW)

    assert names_in(at_home, f"{page_of(account)}?before={elsewhere.pk}") == ["Here"]


def test_weeks_count_what_settled_in_the_accounts_currency(account: Account) -> None:
    moved(account, amount_minor=1_000, at=NOW)
    moved(account, amount_minor=500, kind="deposit", at=NOW - timedelta(days=7))
    moved(account, amount_minor=7, status=TransactionStatus.HELD, at=NOW)
    moved(account, amount_minor=9, status=TransactionStatus.DECLINED, at=NOW)
    moved(account, amount_minor=11, at=NOW - timedelta(days=21))

    weeks = weekly_flow(account, weeks=3, today=NOW.date())

    assert [(f"{week.monday:%m-%d}", week.in_minor, week.out_minor) for week in weeks] == [
        ("11-02", 0, 0),
        ("11-09", 500, 0),
        ("11-16", 0, 1_000),
    ]


def test_the_chart_is_one_scale_for_both_ways_and_a_table(
    account: Account, at_home: Client
) -> None:
    moved(account, amount_minor=1_000, at=NOW)
    moved(account, amount_minor=2_000, kind="deposit", at=NOW)

    chart = flow_chart([WeekFlow(NOW.date(), 2_000, 1_000), WeekFlow(NOW.date(), 0, 1)], "EUR")

    assert [bar.height for bar in chart.incoming] == [HALF_HEIGHT]
    assert [bar.height for bar in chart.outgoing] == [HALF_HEIGHT / 2, 1.0]
    assert {bar.y for bar in chart.outgoing} == {HALF_HEIGHT}
    shown = text_of(at_home, page_of(account))
    assert "20.00 EUR came in, 10.00 EUR went out" in shown
    assert "Week of In (EUR) Out (EUR)" in shown
    assert "16 Nov 2026 20.00 10.00" in shown


def test_an_account_on_which_nothing_moved_has_no_chart(account: Account, at_home: Client) -> None:
    assert flow_chart([WeekFlow(NOW.date(), 0, 0)], "EUR") is None
    assert "Nothing has moved on this account yet" in text_of(at_home, page_of(account))


def test_months_go_back_three_years_at_most() -> None:
    months = months_between(datetime(2015, 1, 1, tzinfo=UTC).date(), NOW.date())

    assert (len(months), months[0].isoformat(), months[-1].isoformat()) == (
        36,
        "2026-11-01",
        "2023-12-01",
    )


@pytest.mark.parametrize("place", ["overview", "account"])
def test_pages_ask_the_database_as_often_for_much_as_for_little(
    place: str, account: Account, at_home: Client
) -> None:
    address = OVERVIEW if place == "overview" else page_of(account)
    moved(account, "First", status=TransactionStatus.HELD)
    at_home.get(address)
    with CaptureQueriesContext(
        connection,
    ) as few:
        at_home.get(address)
    for number in range(30):
        moved(account, f"Shop {number}", status=TransactionStatus.HELD)
        account_of(account.customer, f"3{number:07}")

    with CaptureQueriesContext(connection) as many:
        at_home.get(address)

    assert len(many) == len(few) <= 14


def test_the_front_page_leads_customers_to_what_is_next(carla: User, at_home: Client) -> None:
    before = text_of(at_home, "/")
    assert not Customer.objects.exists()
    verified(carla)

    after = text_of(at_home, "/")

    assert "Continue Your accounts" in before
    assert "Your accounts Make a payment" in after
    assert "Continue" not in after
