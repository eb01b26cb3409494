"""Liveness challenges: issued by the server, answered once, before a deadline."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from kyc.models import LivenessChallenge, Verification
from kyc.refusals import Refusal
from kyc.services.locks import lock_collecting
from kyc.vision.liveness.challenge import draw_challenge, with_light

# In one attempt, at will. Three let a person who cannot do one movement have another.
MAX_DRAWS = 3
# Of one verification. There are 114 orders of movements: whoever has a film of one of them gets it
# in a day with a chance of one in eleven.
MAX_DRAWS_A_DAY = 10
# Movements with less time left are not shown once more: a film lasts up to 16 s.
MIN_LEFT = timedelta(seconds=30)
# What the times within a film may be wrong by.
FILM_TOLERANCE = timedelta(seconds=1)


class MovementsUsedUp(Refusal):
    """The movements that are drawn for one verification in a day are used up."""

    def __init__(self) -> None:
        super().__init__(
            "movements_used_up",
            "We have no more movements for you today. Upload a photo of your face instead, which "
            "a person will compare with your document, or come back tomorrow.",
        )


def challenge_current(verification: Verification) -> LivenessChallenge:
    """Return the open challenge, so that a refresh shows the same one; a new one when it is due.

    Raises
    ------
    MovementsUsedUp
        When a new one is due and today there is none left.
    """
    with transaction.atomic():
        current = lock_collecting(verification)
        existing = _open(current)
        if existing is not None and existing.expires_at > timezone.now():
            return existing
        return _replace(current)


def challenge_renew(verification: Verification) -> LivenessChallenge:
    """Replace the open challenge by a fresh draw, or by the same for the rest of its time.

    Raises
    ------
    MovementsUsedUp
        When the time is over and today there is no draw left.
    """
    with transaction.atomic():
        return _replace(lock_collecting(verification))


def draws_left(verification: Verification) -> int:
    """Return how often fresh movements can still be had in this attempt."""
    in_attempt = MAX_DRAWS - _draws(_issued(verification))
    return max(0, min(in_attempt, _draws_left_today(verification)))


def challenge_answered(
    *, verification: Verification, nonce: str, arrived: datetime, film: timedelta = timedelta()
) -> LivenessChallenge:
    """Return the challenge that a video may answer which came at that moment.

    Raises
    ------
    Refusal
        When it is not the open one, its time has run out, or the film is longer than the time
        since it was issued.
    """
    challenge = _open(verification)
    if challenge is None or str(challenge.nonce) != _canonical(nonce):
        raise Refusal(
            "challenge_unknown",
            "These movements were replaced by new ones. Follow the ones shown now.",
        )
    if challenge.expires_at <= arrived:
        raise Refusal(
            "challenge_expired",
            "The time for these movements has run out. Get new ones and record again.",
        )
    if film > arrived - challenge.issued_at + FILM_TOLERANCE:
        raise Refusal(
            "film_too_early",
            "This video began before these movements were shown. Record it on this page.",
            field="video",
        )
    return challenge


def challenge_use(
    *, verification: Verification, nonce: str, arrived: datetime, film: timedelta = timedelta()
) -> LivenessChallenge:
    """Mark a challenge as answered; must run inside the transaction that stores the answer.

    Raises
    ------
    Refusal
        As `challenge_answered`.
    """
    challenge = challenge_answered(
        verification=verification, nonce=nonce, arrived=arrived, film=film
    )
    challenge.used_at = timezone.now()
    challenge.save(update_fields=["used_at"])
    return challenge


def challenge_discard(challenge: LivenessChallenge) -> None:
    """Let nothing answer a challenge any more, and its movements not be shown again."""
    now = timezone.now()
    LivenessChallenge.objects.filter(pk=challenge.pk, used_at=None, replaced_at=None).update(
        replaced_at=now, expires_at=now
    )


def _open(verification: Verification) -> LivenessChallenge | None:
    return verification.challenges.filter(used_at=None, replaced_at=None).first()


def _replace(verification: Verification) -> LivenessChallenge:
    now = timezone.now()
    actions, expires_at = _movements(verification, now)
    verification.challenges.filter(used_at=None, replaced_at=None).update(replaced_at=now)
    return LivenessChallenge.objects.create(
        verification=verification,
        attempt=verification.attempt,
        actions=actions,
        expires_at=expires_at,
    )


def _movements(verification: Verification, now: datetime) -> tuple[str, datetime]:
    """Return what is asked and until when: a fresh draw, or the last one for the rest of its time.

    There are few enough challenges that somebody who may draw for ever gets the one that their
    recording answers; and movements that stay for ever can be noted, and a film of them be made in
    peace. So after the draws of an attempt the last movements stay, until their time is over.
    """
    if draws_left(verification) == 0:
        last = _issued(verification).order_by("-issued_at").first()
        if last is not None and last.expires_at - now > MIN_LEFT:
            return last.actions, last.expires_at
        if _draws_left_today(verification) <= 0:
            raise MovementsUsedUp
    return _draw(), now + timedelta(seconds=settings.CHALLENGE_VALID_S)


def _draw() -> str:
    rng = secrets.SystemRandom()
    drawn_anew = draw_challenge(rng)
    return str(with_light(drawn_anew, rng) if settings.LIVENESS_LIGHT else drawn_anew)


def _issued(verification: Verification) -> QuerySet[LivenessChallenge]:
    """Return the challenges of this attempt."""
    return verification.challenges.filter(attempt=verification.attempt)


def _draws_left_today(verification: Verification) -> int:
    since = timezone.now() - timedelta(days=1)
    return MAX_DRAWS_A_DAY - _draws(verification.challenges.filter(issued_at__gt=since))


def _draws(challenges: QuerySet[LivenessChallenge]) -> int:
    """Return how many draws they show: a draw shown again keeps its deadline."""
    return challenges.values("expires_at").distinct().count()


def _canonical(nonce: str) -> str:
    try:
        return str(uuid.UUID(nonce))
    except ValueError:
        return ""
