"""What time does to cases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from cases.models import Case, CaseView
from cases.selectors import view_note
from cases.services import sweeping
from cases.services.claims import case_next, case_touch
from cases.services.decisions import case_decide
from cases.services.pauses import case_suspend
from cases.services.sweeping import cases_sweep
from cases.tasks import apply_decisions, sweep_cases
from fraudsite.core.models import OutboxEvent, StatusChange, User
from tests.cases.raised import a_case, claimed_by
from tests.cases.test_decisions import refuse

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


def told(kind: str) -> int:
    return OutboxEvent.objects.filter(kind=f"cases.case.{kind}").count()


def test_a_case_is_warned_of_once_and_breached_once(clock: Any) -> None:
    case = a_case()
    clock.shift(3 * HOUR - MINUTE)
    assert cases_sweep()["warned"] == 0
    clock.shift(MINUTE)

    assert cases_sweep()["warned"] == 1
    assert cases_sweep()["warned"] == 0
    clock.shift(HOUR)
    assert cases_sweep()["breached"] == 1
    assert cases_sweep()["breached"] == 0

    case.refresh_from_db()
    assert (case.warned_at, case.breached_at) == (case.warn_at, case.due_at)
    assert (told("sla_warned"), told("sla_breached")) == (1, 1)
    kinds = list(case.events.order_by("id").values_list("kind", flat=True))
    assert kinds == ["alert_merged", "sla_warned", "sla_breached"]
    assert case.version == 1


def test_a_case_found_too_late_is_breached_without_a_warning(clock: Any) -> None:
    a_case()
    clock.shift(5 * HOUR)

    swept = cases_sweep()

    assert (swept["warned"], swept["breached"]) == (0, 1)


def test_waiting_raises_the_priority_by_quarters(clock: Any) -> None:
    case = a_case()
    values = [case.priority]
    for _ in range(5):
        clock.shift(HOUR)
        cases_sweep()
        values.append(Case.objects.get().priority)

    assert [value - values[0] for value in values] == [0, 5, 10, 15, 20, 20]
    assert Case.objects.get().priority_due_at is None
    assert {"code": "waiting", "points": 20, "sentence": "The time to work it is over."} in (
        Case.objects.get().priority_parts
    )


def test_a_closed_or_suspended_case_is_left_alone(clock: Any, anna: User) -> None:
    case = claimed_by(anna)
    until = timezone.now() + timedelta(days=2)
    case_suspend(case_id=case.pk, seen=None, until=until, reason="Waits", analyst=anna)
    done = claimed_by(anna)
    case_decide(case_id=done.pk, seen=None, verdict=refuse(done), analyst=anna, is_immediate=True)
    clock.shift(24 * HOUR)

    assert set(cases_sweep().values()) == {0}


def test_a_suspended_case_comes_back_on_its_day(clock: Any, anna: User) -> None:
    case = claimed_by(anna)
    left = case.due_at - timezone.now()
    until = timezone.now() + timedelta(days=2)
    case_suspend(case_id=case.pk, seen=None, until=until, reason="Waits", analyst=anna)
    clock.shift(timedelta(days=2))

    assert cases_sweep()["resumed"] == 1

    case.refresh_from_db()
    assert (case.status, case.assigned_to) == ("open", anna)
    assert case.due_at - timezone.now() == left
    assert case_next(analyst=anna) == case


def test_what_its_analyst_does_not_touch_is_released(clock: Any, anna: User, ben: User) -> None:
    idle, touched = claimed_by(anna), claimed_by(anna)
    clock.shift(29 * MINUTE)
    assert cases_sweep()["released"] == 0
    case_touch(case=touched, analyst=anna)
    case_touch(case=idle, analyst=ben)
    clock.shift(MINUTE)

    assert cases_sweep()["released"] == 1

    idle.refresh_from_db()
    touched.refresh_from_db()
    assert (idle.status, idle.claimed_by) == ("open", None)
    assert (touched.status, touched.claimed_by) == ("claimed", anna)
    change = StatusChange.objects.filter(target_id=str(idle.pk)).latest("id")
    assert (change.reason_code, change.actor_id) == ("idle", "clock")


def test_a_decision_under_way_keeps_a_case_from_being_released(clock: Any, anna: User) -> None:
    case = claimed_by(anna)
    case_decide(case_id=case.pk, seen=None, verdict=refuse(case), analyst=anna)
    clock.shift(HOUR)

    assert cases_sweep()["released"] == 0


def test_one_broken_case_keeps_no_other_waiting(
    clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, good = a_case(), a_case()
    clock.shift(5 * HOUR)
    publish = sweeping.publish

    def breaks(**news: Any) -> Any:
        if news["aggregate"].pk == broken.pk:
            raise RuntimeError
        return publish(**news)

    monkeypatch.setattr(sweeping, "publish", breaks)

    assert cases_sweep()["breached"] == 1
    assert Case.objects.get(breached_at__isnull=False) == good


def test_viewers_of_yesterday_are_forgotten(clock: Any, anna: User) -> None:
    view_note(a_case(), anna)
    clock.shift(2 * HOUR)

    cases_sweep()

    assert not CaseView.objects.exists()


def test_the_tasks_do_the_same(clock: Any, anna: User) -> None:
    case = claimed_by(anna)
    case_decide(case_id=case.pk, seen=None, verdict=refuse(case), analyst=anna)
    clock.shift(timedelta(seconds=10))

    assert apply_decisions() == 1
    assert sweep_cases()["breached"] == 0
    assert Case.objects.get().status == "closed"
