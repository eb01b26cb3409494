"""Staff accounts: made, given another role, switched off and on; always audited."""

from __future__ import annotations

from django.db import transaction

from fraudsite.core.actors import Actor
from fraudsite.core.choices import Role
from fraudsite.core.models import User
from fraudsite.core.services.audit import audit_record


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
        locked = User.objects.select_for_update().get(pk=user.pk)
        if locked.role == role:
            return
        if role != Role.ADMINISTRATOR:
            _require_another_administrator(locked)
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
        locked = User.objects.select_for_update().get(pk=user.pk)
        if locked.is_active == is_active:
            return
        if not is_active:
            _require_another_administrator(locked)
        User.objects.filter(pk=user.pk).update(is_active=is_active)
        action = "user.activated" if is_active else "user.deactivated"
        audit_record(actor=actor, action=action, target=user)
    user.is_active = is_active


def _require_another_administrator(user: User) -> None:
    """Refuse to take the last administrator away; locks them all, in order, so that two can't."""
    if user.role != Role.ADMINISTRATOR:
        return
    administrators = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True)
    others = administrators.select_for_update().order_by("pk")
    if any(other.pk != user.pk for other in others):
        return
    message = "This is the last active administrator; make another one first."
    raise UserChangeRefused(message)
