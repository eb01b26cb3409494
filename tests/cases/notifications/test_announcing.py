"""What happens to a case, through its services and the relay, to deliveries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from cases.choices import Assignment
from cases.models import Case, NotificationDelivery, NotificationRoute, Queue, QueueMember
from cases.services.claims import case_assign, case_escalate, case_release
from cases.services.notes import note_add
from cases.services.pauses import case_reopen
from cases.services.sweeping import cases_sweep
from fraudsite.core.models import OutboxEvent, User
from fraudsite.core.outbox import relay_batch
from tests.cases.notifications.channels import a_personal_channel, a_webhook, routed
from tests.cases.raised import a_case, claimed_by

pytestmark = pytest.mark.django_db
NOWHERE = "https://siem.example.com/hook"


@pytest.fixture(autouse=True)
def channels() -> None:
    routed(a_webhook(NOWHERE, name="Team"))
    routed(a_personal_channel(name="Own mail"))


def told(case: Case) -> list[tuple[str, str, str]]:
    """Relay what waits; return news, channel and person of each delivery about the case."""
    relay_batch()
    assert OutboxEvent.objects.filter(dispatched_at=None).count() == 0
    rows = NotificationDelivery.objects.filter(case=case).select_related("recipient", "channel")
    return sorted(
        (row.news, row.channel.name, row.recipient.email if row.recipient else "") for row in rows
    )


def forget() -> None:
    relay_batch()
    NotificationDelivery.objects.all().delete()


def test_a_new_case_is_told_to_the_team_and_to_nobody_in_person() -> None:
    case = a_case()

    assert told(case) == [("opened", "Team", "")]
    row = NotificationDelivery.objects.get()
    assert (row.queue_title, row.severity, row.priority) == (
        case.queue.title,
        case.severity,
        case.priority,
    )


def test_whoever_a_queue_gives_a_new_case_to_hears_that_it_is_theirs(anna: User) -> None:
    Queue.objects.filter(pk="payments").update(assignment=Assignment.ROUND_ROBIN)
    QueueMember.objects.create(queue_id="payments", user=anna)

    assert told(a_case()) == [
        ("assigned", "Own mail", anna.email),
        ("assigned", "Team", ""),
        ("opened", "Team", ""),
    ]


def test_an_assignment_is_told_to_whoever_got_the_case(sam: User, anna: User) -> None:
    case = a_case()
    forget()

    case_assign(case_id=case.pk, seen=None, to=anna, user=sam)

    assert told(case) == [("assigned", "Own mail", anna.email), ("assigned", "Team", "")]


def test_a_mention_is_told_to_those_mentioned(anna: User, ben: User, sam: User) -> None:
    case = a_case()
    forget()

    note_add(case_id=case.pk, seen=None, text="@ben and @sam, please look", author=anna)

    assert told(case) == [
        ("mentioned", "Own mail", ben.email),
        ("mentioned", "Own mail", sam.email),
        ("mentioned", "Team", ""),
    ]


def test_an_escalation_is_told_to_the_team(anna: User) -> None:
    case = claimed_by(anna)
    forget()

    case_escalate(case_id=case.pk, seen=None, reason="Beyond me", analyst=anna)

    assert told(case) == [("escalated", "Team", "")]
    assert NotificationDelivery.objects.get().queue_title == "Escalations"


def test_a_case_that_is_opened_again_is_told_where_it_is_now(sam: User) -> None:
    case = a_case()
    Case.objects.filter(pk=case.pk).update(status="closed", closed_at=timezone.now())
    forget()

    case_reopen(case_id=case.pk, seen=None, reason="New evidence", user=sam)

    assert told(case) == [("reopened", "Team", "")]
    assert NotificationDelivery.objects.get().queue_title == "Escalations"


def test_a_case_that_is_put_back_is_no_news(anna: User) -> None:
    case = claimed_by(anna)
    forget()

    case_release(case_id=case.pk, seen=None, user=anna)

    assert told(case) == []


@pytest.mark.parametrize(("field", "news"), [("warn_at", "sla_warned"), ("due_at", "sla_breached")])
def test_time_running_out_is_told_to_the_team_and_to_who_has_the_case(
    anna: User, field: str, news: str
) -> None:
    case = claimed_by(anna)
    forget()
    Case.objects.filter(pk=case.pk).update(**{field: timezone.now() - timedelta(seconds=1)})

    cases_sweep()

    assert told(case) == [(news, "Own mail", anna.email), (news, "Team", "")]


def test_the_same_event_relayed_again_writes_nothing_new() -> None:
    case = a_case()
    before = told(case)

    for consumed in OutboxEvent.objects.all():
        consumed.consumptions.all().delete()
    OutboxEvent.objects.update(dispatched_at=None, due_at=timezone.now())

    assert told(case) == before


def test_without_routes_nothing_is_written() -> None:
    NotificationRoute.objects.all().delete()

    assert told(a_case()) == []
