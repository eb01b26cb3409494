"""Hits: kept once for each customer and entry, decided by a person, and remembered."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from fraudsite.core.actors import Actor
from fraudsite.core.models import User
from fraudsite.core.outbox import publish
from fraudsite.core.services.audit import audit_record
from fraudsite.core.services.data_keys import data_key_hold, open_json, seal_json
from fraudsite.core.transitions import TransitionRefused, move
from kyc.choices_screening import HitReason, HitSource, HitStatus
from kyc.models import ScreeningHit, Verification
from kyc.refusals import ChangedElsewhere, Refusal
from kyc.screening.scoring import FeatureState, Match
from kyc.services.watchlist_search import FoundMatch

# Somebody may be on a list; "source" says whether a verification shows it already.
SCREENING_HIT = "kyc.screening.hit"
ACTOR = Actor.system("screening")
HIT_PAGE = "admin:kyc_screeninghit_change"
# How much a feature says that two are one person, the least first.
STATES = (FeatureState.CONFLICT, FeatureState.NOT_KNOWN, FeatureState.NEAR, FeatureState.MATCH)


@dataclass(frozen=True, slots=True)
class KeptHit:
    """A hit, and whether this search raised it: it is new, or was told apart when less agreed."""

    hit: ScreeningHit
    is_raised: bool


def hits_keep(
    *, verification: Verification, found: Iterable[FoundMatch], source: HitSource
) -> list[KeptHit]:
    """Return the hit of each match, made and told of where it is new.

    Told of again is one that a person told apart when less of it agreed than does now: they never
    saw what makes the customer the listed person.
    """
    return [_keep(verification, match, source) for match in found]


def hit_features(hit: ScreeningHit) -> list[dict[str, Any]]:
    """Return what agreed and what did not, decrypted."""
    value = open_json(
        data_key=hit.customer.data_key, sealed=hit.features_sealed, context=_context(hit)
    )
    return list(value)


def hit_decide(
    *, hit: ScreeningHit, decision: str, reason: str, seen: str, analyst: User
) -> ScreeningHit:
    """Let a person say whether the customer is the listed person.

    `seen` is the status that their page showed.

    Raises
    ------
    Refusal
        When the reason does not fit, or the analyst is the customer.
    ChangedElsewhere
        When somebody else decided in the meantime.
    """
    if reason not in {code for code, _ in HitReason.of_decision(decision)}:
        raise Refusal("reason_missing", "Choose a reason that fits the decision.", field="reason")
    with transaction.atomic():
        current = (
            ScreeningHit.objects.select_for_update(of=("self",))
            .select_related("customer")
            .get(pk=hit.pk)
        )
        if current.customer.user_id == analyst.pk:
            raise Refusal("own_hit", "Nobody decides about themselves.")
        if current.status != seen:
            raise ChangedElsewhere("Somebody has decided this already. Look again, then decide.")
        try:
            move(
                current,
                to=decision,
                actor=Actor.of_user(analyst),
                reason_code=reason,
                payload={"customer_id": str(current.customer_id)},
                update={
                    "reason": reason,
                    "decided_by_id": analyst.pk,
                    "decided_at": timezone.now(),
                },
            )
        except TransitionRefused as refused:
            raise Refusal("move_not_allowed", refused.sentence) from refused
    return current


def hits_standing(customer_id: uuid.UUID) -> list[ScreeningHit]:
    """Return the hits that count: confirmed ones, and open ones whose entry is still in force."""
    hits = ScreeningHit.objects.filter(customer_id=customer_id).exclude(
        status=HitStatus.FALSE_POSITIVE
    )
    return [
        hit
        for hit in hits.select_related("entry")
        if hit.status == HitStatus.CONFIRMED or hit.entry.ended_in_id is None
    ]


def require_no_standing_hit(customer_id: uuid.UUID) -> None:
    """Raise `Refusal`, with the page of the hit, if a customer is or may be a listed person.

    For whoever approves: a hit that a verification found is in no queue but that verification's.
    """
    standing = {hit.status: hit for hit in hits_standing(customer_id)}
    hit = standing.get(HitStatus.CONFIRMED) or standing.get(HitStatus.OPEN)
    if hit is None:
        return
    if hit.status == HitStatus.CONFIRMED:
        sentence = (
            f"This customer was confirmed to be a listed person: decline, or correct hit "
            f"{hit.reference} on its page."
        )
    else:
        sentence = (
            "A watchlist may name this customer: first say on the page of hit "
            f"{hit.reference} whether they are that person."
        )
    raise Refusal("hit_standing", sentence, url=reverse(HIT_PAGE, args=[hit.pk]))


def _keep(verification: Verification, found: FoundMatch, source: HitSource) -> KeptHit:
    hit = _hit(verification, found, source)
    with transaction.atomic():
        # An entry says who the customer is: nothing of the kind is kept of one who was erased.
        data_key_hold(verification.customer.data_key_id)
        made = ScreeningHit.objects.bulk_create([hit], ignore_conflicts=True)
        kept = (
            ScreeningHit.objects.select_for_update(of=("self",))
            .select_related("customer__data_key")
            .get(customer=verification.customer, entry_id=hit.entry_id)
        )
        is_raised = kept.pk == made[0].pk or _raise_again(kept, hit, found.match)
        if is_raised:
            _tell(kept)
    return KeptHit(kept, is_raised)


def _hit(verification: Verification, found: FoundMatch, source: HitSource) -> ScreeningHit:
    hit = ScreeningHit(
        customer=verification.customer,
        entry_id=found.candidate.entry_id,
        verification=verification,
        source=source,
        score=found.match.score,
    )
    hit.features_sealed = seal_json(
        data_key=verification.customer.data_key,
        value=[asdict(feature) for feature in found.match.features],
        context=_context(hit),
    )
    return hit


def _raise_again(kept: ScreeningHit, hit: ScreeningHit, match: Match) -> bool:
    """Take over what agrees better by now, and return whether that opens the hit again."""
    if kept.status == HitStatus.CONFIRMED or not _agrees_better(match, kept):
        return False
    now = {"score": hit.score, "features_sealed": hit.features_sealed}
    if kept.status == HitStatus.OPEN:
        # Whoever decides it sees what is known, and not what was when it was found.
        ScreeningHit.objects.filter(pk=kept.pk).update(**now)
        return False
    undecided = {"reason": "", "decided_by_id": None, "decided_at": None}
    found = {"verification_id": hit.verification_id, "source": hit.source}
    move(
        kept,
        to=HitStatus.OPEN,
        actor=ACTOR,
        reason_code="agrees_better",
        payload={"customer_id": str(kept.customer_id)},
        update={**now, **undecided, **found, "found_at": timezone.now()},
    )
    return True


def _agrees_better(match: Match, kept: ScreeningHit) -> bool:
    """Whether the whole, the name or the birth agrees more than in what is kept."""
    if match.score > kept.score:
        return True
    before = {
        feature["name"]: _strength(feature["state"], feature["points"])
        for feature in hit_features(kept)
    }
    return any(
        _strength(feature.state, feature.points) > before[feature.name]
        for feature in match.features
        if feature.name in {"name", "birth"}
    )


def _strength(state: str, points: float) -> tuple[int, float]:
    return STATES.index(FeatureState(state)), points


def _tell(hit: ScreeningHit) -> None:
    # Not which entry: that says what somebody is called, and the trail stays when they are erased.
    publish(
        kind=SCREENING_HIT,
        aggregate=hit,
        payload={
            "customer_id": str(hit.customer_id),
            "verification_id": str(hit.verification_id),
            "source": str(hit.source),
        },
    )
    audit_record(
        actor=ACTOR,
        action="screening.hit_found",
        target=hit,
        details={"customer_id": str(hit.customer_id)},
    )


def _context(hit: ScreeningHit) -> str:
    return f"screening_hit:{hit.customer_id}:{hit.entry_id}"
