"""Accounts: made, given another role, switched off and on, erased; always audited."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from fraudsite.core.actors import Actor
from fraudsite.core.choices import Role
from fraudsite.core.models import User
from fraudsite.core.services.audit import audit_record

# Reserved: no mail ever goes there (RFC 2606, section 2).
ERASED_DOMAIN = "erased.invalid"


class UserChangeRefused(Exception):
    """The change would lock everybody out; its text is a sentence for the person who asked."""


def user_create(*, email: str, role: Role, actor: Actor) -> User:
    """Create an account without a password; its owner sets one through "forgot password"."""
    with transaction.atomic():
        user = User.objects.create_user(email, password=None, role=role)
        audit_record(actor=actor, action="user.created", target=user, details={"role": role})
    return user


def user_change_role(*, user: User, role: Role, actor: Actor) -> None:
    """Give a user another role; it counts from the next request on."""
    with transaction.atomic():
        locked, administrators = _lock(user)
        if locked.role == role:
            return
        if role != Role.ADMINISTRATOR:
            _require_another(administrators, locked)
        User.objects.filter(pk=user.pk).update(role=role)
        audit_record(
            actor=actor,
            action="user.role_changed",
            target=user,
            details={"from": locked.role, "to": role},
        )
    user.role = role


def user_set_active(*, user: User, is_active: bool, actor: Actor) -> None:
    """Switch an account off or on; off, its sessions end with their next request."""
    with transaction.atomic():
        locked, administrators = _lock(user)
        if locked.is_active == is_active:
            return
        if not is_active:
            _require_another(administrators, locked)
        User.objects.filter(pk=user.pk).update(is_active=is_active)
        action = "user.activated" if is_active else "user.deactivated"
        audit_record(actor=actor, action=action, target=user)
    user.is_active = is_active


def user_erase(*, user: User, actor: Actor) -> None:
    """Take a customer's address, password and second factors away; nobody signs in any more.

    The row stays, since history names its id.
    """
    # Its models need the loaded apps.
    from allauth.account.models import EmailAddress  # noqa: PLC0415
    from allauth.mfa.models import Authenticator  # noqa: PLC0415

    if user.is_staff:
        message = "An account of staff is switched off, not erased."
        raise ValueError(message)
    with transaction.atomic():
        EmailAddress.objects.filter(user=user).delete()
        Authenticator.objects.filter(user=user).delete()
        user.email, user.is_active = f"{user.pk}@{ERASED_DOMAIN}", False
        user.set_unusable_password()
        user.save(update_fields=["email", "is_active", "password"])
        audit_record(actor=actor, action="user.erased", target=user)


def _lock(user: User) -> tuple[User, list[User]]:
    """Lock the user and every active administrator, in one order, so that no two changes cross."""
    is_administrator = Q(role=Role.ADMINISTRATOR, is_active=True)
    rows = User.objects.select_for_update().filter(Q(pk=user.pk) | is_administrator)
    locked = {row.pk: row for row in rows.order_by("pk")}
    administrators = [
        row for row in locked.values() if row.role == Role.ADMINISTRATOR and row.is_active
    ]
    return locked[user.pk], administrators


def _require_another(administrators: list[User], user: User) -> None:
    if [row.pk for row in administrators] != [user.pk]:
        return
    message = "This is the last active administrator; make another one first."
    raise UserChangeRefused(message)
