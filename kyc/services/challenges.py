"""Liveness challenges: issued by the server, answered once, before a deadline."""

from __future__ import annotations

import secrets
import uuid
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from kyc.models import LivenessChallenge, Verification
from kyc.refusals import Refusal
from kyc.services.locks import lock_collecting
from kyc.vision.liveness.challenge import draw_challenge, with_light

# In one attempt. Three let a person who cannot do one movement have another.
MAX_DRAWS = 3


def challenge_current(verification: Verification) -> LivenessChallenge:
    """Return the open challenge, so that a refresh shows the same one; a new one when it is due."""
    with transaction.atomic():
        current = lock_collecting(verification)
        existing = _open(current)
        if existing is not None and existing.expires_at > timezone.now():
            return existing
        return _replace(current)


def challenge_renew(verification: Verification) -> LivenessChallenge:
    """Replace the open challenge by a fresh draw."""
    with transaction.atomic():
        return _replace(lock_collecting(verification))


def draws_left(verification: Verification) -> int:
    """Return how often fresh movements can still be had in this attempt."""
    return max(0, MAX_DRAWS - _drawn(verification).count())


def challenge_use(*, verification: Verification, nonce: str) -> LivenessChallenge:
    """Mark a challenge as answered; must run inside the transaction that stores the answer.

    Raises
    ------
    Refusal
        When it is not the open one, or its time has run out.
    """
    challenge = _open(verification)
    if challenge is None or str(challenge.nonce) != _canonical(nonce):
        raise Refusal(
            "challenge_unknown",
            "These movements were replaced by new ones. Follow the ones shown now.",
        )
    now = timezone.now()
    if challenge.expires_at <= now:
        raise Refusal(
            "challenge_expired",
            "The time for these movements has run out. Get new ones and record again.",
        )
    challenge.used_at = now
    challenge.save(update_fields=["used_at"])
    return challenge


def _open(verification: Verification) -> LivenessChallenge | None:
    return verification.challenges.filter(used_at=None, replaced_at=None).first()


def _replace(verification: Verification) -> LivenessChallenge:
    now = timezone.now()
    verification.challenges.filter(used_at=None, replaced_at=None).update(replaced_at=now)
    return LivenessChallenge.objects.create(
        verification=verification,
        attempt=verification.attempt,
        actions=_draw(verification),
        expires_at=now + timedelta(seconds=settings.CHALLENGE_VALID_S),
    )


def _draw(verification: Verification) -> str:
    """Return fresh movements, or the last ones again once the draws of this attempt are used.

    There are few enough challenges that somebody who may draw for ever gets the one that their
    recording answers.
    """
    drawn = _drawn(verification)
    if drawn.count() >= MAX_DRAWS:
        return drawn[0].actions
    rng = secrets.SystemRandom()
    drawn_anew = draw_challenge(rng)
    return str(with_light(drawn_anew, rng) if settings.LIVENESS_LIGHT else drawn_anew)


def _drawn(verification: Verification) -> QuerySet[LivenessChallenge]:
    return verification.challenges.filter(attempt=verification.attempt).order_by("-issued_at")


def _canonical(nonce: str) -> str:
    try:
        return str(uuid.UUID(nonce))
    except ValueError:
        return ""
