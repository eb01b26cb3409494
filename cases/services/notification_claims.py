"""Which deliveries one message takes along: claimed by one worker, ended by the same.

A lane is a channel, and for personal mail a channel and a person. Its order, its limit and its
pauses are its own, so a person whose mailbox is full keeps nobody else waiting.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Min, QuerySet

from cases.models import NotificationChannel, NotificationDelivery
from cases.notifications.choices import WAITING, DeliveryState
from cases.notifications.outcomes import Outcome
from cases.notifications.retries import MAX_TRIES, is_stale, retry_delay
from cases.notifications.throttle import next_message

S = DeliveryState
# Far above the ten seconds that a message may take: a claim that ends early is sent twice.
CLAIM = timedelta(seconds=90)
# News that one message takes along at most; the next one takes the rest.
MAX_MERGED = 500
TOO_OLD = "It waited so long that it was news to nobody any more."
LOST = "The worker stopped while it was sending; the message may have arrived."


@dataclass(frozen=True, slots=True)
class Lane:
    """What is sent in one order."""

    channel_id: UUID
    recipient_id: UUID | None


@dataclass(frozen=True, slots=True)
class Claim:
    """What one message tells: the first in full, the others as a count."""

    channel: NotificationChannel
    lead: NotificationDelivery
    others: tuple[NotificationDelivery, ...]
    until: datetime

    @property
    def deliveries(self) -> tuple[NotificationDelivery, ...]:
        """All of them."""
        return (self.lead, *self.others)


def lanes_due(now: datetime) -> list[Lane]:
    """Return the lanes in which something is due, the longest due first.

    Uses index: cases_delivery_due.
    """
    due = NotificationDelivery.objects.filter(
        state__in=WAITING, due_at__lte=now, channel__is_active=True
    )
    lanes = due.values("channel_id", "recipient_id").annotate(first=Min("due_at"))
    return [Lane(lane["channel_id"], lane["recipient_id"]) for lane in lanes.order_by("first")]


def claim_next(lane: Lane, now: datetime) -> Claim | None:
    """Claim what the lane's next message tells; None when nothing may go now.

    1. Lock the channel, so that two workers see each other's messages when they count; a channel
       that another worker is at is left to it.
    2. Give up what is too old, hold what is not urgent in quiet hours.
    3. Wait out the pause after a failure and the throttle.
    4. Claim the most urgent, with whatever goes along.
    """
    with transaction.atomic():
        channel = (
            NotificationChannel.objects.select_for_update(skip_locked=True)
            .filter(pk=lane.channel_id, is_active=True)
            .first()
        )
        if channel is None:
            return None
        waiting = _hold(channel, _give_up_stale(_waiting(lane, now), now), now)
        if not waiting:
            return None
        if pause_ends := _pause_end(waiting, now):
            _put_off(waiting, pause_ends)
            return None
        step = next_message(len(waiting), _sent_at(lane, channel, now), channel.throttle, now)
        if step.not_before is not None:
            _put_off(waiting, step.not_before)
            return None
        return _claim(channel, waiting[: step.count], now)


def claim_end(claim: Claim, outcome: Outcome, now: datetime) -> bool:
    """Write how a message ended; False when the claim had run out and is somebody else's."""
    with transaction.atomic():
        ended = _end_sent(claim, now) if outcome.is_sent else _end_failed(claim, outcome, now)
        if ended:
            _note_health(claim.channel, outcome, now)
    return bool(ended)


def claims_expire(now: datetime) -> int:
    """Put back what workers that are gone had claimed; return how many deliveries.

    Uses index: cases_delivery_claimed.
    """
    lost = NotificationDelivery.objects.filter(state=S.SENDING, claimed_until__lt=now)
    back = {"claimed_until": None, "merged_into": None, "last_error": LOST}
    given_up = lost.filter(tries__gte=MAX_TRIES).update(state=S.GIVEN_UP, **back)
    return given_up + lost.update(state=S.FAILED, due_at=now, **back)


def _waiting(lane: Lane, now: datetime) -> list[NotificationDelivery]:
    """Return what waits, the most urgent first; what is held stays so until its time."""
    rows = NotificationDelivery.objects.filter(
        channel_id=lane.channel_id, recipient_id=lane.recipient_id, state__in=WAITING
    ).exclude(state=S.HELD, due_at__gt=now)
    order = ("-is_urgent", "-severity", "-priority", "created_at", "id")
    return list(rows.select_related("case", "recipient").order_by(*order)[:MAX_MERGED])


def _give_up_stale(
    waiting: Sequence[NotificationDelivery], now: datetime
) -> list[NotificationDelivery]:
    stale = [one.pk for one in waiting if is_stale(one.created_at, now)]
    if stale:
        rows = NotificationDelivery.objects.filter(pk__in=stale)
        rows.update(state=S.GIVEN_UP, last_error=TOO_OLD)
    return [one for one in waiting if one.pk not in set(stale)]


def _hold(
    channel: NotificationChannel, waiting: Sequence[NotificationDelivery], now: datetime
) -> list[NotificationDelivery]:
    """Hold what has to wait for the end of quiet hours; return what goes all the same."""
    quiet = channel.quiet_hours
    ends = quiet.end_after(now) if quiet else None
    if ends is None:
        return list(waiting)
    held = [one.pk for one in waiting if not one.is_urgent]
    NotificationDelivery.objects.filter(pk__in=held).update(state=S.HELD, due_at=ends)
    return [one for one in waiting if one.is_urgent]


def _pause_end(waiting: Sequence[NotificationDelivery], now: datetime) -> datetime | None:
    """Return until when the lane rests after a failure: what failed once would fail again."""
    pauses = [one.due_at for one in waiting if one.state == S.FAILED and one.due_at > now]
    return max(pauses, default=None)


def _put_off(waiting: Sequence[NotificationDelivery], until: datetime) -> None:
    ids = [one.pk for one in waiting]
    NotificationDelivery.objects.filter(pk__in=ids).update(due_at=until)


def _sent_at(lane: Lane, channel: NotificationChannel, now: datetime) -> list[datetime]:
    """Return when the lane's newest messages went; one that is on its way counts as going now.

    Uses index: cases_delivery_lane.
    """
    messages = NotificationDelivery.objects.filter(
        channel_id=lane.channel_id, recipient_id=lane.recipient_id, merged_into=None
    )
    since = now - channel.throttle.window
    gone = messages.filter(state=S.SENT, sent_at__gt=since).values_list("sent_at", flat=True)
    on_their_way = messages.filter(state=S.SENDING).count()
    return [*(at for at in gone if at is not None), *[now] * on_their_way]


def _claim(
    channel: NotificationChannel, chosen: Sequence[NotificationDelivery], now: datetime
) -> Claim:
    lead, until = chosen[0], now + CLAIM
    rows = NotificationDelivery.objects.filter(pk__in=[one.pk for one in chosen])
    rows.update(state=S.SENDING, claimed_until=until, tries=F("tries") + 1, merged_into=None)
    others = rows.exclude(pk=lead.pk)
    others.update(merged_into=lead)
    return Claim(channel, lead, tuple(chosen[1:]), until)


def _end_sent(claim: Claim, now: datetime) -> int:
    return _still_ours(claim).update(state=S.SENT, sent_at=now, claimed_until=None, last_error="")


def _end_failed(claim: Claim, outcome: Outcome, now: datetime) -> int:
    tries = max(one.tries for one in claim.deliveries) + 1
    # Jitter only spreads load, so an ordinary generator does.
    delay = retry_delay(tries, random.random())  # noqa: S311
    ended = {"claimed_until": None, "merged_into": None, "last_error": outcome.sentence}
    rows = _still_ours(claim)
    given_up = rows.filter(tries__gte=MAX_TRIES).update(state=S.GIVEN_UP, **ended)
    return given_up + rows.update(state=S.FAILED, due_at=now + delay, **ended)


def _still_ours(claim: Claim) -> QuerySet[NotificationDelivery]:
    ids = [one.pk for one in claim.deliveries]
    return NotificationDelivery.objects.filter(
        pk__in=ids, state=S.SENDING, claimed_until=claim.until
    )


def _note_health(channel: NotificationChannel, outcome: Outcome, now: datetime) -> None:
    row = NotificationChannel.objects.filter(pk=channel.pk)
    if outcome.is_sent:
        row.update(failures=0, last_error="", last_sent_at=now)
    else:
        row.update(failures=F("failures") + 1, last_error=outcome.sentence, last_failed_at=now)
