"""A login that is erased: nothing of the person stays, the row does."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from fraudsite.core.actors import Actor
from fraudsite.core.models import AuditEntry, User
from fraudsite.core.services.users import user_erase

TESTS = Actor.system("tests")


def test_address_password_and_second_factors_go_and_the_row_stays(carla: User) -> None:
    EmailAddress.objects.create(user=carla, email=carla.email, verified=True, primary=True)
    Authenticator.objects.create(user=carla, type=Authenticator.Type.TOTP, data={"secret": "x"})

    user_erase(user=carla, actor=TESTS)

    kept = User.objects.get(pk=carla.pk)
    assert (kept.email, kept.is_active) == (f"{carla.pk}@erased.invalid", False)
    assert not kept.has_usable_password()
    assert not EmailAddress.objects.filter(user=carla).exists()
    assert not Authenticator.objects.filter(user=carla).exists()
    assert AuditEntry.objects.get(action="user.erased").target_id == str(carla.pk)


def test_an_account_of_staff_is_not_erased(anna: User) -> None:
    address = anna.email

    with pytest.raises(ValueError, match="switched off"):
        user_erase(user=anna, actor=TESTS)

    anna.refresh_from_db()
    assert (anna.email, anna.is_active) == (address, True)
