"""Every route, for everybody: anonymous, wrong role, wrong owner, right."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from fraudsite.core.choices import Role
from fraudsite.core.models import User
from kyc.models import Capture
from tests.kyc.conftest import Traveller, jpeg

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
CUSTOMER_PAGES = [
    "overview",
    "consent",
    "consent_withdraw",
    "details",
    "document",
    "liveness",
    "submit",
    "progress",
    "result",
]
CUSTOMER_POSTS = ["liveness_renew", "retry", "human_review", "device_sighting"]
ADMIN_PAGES = ["admin:index", "admin:kyc_verification_changelist"]


@pytest.fixture(autouse=True)
def without_second_factor(settings: object) -> None:
    settings.STAFF_MFA_REQUIRED = False  # type: ignore[attr-defined]  # tested in tests/core


@pytest.fixture
def traveller(carla: User, as_user: Callable[[User], Client]) -> Traveller:
    return Traveller(as_user(carla), carla)


@pytest.mark.parametrize("name", CUSTOMER_PAGES)
def test_customer_pages(
    name: str, client: Client, carla: User, anna: User, as_user: Callable[[User], Client]
) -> None:
    address = reverse(f"kyc:{name}")

    assert client.get(address).url.startswith(LOGIN)
    assert as_user(anna).get(address).url == "/"
    assert as_user(carla).get(address).status_code in {200, 302}


@pytest.mark.parametrize("name", CUSTOMER_POSTS)
def test_customer_posts(
    name: str, client: Client, carla: User, anna: User, as_user: Callable[[User], Client]
) -> None:
    address = reverse(f"kyc:{name}")

    assert client.post(address).url.startswith(LOGIN)
    assert as_user(anna).post(address).url == "/"
    assert as_user(carla).get(address).status_code == 405
    assert as_user(carla).post(address).status_code in {204, 302}


@pytest.mark.parametrize("name", CUSTOMER_POSTS)
def test_posts_without_a_token_are_refused(name: str, carla: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(carla, backend="fraudsite.core.backends.RoleBackend")

    assert client.post(reverse(f"kyc:{name}")).status_code == 403


@pytest.mark.parametrize("name", ADMIN_PAGES)
@pytest.mark.parametrize(
    ("role", "is_let_in"),
    [
        (Role.CUSTOMER, False),
        (Role.ANALYST, True),
        (Role.SENIOR_ANALYST, True),
        (Role.RISK_MANAGER, True),
        (Role.AUDITOR, True),
        (Role.ADMINISTRATOR, True),
    ],
)
def test_staff_pages(
    name: str,
    role: str,
    is_let_in: bool,
    make_user: Callable[..., User],
    as_user: Callable[[User], Client],
) -> None:
    client = as_user(make_user("somebody@example.com", role))

    assert (client.get(reverse(name)).status_code == 200) is is_let_in


@pytest.mark.parametrize("name", ADMIN_PAGES)
def test_staff_pages_send_strangers_to_the_log_in(name: str, client: Client) -> None:
    assert client.get(reverse(name), follow=True).request["PATH_INFO"] == LOGIN


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.CUSTOMER, 302), (Role.RISK_MANAGER, 404), (Role.ANALYST, 200), (Role.AUDITOR, 404)],
)
def test_evidence_pictures(
    traveller: Traveller,
    role: str,
    status: int,
    make_user: Callable[..., User],
    as_user: Callable[[User], Client],
) -> None:
    traveller.reaches_capture()
    traveller.uploads(jpeg())
    capture = Capture.objects.get()
    address = reverse("admin:kyc_verification_capture", args=[capture.verification_id, capture.pk])

    assert as_user(make_user("somebody@example.com", role)).get(address).status_code == status


@pytest.mark.parametrize("path", ["/health", "/healthz"])
def test_health_needs_nobody(path: str, client: Client) -> None:
    assert client.get(path).json() == {"status": "alive"}


def test_every_onboarding_route_is_in_one_of_these_tables() -> None:
    tested = {*CUSTOMER_PAGES, *CUSTOMER_POSTS, "capture", "own_capture"}

    assert set(_names(get_resolver(), "kyc")) == tested


def _names(resolver: URLResolver, namespace: str) -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            if entry.namespace == namespace:
                yield from (p.name for p in entry.url_patterns if isinstance(p, URLPattern))
            else:
                yield from _names(entry, namespace)
