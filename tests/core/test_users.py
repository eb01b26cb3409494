from __future__ import annotations

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.test import RequestFactory

from fraudsite.core.actors import Actor
from fraudsite.core.backends import RoleBackend
from fraudsite.core.choices import ActorKind, Role, WorkspaceKind
from fraudsite.core.models import User, Workspace
from fraudsite.core.roles import ROLE_PERMISSIONS, role_permits, role_permits_app

PERMISSIONS = {
    # permission: the roles that hold it
    "kyc.view_verification": {"analyst", "senior_analyst", "risk_manager", "auditor"},
    "kyc.decide_verification": {"analyst", "senior_analyst"},
    "kyc.reveal_customer": {"analyst", "senior_analyst"},
    "kyc.reveal_evidence": {"analyst", "senior_analyst"},
    "kyc.overrule_verification": {"senior_analyst"},
    "kyc.erase_customer": {"senior_analyst"},
    "kyc.delete_verification": set(),
    "core.view_auditentry": {"senior_analyst", "risk_manager", "auditor"},
    "core.change_user": set(),
    "scoring.promote_model": {"risk_manager"},
    "anything.view_it": {"auditor"},
}


@pytest.mark.parametrize("permission", sorted(PERMISSIONS))
@pytest.mark.parametrize("role", Role.values)
@pytest.mark.django_db
def test_a_role_holds_exactly_what_the_table_says(role: str, permission: str) -> None:
    user = User.objects.create_user(f"{role}@example.org", role=role)

    expected = role in PERMISSIONS[permission] or role == Role.ADMINISTRATOR
    assert user.has_perm(permission) is expected
    assert role_permits(role, permission) is expected


def test_every_role_has_its_row_and_an_unknown_one_holds_nothing() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role.values)
    assert not role_permits("janitor", "kyc.view_verification")
    assert not role_permits_app("janitor", "kyc")


@pytest.mark.django_db
def test_an_auditor_holds_no_permission_that_changes_anything(anna: User) -> None:
    anna.role = Role.AUDITOR
    held = RoleBackend().get_all_permissions(anna)

    assert "core.view_auditentry" in held
    assert {permission.split(".")[1].split("_")[0] for permission in held} == {"view"}


@pytest.mark.django_db
def test_an_inactive_user_holds_nothing(anna: User) -> None:
    anna.is_active = False

    assert not anna.has_perm("kyc.view_verification")
    assert not anna.has_module_perms("kyc")
    assert RoleBackend().get_all_permissions(anna) == set()


@pytest.mark.parametrize(
    ("role", "is_staff", "is_superuser"),
    [
        (Role.CUSTOMER, False, False),
        (Role.ANALYST, True, False),
        (Role.SENIOR_ANALYST, True, False),
        (Role.RISK_MANAGER, True, False),
        (Role.AUDITOR, True, False),
        (Role.ADMINISTRATOR, True, True),
    ],
)
def test_staff_is_every_role_but_customer(role: Role, is_staff: bool, is_superuser: bool) -> None:
    user = User(role=role)

    assert (user.is_staff, user.is_superuser) == (is_staff, is_superuser)


@pytest.mark.django_db
def test_modules_open_to_those_who_hold_anything_in_them(anna: User, carl: User) -> None:
    assert anna.has_module_perms("kyc")
    assert not anna.has_module_perms("core")
    assert anna.has_perms(["kyc.view_verification", "kyc.decide_verification"])
    assert not anna.has_perms(["kyc.view_verification", "kyc.erase_customer"])
    assert not carl.has_module_perms("kyc")


@pytest.mark.django_db
def test_addresses_are_kept_in_lower_case_and_logged_in_with_in_any(anna: User) -> None:
    berta = User.objects.create_user("  Berta@Example.ORG ", "a long enough password")

    assert berta.email == "berta@example.org"
    assert User.objects.get_by_natural_key("BERTA@example.org") == berta
    request = RequestFactory().post("/")
    assert authenticate(request, email="Berta@example.org", password="wrong") is None
    found = authenticate(request, email="Berta@example.org", password="a long enough password")
    assert found == berta
    assert berta.password.startswith("argon2$argon2id$")


@pytest.mark.django_db
def test_the_database_refuses_upper_case_addresses_and_unknown_roles(carl: User) -> None:
    with pytest.raises(IntegrityError, match="core_user_email_is_lower_case"), transaction.atomic():
        User.objects.create(email="Dora@example.org")
    with pytest.raises(IntegrityError, match="core_user_role_is_known"), transaction.atomic():
        User.objects.create(email="dora@example.org", role="janitor")
    with pytest.raises(IntegrityError, match="email"), transaction.atomic():
        User.objects.create_user("CARL@example.org")
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_a_user_without_an_address_is_refused() -> None:
    with pytest.raises(ValueError, match="needs an e-mail address"):
        User.objects.create_user(" ")


@pytest.mark.django_db
def test_djangos_command_makes_an_administrator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a long enough password")

    call_command("createsuperuser", "--noinput", "--email", "Root@example.org", verbosity=0)

    root = User.objects.get()
    assert (root.email, root.role, root.has_usable_password()) == (
        "root@example.org",
        Role.ADMINISTRATOR,
        True,
    )


@pytest.mark.django_db
def test_an_actor_is_an_id_and_a_role_never_an_address(anna: User) -> None:
    assert Actor.of_user(anna) == Actor(kind=ActorKind.USER, id=str(anna.pk), label="analyst")
    assert "@" not in repr(Actor.of_user(anna))


@pytest.mark.django_db
def test_there_is_one_default_workspace_of_each_kind() -> None:
    live, sandbox = Workspace.objects.live(), Workspace.objects.sandbox()

    assert (live.kind, sandbox.kind) == (WorkspaceKind.LIVE, WorkspaceKind.SANDBOX)
    assert Workspace.objects.live() == live
    assert Workspace.objects.count() == 2
    with pytest.raises(IntegrityError, match="one_default_per_kind"), transaction.atomic():
        Workspace.objects.create(name="Second", kind=WorkspaceKind.LIVE, is_default=True)


@pytest.mark.django_db(transaction=True)
def test_the_migration_makes_the_default_workspaces_and_spares_existing_ones() -> None:
    Workspace.objects.all().delete()
    mine = Workspace.objects.create(name="Mine", kind=WorkspaceKind.LIVE, is_default=True)

    executor = MigrationExecutor(connection)
    executor.migrate([("core", "0002_append_only_triggers")])
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())

    assert set(Workspace.objects.values_list("name", "kind", "is_default")) == {
        ("Mine", "live", True),
        ("Sandbox", "sandbox", True),
    }
    assert Workspace.objects.live() == mine
