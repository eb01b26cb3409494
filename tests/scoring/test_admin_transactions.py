"""The staff pages of transactions: what each role sees and may do."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from fraudsite.core.actors import Actor
from fraudsite.core.choices import Role
from fraudsite.core.models import AuditEntry, OutboxEvent, StatusChange, User
from scoring.choices import DecisionOutcome
from scoring.models import ModelVersion, Rule, RuleVersion
from scoring.services.reviews import review_state
from tests.scoring.decided import NOW, a_customer, a_transaction, an_account, decide
from transactions.choices import MerchantKind, TransactionStatus
from transactions.models import Card, Label, Merchant, Transaction
from transactions.services.holds import transaction_release
from transactions.services.labels import label_record

pytestmark = pytest.mark.django_db
S, D = TransactionStatus, DecisionOutcome
LIST = "admin:transactions_transaction_changelist"


@pytest.fixture(autouse=True)
def without_second_factor(settings: object) -> None:
    # The second factor has tests of its own in tests/core.
    settings.STAFF_MFA_REQUIRED = False  # type: ignore[attr-defined]  # pytest-django


@pytest.fixture
def held() -> Transaction:
    customer = a_customer("user-1")
    row = a_transaction(customer, account=an_account(customer, 100_00), amount_minor=120_00)
    decide(row)
    return row


def page_of(row: Transaction) -> str:
    return reverse("admin:transactions_transaction_change", args=[row.pk])


def send(client: Client, row: Transaction, name: str, **form: str) -> HttpResponse:
    address = reverse(f"admin:transactions_transaction_{name}", args=[row.pk])
    return client.post(address, {"seen": review_state(row), **form}, follow=True)


def release(client: Client, row: Transaction, **form: str) -> HttpResponse:
    told = {"act": "release", "reason": "release_customer_confirmed", **form}
    return send(client, row, "decide", **told)


def call_fraud(client: Client, row: Transaction, **form: str) -> HttpResponse:
    return send(client, row, "label", **{"act": "fraud", "reason": "fraud_card_stolen", **form})


def untouched(row: Transaction) -> bool:
    row.refresh_from_db()
    return row.status == S.HELD and not StatusChange.objects.exists() and not Label.objects.exists()


@pytest.mark.parametrize(
    ("role", "list_status", "page_status", "decides", "labels"),
    [
        (None, 302, 302, False, False),
        (Role.CUSTOMER, 302, 302, False, False),
        (Role.ANALYST, 200, 200, True, True),
        (Role.SENIOR_ANALYST, 200, 200, True, True),
        (Role.RISK_MANAGER, 200, 200, False, False),
        (Role.AUDITOR, 200, 200, False, False),
        (Role.ADMINISTRATOR, 200, 200, True, True),
    ],
)
def test_who_sees_and_who_acts(
    role: str | None,
    list_status: int,
    page_status: int,
    decides: bool,
    labels: bool,
    held: Transaction,
    make_user: Callable[..., User],
    as_user: Callable[[User], Client],
) -> None:
    client = as_user(make_user("somebody@example.com", role)) if role else Client()

    page = client.get(page_of(held))
    assert client.get(reverse(LIST)).status_code == list_status
    assert page.status_code == page_status
    assert ("act-release" in page.content.decode()) is decides
    assert ("act-fraud" in page.content.decode()) is labels
    call_fraud(client, held)
    assert Label.objects.exists() is labels
    held.refresh_from_db()
    release(client, held)
    held.refresh_from_db()
    assert (held.status == S.RELEASED) is decides


@pytest.mark.parametrize("name", ["decide", "label"])
def test_a_role_that_may_not_act_gets_the_404_of_what_is_missing(
    name: str, held: Transaction, make_user: Callable[..., User], as_user: Callable[[User], Client]
) -> None:
    client = as_user(make_user("otto@example.com", Role.AUDITOR))
    forbidden = reverse(f"admin:transactions_transaction_{name}", args=[held.pk])
    missing = reverse(f"admin:transactions_transaction_{name}", args=[uuid.uuid4()])

    assert client.post(forbidden).status_code == client.post(missing).status_code == 404


def test_the_page_explains_the_decision(
    held: Transaction, anna: User, as_user: Callable[[User], Client]
) -> None:
    model = ModelVersion.objects.create(version="2026-11-21.1", is_demo=True)
    rule = Rule.objects.create(id="velocity", title="Velocity")
    RuleVersion.objects.create(rule=rule, number=3, expression="amount > 1", effect="review")
    row = a_transaction(held.customer, ip_address="203.0.113.77", device_reference="device-7f3a9")
    decide(
        row,
        D.DECLINE,
        model=model,
        causes=[{"code": "rule_hit", "text": "Far more transactions than a person makes."}],
        notes=[{"code": "demo_model", "text": "The model learned from generated data."}],
        shadow_outcome=D.REVIEW,
        factors=[
            {
                "code": "amount_vs_habit",
                "text": "Amount is 9 times the usual.",
                "contribution": 2.0,
            },
            {"code": "device_new", "text": "First payment from this device.", "contribution": 0.5},
            {"code": "tenure", "text": "A customer for two years.", "contribution": -1.0},
        ],
        rules_asked=["velocity@3", "other@1"],
        rules=[
            {
                "rule": "velocity@3",
                "outcome": "hit",
                "effect": "decline",
                "is_snoozed": False,
                "is_on_trial": False,
            }
        ],
        lists=[{"list_id": "blocked", "kind": "block", "subject": "ip"}],
    )

    page = as_user(anna).get(page_of(row))

    text = page.content.decode()
    for words in (
        "Far more transactions than a person makes.",
        "The model learned from generated data.",
        "Amount is 9 times the usual.",
        "+2.00",
        "−1.00",
        "velocity@3",
        "demo-model",
        "83.0%",
        "203.0.113.0/24",
        "…f3a9",
        "it would have been: review",
        "<strong>blocked</strong>",
    ):
        assert words in text
    assert [bar["length"] for bar in page.context["factors"]] == [100, 25, 50]
    assert [bar["is_raising"] for bar in page.context["factors"]] == [True, True, False]
    assert reverse("admin:scoring_rule_version", args=["velocity", 3]) in text


def test_nothing_personal_is_on_the_pages(
    held: Transaction, anna: User, as_user: Callable[[User], Client]
) -> None:
    payee = Merchant.objects.create(
        workspace=held.workspace,
        external_id="payee-00000042",
        name="Carla Núñez",
        kind=MerchantKind.PAYEE,
    )
    card = Card.objects.create(
        workspace=held.workspace, customer=held.customer, token="tok_secret_9876"
    )
    row = a_transaction(
        held.customer,
        merchant=payee,
        card=card,
        ip_address="203.0.113.77",
        device_reference="device-secret-1234",
        latitude=52.51999,
        longitude=13.40495,
    )
    client = as_user(anna)

    for address in (page_of(row), page_of(held), reverse(LIST)):
        text = client.get(address).content.decode()
        for secret in ("Núñez", "tok_secret", "203.0.113.77", "device-secret", "52.51999"):
            assert secret not in text
    text = client.get(page_of(row)).content.decode()
    assert "52.5°, 13.4°" in text
    assert "Payee …0042" in text


def test_a_release_is_recorded_audited_and_published(
    held: Transaction, anna: User, as_user: Callable[[User], Client]
) -> None:
    page = release(as_user(anna), held)

    held.refresh_from_db()
    assert held.status == S.RELEASED
    assert f"Transaction {held.reference} is released." in page.content.decode()
    assert "The customer confirmed it" in page.content.decode()
    change = StatusChange.objects.get()
    assert (change.actor_id, change.reason_code) == (str(anna.pk), "release_customer_confirmed")
    assert AuditEntry.objects.filter(action="transactions.transaction.released").count() == 1
    assert OutboxEvent.objects.filter(kind="transactions.transaction.released").count() == 1


def test_refused_money_returns(
    held: Transaction, anna: User, as_user: Callable[[User], Client]
) -> None:
    send(as_user(anna), held, "decide", act="refuse", reason="refuse_fraud")

    held.refresh_from_db()
    assert held.status == S.REFUSED
    assert held.account.balance_minor == 100_00 + 120_00


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"reason": ""}, "Choose a reason that fits."),
        ({"reason": "refuse_fraud"}, "Choose a reason that fits."),
        ({"act": "forget"}, "Choose one of release, refuse."),
        ({"seen": "held:99"}, "has moved on since you opened it"),
    ],
)
def test_a_decision_that_does_not_fit_changes_nothing(
    held: Transaction,
    anna: User,
    as_user: Callable[[User], Client],
    changes: dict[str, str],
    sentence: str,
) -> None:
    page = release(as_user(anna), held, **changes)

    assert sentence in page.content.decode()
    assert untouched(held)


def test_the_second_of_two_analysts_is_told_and_undoes_nothing(
    held: Transaction, anna: User, as_user: Callable[[User], Client]
) -> None:
    seen = review_state(held)
    transaction_release(
        held=Transaction.objects.get(pk=held.pk), actor=Actor.system("bert"), reason_code="x"
    )

    page = send(as_user(anna), held, "decide", act="refuse", reason="refuse_fraud", seen=seen)

    held.refresh_from_db()
    assert "has moved on since you opened it" in page.content.decode()
    assert (held.status, StatusChange.objects.count()) == (S.RELEASED, 1)


def test_a_label_that_came_meanwhile_makes_a_release_stale(
    held: Transaction, anna: User, as_user: Callable[[User], Client]
) -> None:
    seen = review_state(held)
    label_record(labelled=held, is_fraud=True, source="chargeback", actor=Actor.system("bank"))

    page = release(as_user(anna), held, seen=seen)

    held.refresh_from_db()
    assert "has moved on since you opened it" in page.content.decode()
    assert held.status == S.HELD


def test_what_is_not_held_is_not_decided(anna: User, as_user: Callable[[User], Client]) -> None:
    row = a_transaction(a_customer())
    decide(row, D.DECLINE)
    client = as_user(anna)

    page = release(client, row)

    row.refresh_from_db()
    assert "can be neither released nor refused" in page.content.decode()
    assert row.status == S.DECLINED
    assert "act-release" not in client.get(page_of(row)).content.decode()


def test_a_label_is_kept_with_who_said_it_and_shown(
    held: Transaction, anna: User, as_user: Callable[[User], Client]
) -> None:
    client = as_user(anna)
    call_fraud(client, held)
    page = send(client, held, "label", act="honest", reason="honest_checked")

    labels = list(Label.objects.order_by("id").values_list("is_fraud", "source", "reason_code"))
    assert labels == [
        (True, "analyst", "fraud_card_stolen"),
        (False, "analyst", "honest_checked"),
    ]
    assert AuditEntry.objects.filter(action="transaction.labelled", actor_id=anna.pk).count() == 2
    text = page.content.decode()
    assert "Checked and found in order" in text
    assert "Card or its data stolen" in text
    assert text.index("Checked and found in order") < text.index(">counts<")


def test_nobody_reviews_their_own_transaction(
    anna: User, as_user: Callable[[User], Client]
) -> None:
    row = a_transaction(a_customer(user=anna))
    decide(row)
    client = as_user(anna)

    assert "act-release" not in client.get(page_of(row)).content.decode()
    page = release(client, row)
    call_fraud(client, row)

    assert "Nobody reviews their own transaction." in page.content.decode()
    assert untouched(row)


def test_forms_without_a_token_are_refused(held: Transaction, anna: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(anna, backend="fraudsite.core.backends.RoleBackend")
    address = reverse("admin:transactions_transaction_decide", args=[held.pk])

    assert client.post(address, {"act": "release"}).status_code == 403
    assert untouched(held)


def test_asking_by_get_decides_nothing(
    held: Transaction, anna: User, as_user: Callable[[User], Client]
) -> None:
    for name in ("decide", "label"):
        address = reverse(f"admin:transactions_transaction_{name}", args=[held.pk])
        assert as_user(anna).get(address, {"act": "release"}).url == page_of(held)
    assert untouched(held)


def test_factors_of_a_clear_approval_are_worked_out_on_request(
    anna: User, as_user: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = a_transaction(a_customer())
    decide(row, D.APPROVE, model=ModelVersion.objects.create(version="1"), score=0.01)
    client = as_user(anna)
    assert "Explain the score" in client.get(page_of(row)).content.decode()
    factor = {"code": "tenure", "text": "A customer for two years.", "contribution": -1.0}
    monkeypatch.setattr("scoring.services.explain.decision_factors", lambda _decision: [factor])

    page = client.get(page_of(row), {"explain": "1"})

    assert "A customer for two years." in page.content.decode()
    assert "Explain the score" not in page.content.decode()


def test_a_score_whose_model_is_gone_is_said_to_be_lost(
    anna: User, as_user: Callable[[User], Client]
) -> None:
    row = a_transaction(a_customer())
    gone = ModelVersion.objects.create(version="1", folder="nowhere", manifest_sha256="0" * 64)
    decide(row, D.APPROVE, model=gone, score=0.01)

    page = as_user(anna).get(page_of(row), {"explain": "1"})

    assert "cannot be explained any more" in page.content.decode()


def test_history_that_nobody_judged_is_shown_as_such(
    anna: User, as_user: Callable[[User], Client]
) -> None:
    row = a_transaction(a_customer())

    text = as_user(anna).get(page_of(row)).content.decode()

    assert "nobody judged it here" in text
    assert "There is no score to explain." in text


@pytest.mark.parametrize(
    ("term", "finds"),
    [
        ("order-own", 1),
        ("ORDER-OWN", 0),
        ("order", 0),
        ("user-9", 2),
        ("{customer}", 2),
        ("{handle}", 2),
        ("{key}", 1),
        ("  ", 3),
        ("' OR 1=1", 0),
    ],
)
def test_search_finds_whole_ids_only(
    term: str, finds: int, anna: User, as_user: Callable[[User], Client]
) -> None:
    customer = a_customer("user-9")
    row = a_transaction(customer, external_id="order-own")
    a_transaction(customer)
    a_transaction(a_customer())
    words = term.format(customer=customer.pk, handle=customer.reference, key=row.pk)

    page = as_user(anna).get(reverse(LIST), {"q": words})

    assert len(page.context["cl"].result_list) == finds


@pytest.mark.parametrize(
    ("filtered", "finds"),
    [
        ({"status__exact": "held"}, 1),
        ({"decision__outcome__exact": "decline"}, 1),
        ({"kind__exact": "transfer"}, 1),
        ({"channel__exact": "pos"}, 0),
    ],
)
def test_the_list_can_be_filtered(
    filtered: dict[str, str], finds: int, anna: User, as_user: Callable[[User], Client]
) -> None:
    customer = a_customer()
    decide(a_transaction(customer))
    decide(a_transaction(customer, kind="transfer"), D.DECLINE)

    page = as_user(anna).get(reverse(LIST), filtered)

    assert page.status_code == 200
    assert len(page.context["cl"].result_list) == finds


def test_queries_do_not_grow_with_the_rows(
    anna: User,
    as_user: Callable[[User], Client],
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    customer = a_customer()
    for number in range(12):
        row = a_transaction(customer, occurred_at=NOW - timedelta(hours=number + 1))
        decide(row)
        label_record(labelled=row, is_fraud=True, source="analyst", actor=Actor.system("test"))
    client = as_user(anna)

    with django_assert_max_num_queries(9):  # type: ignore[attr-defined]  # a context manager
        assert len(client.get(reverse(LIST)).context["cl"].result_list) == 12
    with django_assert_max_num_queries(9):  # type: ignore[attr-defined]  # a context manager
        page = client.get(page_of(row))
    assert len(page.context["recent"]) == 10


def test_the_list_never_counts_to_the_end(
    anna: User, as_user: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("transactions.admin.paging.MAX_COUNTED", 3)
    customer = a_customer()
    rows = [a_transaction(customer) for _ in range(5)]

    page = as_user(anna).get(reverse(LIST))

    assert page.context["cl"].result_count == 3
    shown = [row.pk for row in page.context["cl"].result_list]
    assert shown[:3] == [row.pk for row in reversed(rows)][:3]
