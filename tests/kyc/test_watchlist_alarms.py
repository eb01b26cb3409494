"""People in charge are told when a list cannot be relied on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core import mail

from fraudsite.core.choices import Role
from fraudsite.core.models import OutboxEvent, User
from kyc.models import Watchlist
from kyc.services.watchlist_alarms import alarm_send
from kyc.services.watchlists import WATCHLIST_UNUSABLE, watchlists_watch
from tests.kyc.watchlist_files import OTHERS, take_in

pytestmark = pytest.mark.django_db


def test_a_list_that_has_gone_stale_is_told_once_to_the_people_in_charge(
    tmp_path: Path, make_user: Callable[..., User]
) -> None:
    make_user("risk@example.com", Role.RISK_MANAGER)
    make_user("someone@example.com", Role.CUSTOMER)
    take_in(tmp_path, OTHERS)
    Watchlist.objects.update(max_age_days=0)

    assert (watchlists_watch(), watchlists_watch()) == (1, 0)
    assert OutboxEvent.objects.get(kind=WATCHLIST_UNUSABLE).payload["trouble"] == "stale"
    assert alarm_send("ours") == 1

    (message,) = mail.outbox
    assert message.to == ["risk@example.com"]
    assert message.subject == "The watchlist ours cannot be relied on"
    assert "Imported 0 days ago; 0 are allowed." in message.body
    assert "/kyc/watchlist/ours/" in message.body


def test_a_list_that_is_well_again_is_told_to_nobody(
    tmp_path: Path, make_user: Callable[..., User]
) -> None:
    make_user("risk@example.com", Role.RISK_MANAGER)
    take_in(tmp_path, OTHERS)

    assert alarm_send("ours") == 0
    assert mail.outbox == []
