"""The life of a verification, from its first page to a person's last word."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from fraudsite.core.actors import Actor
from fraudsite.core.models import StatusChange, User
from fraudsite.core.outbox import publish
from fraudsite.core.services.audit import audit_record
from fraudsite.core.services.data_keys import seal_bytes
from fraudsite.core.transitions import TransitionRefused, move
from kyc import pipeline
from kyc.choices import AnalystReason, CaptureKind, VerificationStatus
from kyc.models import Customer, Decision, Verification
from kyc.refusals import ChangedElsewhere, Refusal
from kyc.services.captures import captures_supersede
from kyc.services.consents import consent_current, has_biometric_consent
from kyc.services.guards import require_no_objection
from kyc.services.locks import lock_collecting, verification_lock
from kyc.services.screening_hits import require_no_standing_hit

S = VerificationStatus
# A customer asked for a person where one was to look anyway; other requests are a move.
HUMAN_REVIEW_REQUESTED = "kyc.verification.human_review_requested"
DECISION_STATUS = {"approve": S.APPROVED, "decline": S.DECLINED, "resubmit": S.RESUBMIT}


def verification_current(customer: Customer) -> Verification:
    """Return the customer's open verification, else their newest, else a new one."""
    newest = customer.verifications.order_by("-created_at").first()
    if newest is not None:
        return newest
    with transaction.atomic():
        Customer.objects.select_for_update().get(pk=customer.pk)
        newest = customer.verifications.order_by("-created_at").first()
        return newest or Verification.objects.create(customer=customer)


def decision_in_force(verification: Verification) -> Decision | None:
    """Return the newest decision that moved the verification; None before the first one."""
    return verification.decisions.filter(is_applied=True).order_by("-created_at").first()


def document_choose(
    *, verification: Verification, document_type: str, issuing_country: str, actor: Actor
) -> None:
    """Set the kind of document; another kind than before makes the pictures taken obsolete."""
    with transaction.atomic():
        current = lock_collecting(verification)
        is_changed = (current.document_type, current.issuing_country) != (
            document_type,
            issuing_country,
        )
        if is_changed:
            captures_supersede(current, (CaptureKind.DOCUMENT_FRONT, CaptureKind.DOCUMENT_BACK))
        current.document_type = document_type
        current.issuing_country = issuing_country
        current.save(update_fields=["document_type", "issuing_country"])
        audit_record(
            actor=actor,
            action="verification.document_chosen",
            target=current,
            details={"document_type": document_type, "issuing_country": issuing_country},
        )


def missing_captures(verification: Verification) -> list[CaptureKind]:
    """Return what is still to be captured, in the order in which it is asked for."""
    present = set(verification.captures.filter(superseded_at=None).values_list("kind", flat=True))
    wanted = [CaptureKind.DOCUMENT_FRONT]
    if verification.has_back:
        wanted.append(CaptureKind.DOCUMENT_BACK)
    missing = [kind for kind in wanted if kind not in present]
    has_face = bool(present & {CaptureKind.LIVENESS_VIDEO, CaptureKind.SELFIE_STILL})
    if has_biometric_consent(verification.customer) and not has_face:
        missing.append(CaptureKind.LIVENESS_VIDEO)
    return missing


def verification_submit(*, verification: Verification, actor: Actor) -> None:
    """Hand an attempt to the pipeline; submitting twice is the same as once."""
    with transaction.atomic():
        current = verification_lock(verification)
        if current.status != S.COLLECTING:
            return
        _check_complete(current)
        move(
            current,
            to=S.PROCESSING,
            actor=actor,
            update={"submitted_at": timezone.now(), "sweeps": 0},
        )
        pipeline.start_on_commit(current)


def verification_retry(*, verification: Verification, actor: Actor) -> None:
    """Begin the next attempt, keeping every capture that need not be taken again."""
    with transaction.atomic():
        current = verification_lock(verification)
        if current.status != S.RESUBMIT:
            return
        if current.attempt >= settings.MAX_ATTEMPTS:
            raise Refusal("retries_used_up", "All your tries are used up. Ask for a human review.")
        newest = decision_in_force(current)
        captures_supersede(current, map(CaptureKind, _to_redo(newest)))
        move(
            current,
            to=S.COLLECTING,
            actor=actor,
            update={"attempt": current.attempt + 1, "human_review_requested_at": None},
        )


def human_review_request(*, verification: Verification, actor: Actor) -> None:
    """Put a decided or refused verification before a person (GDPR article 22)."""
    with transaction.atomic():
        current = verification_lock(verification)
        if current.status not in {S.RESUBMIT, S.DECLINED, S.IN_REVIEW}:
            raise Refusal("nothing_to_review", "There is nothing to review yet.")
        if current.human_review_requested_at is not None:
            return
        now = timezone.now()
        if current.status == S.IN_REVIEW:
            current.human_review_requested_at = now
            current.save(update_fields=["human_review_requested_at"])
            publish(kind=HUMAN_REVIEW_REQUESTED, aggregate=current)
        else:
            move(
                current,
                to=S.IN_REVIEW,
                actor=actor,
                reason_code="human_review_requested",
                update={"human_review_requested_at": now},
            )
        audit_record(actor=actor, action="verification.human_review_requested", target=current)


def verification_state(verification: Verification) -> str:
    """Return a token of how the verification stands now; any move or attempt changes it."""
    changes = StatusChange.objects.filter(
        target_type=verification._meta.label_lower, target_id=str(verification.pk)
    )
    newest = changes.order_by("-id").values_list("id", flat=True).first()
    return f"{verification.status}:{verification.attempt}:{newest or 0}"


def may_decide(analyst: User, verification: Verification) -> bool:
    """Whether this analyst may decide now: a decision that stands takes one more permission.

    Nobody decides about a customer who was erased: there is nothing left to decide on.
    """
    if verification.customer.data_key.is_destroyed:
        return False
    if verification.status in {S.APPROVED, S.DECLINED}:
        return analyst.has_perm("kyc.overrule_verification")
    return analyst.has_perm("kyc.decide_verification")


def verification_decide(
    *,
    verification: Verification,
    decision: str,
    reason: str,
    note: str,
    seen: str,
    analyst: User,
    is_guarded: bool = True,
) -> Decision:
    """Let a person decide, on the evidence as they saw it.

    `is_guarded` is false for whoever the guards speak for: there it was agreed upon.

    Raises
    ------
    Refusal
        When the reason does not fit, the analyst may not, the move is not allowed, a guard
        objects, or somebody is approved who is or may be on a watchlist.
    ChangedElsewhere
        When the verification has moved on since the page was opened.
    """
    _check_reason(decision, reason)
    with transaction.atomic():
        current = verification_lock(verification)
        if current.customer.user_id == analyst.pk:
            raise Refusal("own_verification", "Nobody decides their own verification.")
        if verification_state(current) != seen:
            raise ChangedElsewhere(
                "This verification has moved on since you opened it. Look at it again, then decide."
            )
        if current.customer.data_key.is_destroyed:
            raise Refusal("customer_erased", "This customer was erased; what was decided stays.")
        if not may_decide(analyst, current):
            raise Refusal(
                "not_yours_to_overrule", "Only a senior analyst may overrule what was decided."
            )
        if is_guarded:
            require_no_objection(current)
        if decision == "approve":
            require_no_standing_hit(current.customer_id)
        made = _record_decision(current, decision, reason, note, analyst)
        _move_by_analyst(current, decision, reason, analyst, made)
    return made


def _check_complete(verification: Verification) -> None:
    if consent_current(verification.customer) is None:
        raise Refusal("consent_missing", "Please answer the question about consent first.")
    if verification.customer.details_sealed is None:
        raise Refusal("details_missing", "Please enter your details first.")
    if not verification.document_type:
        raise Refusal("document_missing", "Please choose a document first.")
    missing = missing_captures(verification)
    if missing:
        raise Refusal("capture_missing", f"Still missing: {missing[0].label.lower()}.")


def _to_redo(decision: Decision | None) -> tuple[str, ...]:
    """Return the captures to take again: what the decision names, everything if it names none."""
    face = (CaptureKind.LIVENESS_VIDEO, CaptureKind.SELFIE_STILL)
    named = tuple(decision.redo) if decision is not None else ()
    if not named:
        return (CaptureKind.DOCUMENT_FRONT, CaptureKind.DOCUMENT_BACK, *face)
    return (*named, *face) if CaptureKind.LIVENESS_VIDEO in named else named


def _check_reason(decision: str, reason: str) -> None:
    if decision not in DECISION_STATUS:
        raise Refusal("unknown_decision", "Choose approve, decline or resubmit.", field="decision")
    if reason not in {code for code, _ in AnalystReason.of_decision(decision)}:
        raise Refusal("reason_missing", "Choose a reason that fits the decision.", field="reason")


RESUBMIT_CAPTURES = {
    AnalystReason.RESUBMIT_SELFIE: [CaptureKind.LIVENESS_VIDEO],
    AnalystReason.RESUBMIT_PICTURE: [CaptureKind.DOCUMENT_FRONT, CaptureKind.DOCUMENT_BACK],
    AnalystReason.RESUBMIT_WRONG_SIDE: [CaptureKind.DOCUMENT_FRONT, CaptureKind.DOCUMENT_BACK],
    AnalystReason.RESUBMIT_EXPIRED: [CaptureKind.DOCUMENT_FRONT, CaptureKind.DOCUMENT_BACK],
}


def _record_decision(
    verification: Verification, decision: str, reason: str, note: str, analyst: User
) -> Decision:
    made = Decision(
        verification=verification,
        decided_by=analyst,
        attempt=verification.attempt,
        outcome=DECISION_STATUS[decision].value,
        reason_codes=[reason],
        redo=RESUBMIT_CAPTURES.get(AnalystReason(reason), []),
    )
    if note.strip():
        made.note_sealed = seal_bytes(
            data_key=verification.customer.data_key,
            value=note.strip().encode(),
            context=f"decision:{made.id}:note",
        )
    made.save(force_insert=True)
    return made


def _move_by_analyst(
    verification: Verification, decision: str, reason: str, analyst: User, made: Decision
) -> None:
    if decision == "resubmit" and verification.attempt >= settings.MAX_ATTEMPTS:
        raise Refusal(
            "retries_used_up",
            f"All {settings.MAX_ATTEMPTS} attempts are used up. Approve or decline.",
        )
    try:
        move(
            verification,
            to=DECISION_STATUS[decision],
            actor=Actor.of_user(analyst),
            reason_code=reason,
            payload={"decision_id": str(made.id), "decided_by": "analyst"},
            update={"decided_at": timezone.now(), "human_review_requested_at": None},
        )
    except TransitionRefused as refused:
        raise Refusal(
            "move_not_allowed",
            f"A verification that is {verification.get_status_display().lower()} cannot be "
            f"decided this way.",
        ) from refused
