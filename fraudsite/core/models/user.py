"""The person who signs in."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth import get_backends
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models.functions import Lower

from fraudsite.core.choices import Role
from fraudsite.core.roles import STAFF_ROLES


class UserManager(BaseUserManager["User"]):
    """Creates users; e-mail addresses are kept in lower case."""

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """Return the address without surrounding space, in lower case throughout."""
        return (email or "").strip().lower()

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a user, a customer unless `role` says otherwise."""
        if not self.normalize_email(email):
            message = "A user needs an e-mail address."
            raise ValueError(message)
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create an administrator; the name is the one Django's command calls.

        The address counts as confirmed: without that, nobody could log in before mail works.
        """
        # Its models need the loaded apps.
        from allauth.account.models import EmailAddress  # noqa: PLC0415

        user = self.create_user(email, password, **{**fields, "role": Role.ADMINISTRATOR})
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """Find a user by e-mail address in any case."""
        return self.get(email=self.normalize_email(username))


class User(AbstractBaseUser):
    """A person with a log-in. Nothing about them but the address is kept here.

    Staff are users of any role but customer. What a user may do follows from the role alone
    (`roles.ROLE_PERMISSIONS`); there are no groups and no personal permissions.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    role = models.CharField(max_length=20, choices=Role, default=Role.CUSTOMER)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ["email"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="core_user_email_is_lower_case"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="core_user_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def is_staff(self) -> bool:
        """Whether the user works here, and so may open the admin."""
        return self.role in STAFF_ROLES

    @property
    def is_superuser(self) -> bool:
        """Whether the user holds every permission; Django and its packages ask by this name."""
        return self.role == Role.ADMINISTRATOR

    def clean(self) -> None:
        """Bring the address into its kept form before forms compare it."""
        self.email = type(self).objects.normalize_email(self.email)

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """Whether the user holds the permission "app.codename"."""
        return self._ask_backends("has_perm", perm, obj)

    def has_perms(self, perm_list: list[str], obj: models.Model | None = None) -> bool:
        """Whether the user holds all of the permissions."""
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        """Whether the user holds any permission in the app."""
        return self._ask_backends("has_module_perms", app_label)

    def _ask_backends(self, method: str, *args: Any) -> bool:
        """Whether any backend says yes before one ends the question, as Django's own user does."""
        try:
            return any(
                getattr(backend, method)(self, *args)
                for backend in get_backends()
                if hasattr(backend, method)
            )
        except PermissionDenied:
            return False
