"""Sending what is due: claimed, sent outside of any transaction, and its end written down."""

from __future__ import annotations

import time
from datetime import timedelta

import structlog
from django.utils import timezone

from cases.models import NotificationDelivery
from cases.notifications.addresses import Address, AddressInvalid
from cases.notifications.choices import ChannelKind, DeliveryState
from cases.notifications.configuration import case_url, is_private_allowed
from cases.notifications.outcomes import UNUSABLE, Outcome
from cases.notifications.rendering import Story, counted, words_for
from cases.notifications.sending import send
from cases.services.notification_channels import channel_address
from cases.services.notification_claims import (
    Claim,
    Lane,
    claim_end,
    claim_next,
    claims_expire,
    lanes_due,
)

logger = structlog.get_logger(__name__)

# A run begins no further message after this, so that the next one, and whatever else the worker
# has to do, is not kept waiting by a hundred slow servers. With the ten seconds of a last message
# it stays under half of CELERY_TASK_SOFT_TIME_LIMIT, which threads do not enforce.
BUDGET_S = 30.0
# As long as anybody asks whether they were told; what cases were about is kept elsewhere.
KEPT = timedelta(days=90)
PURGE_BATCH = 5_000
NOBODY = Outcome(is_sent=False, code="nobody", sentence="The person works here no more.")


def deliveries_send_due(*, budget_s: float = BUDGET_S) -> int:
    """Send what is due, lane by lane; return how many messages were tried."""
    claims_expire(timezone.now())
    ends, tried = time.monotonic() + budget_s, 0
    for lane in lanes_due(timezone.now()):
        while time.monotonic() < ends and _send_next(lane):
            tried += 1
    return tried


def deliveries_purge() -> int:
    """Delete deliveries that came to their end long ago, a batch at a time."""
    over = (DeliveryState.SENT, DeliveryState.GIVEN_UP)
    old = NotificationDelivery.objects.filter(
        state__in=over, created_at__lt=timezone.now() - KEPT
    ).order_by("created_at")
    deleted = 0
    while ids := list(old.values_list("pk", flat=True)[:PURGE_BATCH]):
        deleted += NotificationDelivery.objects.filter(pk__in=ids).delete()[0]
    return deleted


def story_of(delivery: NotificationDelivery, others: tuple[NotificationDelivery, ...]) -> Story:
    """Return what a message about some deliveries says: the first in full."""
    case = delivery.case
    return Story(
        news=delivery.news,
        case_id=str(case.pk) if case else "",
        reference=case.reference if case else "",
        queue=delivery.queue_title,
        severity=delivery.severity,
        priority=delivery.priority,
        url=case_url(case.pk) if case else "",
        others=counted([other.news for other in others]),
        is_personal=delivery.recipient_id is not None,
    )


def _send_next(lane: Lane) -> bool:
    """Send the lane's next message; whether there was one."""
    claim = claim_next(lane, timezone.now())
    if claim is None:
        return False
    outcome = _send(claim)
    is_ours = claim_end(claim, outcome, timezone.now())
    logger.info(
        "notification_tried",
        channel_id=str(lane.channel_id),
        delivery_id=str(claim.lead.pk),
        deliveries_count=len(claim.deliveries),
        outcome=outcome.code,
        was_claim_lost=not is_ours,
    )
    return True


def _send(claim: Claim) -> Outcome:
    try:
        address = _address(claim)
    except AddressInvalid:
        return UNUSABLE
    if address is None:
        return NOBODY
    words = words_for(claim.channel.kind, story_of(claim.lead, claim.others))
    return send(
        address,
        words,
        delivery_id=str(claim.lead.pk),
        is_private_allowed=is_private_allowed(),
    )


def _address(claim: Claim) -> Address | None:
    if not claim.channel.is_personal:
        return channel_address(claim.channel)
    person = claim.lead.recipient
    if person is None or not (person.is_active and person.is_staff):
        return None
    return Address(ChannelKind.PERSONAL_EMAIL, person.email)
