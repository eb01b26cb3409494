from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client, RequestFactory
from django.urls import reverse

from fraudsite.core.account_adapter import AccountAdapter
from fraudsite.core.choices import Role
from fraudsite.core.models import AuditEntry, User
from tests.core.conftest import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_cache")]


def sign_up(client: Client, email: str, **extra: str) -> Any:
    form = {"email": email, "password1": PASSWORD, "password2": PASSWORD, **extra}
    return client.post(reverse("account_signup"), form)


def test_signing_up_makes_a_customer_whatever_the_form_contained(client: Client) -> None:
    response = sign_up(
        client, "Dora@Example.org", role="administrator", is_staff="on", is_superuser="on"
    )

    assert response.status_code == 302
    dora = User.objects.get()
    assert (dora.email, dora.role, dora.is_staff) == ("dora@example.org", Role.CUSTOMER, False)
    assert dora.check_password(PASSWORD)


def test_with_mandatory_confirmation_a_taken_address_answers_like_a_free_one(
    client: Client, carl: User, settings: Any
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"

    taken = sign_up(client, "CARL@example.org")
    free = sign_up(Client(), "dora@example.org")

    assert (taken.status_code, taken["Location"]) == (free.status_code, free["Location"])
    assert User.objects.filter(email="carl@example.org").count() == 1
    assert sorted(message.to[0] for message in mail.outbox) == [carl.email, "dora@example.org"]


def test_a_wrong_password_and_an_unknown_address_get_the_same_words(
    client: Client, carl: User
) -> None:
    answers = [
        client.post(reverse("account_login"), {"login": email, "password": "wrong password"})
        for email in (carl.email, "nobody@example.org")
    ]

    errors = [answer.context["form"].errors for answer in answers]
    assert errors[0] == errors[1]
    assert answers[0].status_code == answers[1].status_code == 200
    assert not AuditEntry.objects.filter(action="user.signed_in").exists()


def test_a_password_reset_answers_the_same_for_everybody(client: Client, carl: User) -> None:
    answers = [
        client.post(reverse("account_reset_password"), {"email": email})
        for email in (carl.email, "nobody@example.org")
    ]

    assert answers[0]["Location"] == answers[1]["Location"]


def test_rate_limits_count_by_the_address_our_proxies_vouch_for(settings: Any) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    request = RequestFactory().get("/", headers={"x-forwarded-for": "1.1.1.1, 203.0.113.7"})

    assert AccountAdapter().get_client_ip(request) == "203.0.113.7"


def test_the_first_administrator_can_log_in_before_any_mail_was_sent(
    db: None, client: Client, settings: Any
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    User.objects.create_superuser("root@example.org", PASSWORD)

    answer = client.post(
        reverse("account_login"), {"login": "root@example.org", "password": PASSWORD}
    )

    assert answer.status_code == 302
    assert "_auth_user_id" in client.session
