"""Log-in by e-mail, and permissions from the role."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Model

from fraudsite.core.models import User
from fraudsite.core.roles import role_permits, role_permits_app

AnyUser = User | AnonymousUser


class RoleBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth ships no types
    """allauth's log-in (constant time, no enumeration) with permissions from `roles.py` alone.

    A "no" ends the question: PermissionDenied stops Django from asking a further backend, so that
    nothing listed after this one can widen what a role holds.
    """

    def has_perm(self, user_obj: AnyUser, perm: str, obj: Model | None = None) -> bool:  # noqa: ARG002
        """Whether the user's role holds the permission; it never depends on the object."""
        if not isinstance(user_obj, User) or not user_obj.is_active:
            raise PermissionDenied
        if not role_permits(user_obj.role, perm):
            raise PermissionDenied
        return True

    def has_module_perms(self, user_obj: AnyUser, app_label: str) -> bool:
        """Whether the user's role holds any permission in the app."""
        if not isinstance(user_obj, User) or not user_obj.is_active:
            raise PermissionDenied
        if not role_permits_app(user_obj.role, app_label):
            raise PermissionDenied
        return True

    def get_user_permissions(self, user_obj: AnyUser, obj: Model | None = None) -> set[str]:  # noqa: ARG002
        """Nothing is granted to a person, only to roles."""
        return set()

    def get_group_permissions(self, user_obj: AnyUser, obj: Model | None = None) -> set[str]:  # noqa: ARG002
        """Return every declared permission that the user's role holds."""
        if not isinstance(user_obj, User) or not user_obj.is_active:
            return set()
        return {name for name in declared_permissions() if role_permits(user_obj.role, name)}

    def get_all_permissions(self, user_obj: AnyUser, obj: Model | None = None) -> set[str]:
        """Return the same as `get_group_permissions`."""
        return self.get_group_permissions(user_obj, obj)


def declared_permissions() -> frozenset[str]:
    """Return "app.codename" of every permission that an installed model declares."""
    return frozenset(
        f"{model._meta.app_label}.{codename}"
        for model in apps.get_models()
        for codename in _codenames(model)
    )


def _codenames(model: type[Model]) -> list[str]:
    meta = model._meta
    default = [f"{action}_{meta.model_name}" for action in meta.default_permissions]
    return default + [codename for codename, _ in meta.permissions]
