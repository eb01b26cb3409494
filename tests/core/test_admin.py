from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fraudsite.core.actors import Actor
from fraudsite.core.choices import Role
from fraudsite.core.models import AuditEntry, OutboxEvent, StatusChange, User, Workspace
from fraudsite.core.outbox import publish
from fraudsite.core.services.audit import audit_record, audit_seal_all
from fraudsite.core.services.users import (
    UserChangeRefused,
    user_change_role,
    user_create,
    user_set_active,
)

pytestmark = pytest.mark.django_db

PAGES = {
    # page: the roles that may open it
    "core_user": {"auditor", "administrator"},
    "core_auditentry": {"senior_analyst", "risk_manager", "auditor", "administrator"},
    "core_auditseal": {"auditor", "administrator"},
    "core_statuschange": {"senior_analyst", "risk_manager", "auditor", "administrator"},
    "core_outboxevent": {"auditor", "administrator"},
}


@pytest.fixture(autouse=True)
def without_second_factor(settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_user("root@example.org", role=Role.ADMINISTRATOR)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="fraudsite.core.backends.RoleBackend")
    return client


@pytest.mark.parametrize("page", sorted(PAGES))
@pytest.mark.parametrize("role", Role.values)
def test_each_page_opens_to_the_roles_that_may_see_it(page: str, role: str, ada: Actor) -> None:
    audit_record(actor=ada, action="a", target=None)
    audit_seal_all()
    publish(kind="parcel.sent", aggregate=Workspace.objects.live())
    client = signed_in(User.objects.create_user(f"{role}@example.org", role=role))

    status = client.get(reverse(f"admin:{page}_changelist")).status_code

    if role in PAGES[page]:
        assert status == 200
    else:
        assert status == (302 if role == Role.CUSTOMER else 403)


@pytest.mark.parametrize("page", ["core_auditentry", "core_auditseal", "core_statuschange"])
def test_even_an_administrator_changes_nothing_in_the_trail(
    page: str, root: User, ada: Actor
) -> None:
    audit_record(actor=ada, action="a", target=None)
    audit_seal_all()
    StatusChange.objects.create(target_id="7", actor_id="ada", occurred_at=timezone.now())
    pk = {
        "core_auditentry": AuditEntry.objects.get().pk,
        "core_auditseal": 1,
        "core_statuschange": StatusChange.objects.get().pk,
    }[page]
    client = signed_in(root)

    assert client.get(reverse(f"admin:{page}_change", args=[pk])).status_code == 200
    assert client.get(reverse(f"admin:{page}_add")).status_code == 403
    assert client.post(reverse(f"admin:{page}_change", args=[pk]), {}).status_code == 403
    assert client.post(reverse(f"admin:{page}_delete", args=[pk])).status_code == 403


def test_an_administrator_makes_an_account_which_is_audited(root: User) -> None:
    form = {"email": "Nina@example.org", "role": "analyst"}

    response = signed_in(root).post(reverse("admin:core_user_add"), form)

    assert response.status_code == 302
    nina = User.objects.get(email="nina@example.org")
    assert (nina.role, nina.is_active, nina.has_usable_password()) == ("analyst", True, False)
    entry = AuditEntry.objects.get(action="user.created")
    assert (entry.target_id, entry.actor_id) == (str(nina.pk), str(root.pk))
    assert entry.details == {"role": "analyst"}


def test_a_role_changed_in_the_admin_is_audited(root: User, carl: User) -> None:
    form = {"role": "auditor", "is_active": "on"}

    signed_in(root).post(reverse("admin:core_user_change", args=[carl.pk]), form)

    carl.refresh_from_db()
    assert (carl.role, carl.is_active, carl.email) == ("auditor", True, "carl@example.org")
    entry = AuditEntry.objects.get(action="user.role_changed")
    assert entry.details == {"from": "customer", "to": "auditor"}


def test_an_auditor_sees_accounts_and_changes_none(carl: User) -> None:
    client = signed_in(User.objects.create_user("olga@example.org", role=Role.AUDITOR))
    page = reverse("admin:core_user_change", args=[carl.pk])

    assert client.get(page).status_code == 200
    assert client.post(page, {"role": "administrator"}).status_code == 403

    carl.refresh_from_db()
    assert carl.role == Role.CUSTOMER


def test_the_last_administrator_can_neither_be_demoted_nor_switched_off(root: User) -> None:
    client = signed_in(root)
    form = {"role": "analyst"}

    response = client.post(reverse("admin:core_user_change", args=[root.pk]), form)

    sentences = [str(message) for message in get_messages(response.wsgi_request)]
    assert "This is the last active administrator; make another one first." in sentences
    root.refresh_from_db()
    assert (root.role, root.is_active) == (Role.ADMINISTRATOR, True)
    with pytest.raises(UserChangeRefused):
        user_set_active(user=root, is_active=False, actor=Actor.of_user(root))
    assert AuditEntry.objects.count() == 0


def test_one_of_two_administrators_can(root: User, ada: Actor) -> None:
    other = user_create(email="sam@example.org", role=Role.ADMINISTRATOR, actor=ada)

    user_change_role(user=root, role=Role.ANALYST, actor=Actor.of_user(other))

    root.refresh_from_db()
    assert root.role == Role.ANALYST


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_demote_each_other_leave_one(ada: Actor) -> None:
    for number in range(5):
        pair = [
            user_create(email=f"{name}{number}@example.org", role=Role.ADMINISTRATOR, actor=ada)
            for name in ("sam", "kim")
        ]
        barrier = Barrier(2)

        def demote(user: User, barrier: Barrier = barrier) -> str:
            try:
                barrier.wait()
                user_change_role(user=user, role=Role.ANALYST, actor=ada)
            except UserChangeRefused:
                return "refused"
            else:
                return "demoted"
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            outcomes = sorted(pool.map(demote, pair))

        assert outcomes == ["demoted", "refused"]
        assert User.objects.filter(role=Role.ADMINISTRATOR).count() == 1
        User.objects.all().delete()


def test_an_account_switched_off_is_out_with_its_next_request(anna: User, ada: Actor) -> None:
    client = signed_in(anna)
    assert client.get(reverse("admin:index")).status_code == 200

    user_set_active(user=anna, is_active=False, actor=ada)
    user_set_active(user=anna, is_active=False, actor=ada)

    assert client.get(reverse("admin:index")).status_code == 302
    assert AuditEntry.objects.filter(action="user.deactivated").count() == 1


@pytest.mark.parametrize(("role", "is_put_back"), [("administrator", True), ("auditor", False)])
def test_only_who_may_puts_dead_letters_back(role: str, is_put_back: bool) -> None:
    with transaction.atomic():
        letter = publish(kind="parcel.sent", aggregate=Workspace.objects.live())
    OutboxEvent.objects.update(dead_at=timezone.now())
    client = signed_in(User.objects.create_user("sam@example.org", role=role))

    client.post(
        reverse("admin:core_outboxevent_changelist"),
        {"action": "try_again", "_selected_action": [letter.pk]},
    )

    letter.refresh_from_db()
    assert (letter.dead_at is None) is is_put_back
    assert AuditEntry.objects.filter(action="outbox.dead_letters_retried").exists() is is_put_back
