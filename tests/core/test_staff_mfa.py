from __future__ import annotations

import time
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from fraudsite.core.choices import Role
from fraudsite.core.middleware import StaffMfaMiddleware, has_second_factor
from fraudsite.core.models import AuditEntry, User
from fraudsite.core.services.data_keys import platform_key
from tests.core.conftest import PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
# When a code's thirty seconds begin.
STEP_START = 1_795_305_600

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_cache")]


@pytest.fixture(autouse=True)
def required(settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = True


@pytest.fixture
def anna(db: None) -> User:
    anna = User.objects.create_user("anna@example.org", PASSWORD, role=Role.ADMINISTRATOR)
    EmailAddress.objects.create(user=anna, email=anna.email, verified=True, primary=True)
    return anna


def code() -> str:
    """The code an authenticator app would show; each counts once, so forget that it was used."""
    cache.clear()
    return str(format_hotp_value(hotp_value(SECRET, int(time.time()) // 30)))


def sign_in(client: Client, user: User) -> Any:
    return client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})


def test_staff_without_an_authenticator_is_sent_to_set_one_up(client: Client, anna: User) -> None:
    sign_in(client, anna)

    for name in ("admin:index", "account_email", "mfa_view_recovery_codes"):
        response = client.get(reverse(name))
        assert (response.status_code, response["Location"]) == (302, reverse("mfa_activate_totp"))


def test_staff_that_signs_in_with_a_code_gets_into_the_admin(client: Client, anna: User) -> None:
    TOTP.activate(anna, SECRET)

    response = sign_in(client, anna)
    assert response["Location"] == reverse("mfa_authenticate")
    assert client.get(reverse("admin:index")).status_code == 302
    assert not AuditEntry.objects.filter(action="user.signed_in").exists()
    client.post(reverse("mfa_authenticate"), {"code": code()})

    assert client.get(reverse("admin:index")).status_code == 200
    entry = AuditEntry.objects.get(action="user.signed_in")
    assert (entry.actor_id, entry.target_id) == (str(anna.pk), str(anna.pk))
    assert len(entry.request_id) == 36


def test_a_wrong_code_does_not_get_into_the_admin(client: Client, anna: User) -> None:
    TOTP.activate(anna, SECRET)
    right = code()

    sign_in(client, anna)
    client.post(reverse("mfa_authenticate"), {"code": f"{(int(right) + 1) % 10**6:06}"})

    response = client.get(reverse("admin:index"))
    assert response.status_code == 302
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(("age_s", "status"), [(-31, 302), (-30, 200), (59, 200), (60, 302)])
def test_a_code_passes_one_step_early_or_late(
    client: Client, anna: User, age_s: int, status: int
) -> None:
    TOTP.activate(anna, SECRET)
    with time_machine.travel(STEP_START, tick=False):
        shown = code()

    with time_machine.travel(STEP_START + age_s, tick=False):
        sign_in(client, anna)
        client.post(reverse("mfa_authenticate"), {"code": shown})
        assert client.get(reverse("admin:index")).status_code == status


@pytest.mark.parametrize("route", ["mfa_authenticate", "mfa_reauthenticate"])
def test_a_code_that_was_used_is_a_wrong_one_for_as_long_as_it_is_valid(
    client: Client, anna: User, route: str
) -> None:
    TOTP.activate(anna, SECRET)
    with time_machine.travel(STEP_START, tick=False):
        shown = code()
        sign_in(client, anna)
        client.post(reverse("mfa_authenticate"), {"code": shown})
        assert client.get(reverse("admin:index")).status_code == 200
    # What allauth itself remembers, and no longer than a step; the servers' clocks go on here.
    cache.delete(f"allauth.mfa.totp.used?user={anna.pk}&code={shown}")

    if route == "mfa_authenticate":
        client.logout()
        sign_in(client, anna)
    with time_machine.travel(STEP_START + 31, tick=False):
        again = client.post(reverse(route), {"code": f"{shown[:3]} {shown[3:]}"})

    assert again.status_code == 200
    assert again.context["form"].errors["code"] == ["Incorrect code."]


def test_a_session_by_password_alone_is_sent_to_enter_a_code(client: Client, anna: User) -> None:
    TOTP.activate(anna, SECRET)
    client.force_login(anna, backend="fraudsite.core.backends.RoleBackend")

    refused = client.get(reverse("admin:index"))

    again = f"{reverse('mfa_reauthenticate')}?next=%2Fadmin%2F"
    assert (refused.status_code, refused["Location"]) == (302, again)
    assert client.get(reverse("mfa_view_recovery_codes")).status_code == 302
    client.post(again, {"code": code()})
    assert client.get(reverse("admin:index")).status_code == 200


def test_whoever_sets_up_an_authenticator_may_go_on_at_once(client: Client, anna: User) -> None:
    sign_in(client, anna)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    shown = format_hotp_value(hotp_value(secret, int(time.time()) // 30))

    client.post(reverse("mfa_activate_totp"), {"code": shown})

    assert Authenticator.objects.filter(user=anna, type="totp").exists()
    assert client.get(reverse("admin:index")).status_code == 200


def test_the_secret_is_stored_encrypted(client: Client, anna: User) -> None:
    authenticator = TOTP.activate(anna, SECRET).instance

    assert SECRET not in str(authenticator.data)
    assert TOTP(authenticator).validate_code(code())
    assert platform_key().purpose == "platform"


def test_customers_need_no_second_factor(client: Client, carl: User) -> None:
    EmailAddress.objects.create(user=carl, email=carl.email, verified=True, primary=True)
    sign_in(client, carl)

    assert client.get(reverse("account_email")).status_code == 200


def test_the_demonstration_may_switch_it_off(client: Client, anna: User, settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False
    sign_in(client, anna)

    assert client.get(reverse("admin:index")).status_code == 200


def test_a_program_is_told_in_json(client: Client, anna: User) -> None:
    sign_in(client, anna)

    response = client.get(reverse("admin:index"), headers={"accept": "application/json"})

    assert response.status_code == 403
    assert response.json()["code"] == "second_factor_required"


def test_health_stays_open_to_a_signed_in_member_of_staff(client: Client, anna: User) -> None:
    sign_in(client, anna)

    assert client.get("/health").status_code == 200


def test_a_second_factor_of_somebody_else_in_the_same_session_does_not_count(
    anna: User, client: Client
) -> None:
    other = User.objects.create_user("berta@example.org", PASSWORD, role=Role.ANALYST)
    TOTP.activate(anna, SECRET)
    sign_in(client, anna)
    client.post(reverse("mfa_authenticate"), {"code": code()})
    request = RequestFactory().get("/")
    request.session = client.session

    assert has_second_factor(request, anna)
    assert not has_second_factor(request, other)


def test_visitors_pass() -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    request.resolver_match = None
    middleware = StaffMfaMiddleware(lambda _: HttpResponse())

    assert middleware.process_view(request, lambda _: HttpResponse(), (), {}) is None
    assert middleware(request).status_code == 200


def test_whoever_has_just_logged_in_is_not_asked_for_the_password_again(
    client: Client, anna: User
) -> None:
    sign_in(client, anna)
    assert client.get(reverse("mfa_activate_totp")).status_code == 200

    with time_machine.travel(time.time() + 400, tick=False):
        later = client.get(reverse("mfa_activate_totp"))

    assert (later.status_code, "reauthenticate" in later["Location"]) == (302, True)
