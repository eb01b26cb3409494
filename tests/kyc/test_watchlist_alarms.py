"""People in charge are told when a list cannot be relied on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core import mail
from django.db import connection, transaction
from time_machine import TimeMachineFixture

from fraudsite.core.choices import Role
from fraudsite.core.models import OutboxEvent, User
from kyc.choices import VerificationStatus
from kyc.models import Customer, Verification, Watchlist
from kyc.refusals import Refusal
from kyc.services.rescreening import rescreenings_run
from kyc.services.watchlist_alarms import alarm_send
from kyc.services.watchlists import (
    WATCHLIST_UNUSABLE,
    lists_in_use,
    watchlist_retire,
    watchlists_watch,
)
from kyc.tasks_screening import watch_watchlists
from tests.kyc.duplicates import customer_make, put
from tests.kyc.watchlist_files import OTHERS, take_in

pytestmark = pytest.mark.django_db


def test_a_list_that_has_gone_stale_is_told_once_to_the_people_in_charge(
    tmp_path: Path, make_user: Callable[..., User], time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to("2026-11-22 09:00Z")
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


def test_trouble_that_lasts_is_told_again_every_day(
    tmp_path: Path, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to("2026-11-22 09:00Z")
    take_in(tmp_path, OTHERS)
    rescreenings_run()
    Watchlist.objects.update(max_age_days=0)
    assert watchlists_watch() == 1

    time_machine.move_to("2026-11-22 23:59Z")
    assert watchlists_watch() == 0
    time_machine.move_to("2026-11-23 09:00Z")
    assert watchlists_watch() == 1
    Watchlist.objects.update(max_age_days=7)
    assert watchlists_watch() == 0

    assert OutboxEvent.objects.filter(kind=WATCHLIST_UNUSABLE).count() == 2


def test_a_rescreening_that_takes_over_an_hour_is_told_of(
    tmp_path: Path, make_user: Callable[..., User], time_machine: TimeMachineFixture
) -> None:
    make_user("risk@example.com", Role.RISK_MANAGER)
    time_machine.move_to("2026-11-22 09:00Z", tick=False)
    take_in(tmp_path, OTHERS)

    time_machine.move_to("2026-11-22 10:00Z", tick=False)
    assert watchlists_watch() == 0
    time_machine.move_to("2026-11-22 10:01Z", tick=False)
    assert watchlists_watch() == 1

    told = OutboxEvent.objects.get(kind=WATCHLIST_UNUSABLE)
    assert told.payload == {"trouble": "unsearched", "version": 1}
    assert alarm_send("ours") == 1
    (message,) = mail.outbox
    assert message.subject == "Approved customers are not compared with the watchlist ours"
    assert "since 2026-11-22 09:00 UTC; 0 were." in message.body
    rescreenings_run()
    assert (watchlists_watch(), alarm_send("ours")) == (0, 0)


def test_customers_who_could_not_be_compared_are_told_of_until_they_can(
    tmp_path: Path, make_user: Callable[..., User]
) -> None:
    make_user("risk@example.com", Role.RISK_MANAGER)
    verification = customer_make()
    put(verification, VerificationStatus.APPROVED)
    customer = verification.customer
    Customer.objects.update(details_sealed=b"\x01" * 80)
    take_in(tmp_path, OTHERS)
    rescreenings_run()

    assert watch_watchlists() == 1

    assert alarm_send("ours") == 1
    assert "Of the approved, 1 could not be compared with it" in mail.outbox[0].body
    customer.save(update_fields=["details_sealed"])
    assert (watch_watchlists(), alarm_send("ours")) == (0, 0)
    # The list itself may be relied on all the while.
    assert [state.trouble for state in lists_in_use()] == [""]


def test_customers_who_take_all_the_time_keep_nobody_from_being_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(customer_make(), VerificationStatus.APPROVED)
    Customer.objects.update(details_sealed=b"\x01" * 80)
    take_in(tmp_path, OTHERS)
    rescreenings_run()

    def too_long(_verification: Verification) -> int:
        raise SoftTimeLimitExceeded

    # Stands for a search that outlasts the task's time limit.
    monkeypatch.setattr("kyc.services.rescreening._search", too_long)
    with pytest.raises(SoftTimeLimitExceeded):
        watch_watchlists()

    assert OutboxEvent.objects.get(kind=WATCHLIST_UNUSABLE).payload["trouble"] == "unsearched"


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_an_import(tmp_path: Path, make_user: Callable[..., User]) -> None:
    boss = make_user("risk@example.com", Role.RISK_MANAGER)
    take_in(tmp_path, OTHERS)
    Watchlist.objects.update(max_age_days=0)
    told: list[int] = []
    refused: list[str] = []

    def watch_and_retire() -> None:
        told.append(watchlists_watch())
        try:
            watchlist_retire(name="ours", analyst=boss)
        except Refusal as refusal:
            refused.append(refusal.code)
        connection.close()

    working = threading.Thread(target=watch_and_retire)
    with transaction.atomic():
        # As an import does, for minutes.
        Watchlist.objects.select_for_update().get()
        working.start()
        working.join(timeout=10)
        assert not working.is_alive()

    assert (told, refused) == ([0], ["being_imported"])
    assert watchlists_watch() == 1
    watchlist_retire(name="ours", analyst=boss)


def test_a_list_that_is_well_again_is_told_to_nobody(
    tmp_path: Path, make_user: Callable[..., User]
) -> None:
    make_user("risk@example.com", Role.RISK_MANAGER)
    take_in(tmp_path, OTHERS)

    assert alarm_send("ours") == 0
    assert mail.outbox == []
