"""After sending: progress, result, another try, a person's look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from fraudsite.core.request_id import current_request_id
from kyc.choices import AnalystReason, Stage, StageState, VerificationStatus
from kyc.decision.checks import CheckKind
from kyc.decision.policy import RETRIES_USED_UP
from kyc.models import Decision, Verification
from kyc.services.consents import has_biometric_consent
from kyc.services.verifications import (
    decision_in_force,
    human_review_request,
    verification_retry,
)
from kyc.views.gate import actor_of, own_verification, wants_json
from kyc.views.steps import next_url, wizard_context

S = VerificationStatus


@dataclass(frozen=True, slots=True)
class Words:
    """What a customer reads about an outcome."""

    headline: str
    explanation: str


WORDS = {
    S.APPROVED: Words(
        "You are verified",
        "Your document and your face agree. You can use your account now.",
    ),
    S.IN_REVIEW: Words(
        "A person is looking at it",
        "Some of this needs a closer look by a person. You need not do anything; come back to this "
        "page to see what was decided.",
    ),
    S.RESUBMIT: Words(
        "Something needs to be done again",
        "We could not use everything you sent. Here is what to repeat; the rest is kept.",
    ),
    S.DECLINED: Words(
        "We cannot verify you",
        "The requirements for an account are not met. If you think this is wrong, ask for a person "
        "to look at it.",
    ),
}

WORDS_AFTER_LAST_TRY = Words(
    "A person is looking at it",
    "All your tries are used up, so a person now looks at what you sent. Come back to this page to "
    "see what was decided.",
)

# What an analyst's reason means to the customer; reasons that speak of fraud are not among them.
ANALYST_HINTS = {
    AnalystReason.RESUBMIT_PICTURE: "The picture of your document could not be read.",
    AnalystReason.RESUBMIT_WRONG_SIDE: "The wrong side or another document was shown.",
    AnalystReason.RESUBMIT_EXPIRED: "Your document has expired. Please show a valid one.",
    AnalystReason.RESUBMIT_SELFIE: "The pictures of your face must be taken again.",
    AnalystReason.DECLINE_UNDERAGE: "You have not reached the minimum age.",
    AnalystReason.DECLINE_UNSUPPORTED: "This document is not accepted here.",
}


@never_cache
@require_safe
@own_verification
def progress(request: HttpRequest, verification: Verification) -> HttpResponse:
    """Show the stages as they finish; for a script the same as JSON."""
    is_done = verification.status != S.PROCESSING
    stages = _stages(verification)
    if wants_json(request):
        return JsonResponse(
            {
                "status": verification.status,
                "stages": stages,
                "done": is_done,
                "next_url": next_url(verification),
                "request_id": current_request_id(),
            }
        )
    if is_done:
        return redirect(next_url(verification))
    context = {"stages": stages, "progress_url": reverse("kyc:progress")}
    return render(
        request, "kyc/progress.html", {**wizard_context(verification, "submit"), **context}
    )


@never_cache
@require_safe
@own_verification
def result(request: HttpRequest, verification: Verification) -> HttpResponse:
    """Tell the outcome in plain words, and what can be done."""
    if verification.status in {S.COLLECTING, S.PROCESSING}:
        return redirect(next_url(verification))
    words = _words(verification)
    is_retry_left = verification.attempt < settings.MAX_ATTEMPTS
    context = {
        "outcome": verification.status,
        "headline": words.headline,
        "explanation": words.explanation,
        "redo": _redo(verification),
        "can_retry": verification.status == S.RESUBMIT and is_retry_left,
        "human_review": {
            # In review, a person decides already.
            "is_possible": verification.status in {S.RESUBMIT, S.DECLINED},
            "is_requested": verification.status == S.IN_REVIEW
            and verification.human_review_requested_at is not None,
        },
    }
    return render(request, "kyc/result.html", {**wizard_context(verification, "result"), **context})


@require_POST
@own_verification
def retry(request: HttpRequest, verification: Verification) -> HttpResponse:
    """Begin the next attempt."""
    verification_retry(verification=verification, actor=actor_of(request))
    verification.refresh_from_db()
    return redirect(next_url(verification))


@require_POST
@own_verification
def human_review(request: HttpRequest, verification: Verification) -> HttpResponse:
    """Ask for a person to look at it."""
    human_review_request(verification=verification, actor=actor_of(request))
    return redirect("kyc:result")


def _words(verification: Verification) -> Words:
    newest = decision_in_force(verification)
    is_last = newest is not None and newest.reason_codes[:1] == [RETRIES_USED_UP]
    if verification.status == S.IN_REVIEW and is_last:
        return WORDS_AFTER_LAST_TRY
    return WORDS[S(verification.status)]


def _stages(verification: Verification) -> list[dict[str, str]]:
    results = {
        found.stage: found.state
        for found in verification.stage_results.filter(attempt=verification.attempt)
    }
    stages = [stage for stage in Stage if stage.is_told]
    if not has_biometric_consent(verification.customer):
        stages = [Stage.QUALITY, Stage.DOCUMENT]
    waiting = [stage for stage in stages if stage not in results]
    # The first without a result runs; reading and liveness run side by side.
    running = set(waiting[:1])
    if running & {Stage.DOCUMENT} and Stage.LIVENESS in waiting:
        running.add(Stage.LIVENESS)
    return [
        {
            "name": stage.value,
            "label": str(stage.label),
            "state": _stage_state(results.get(stage), is_running=stage in running),
        }
        for stage in stages
    ]


def _stage_state(state: str | None, *, is_running: bool) -> str:
    if state is None:
        return "running" if is_running else "waiting"
    return "failed" if state == StageState.FAILED else "done"


def _redo(verification: Verification) -> list[dict[str, str]]:
    """Return what to do again, in sentences that may be shown."""
    if verification.status not in {S.RESUBMIT, S.DECLINED}:
        return []
    newest = decision_in_force(verification)
    if newest is None:
        return []
    sentences = _analyst_sentences(newest) if newest.decided_by_id else _policy_sentences(newest)
    return [{"sentence": sentence, "url": ""} for sentence in sentences]


def _analyst_sentences(decision: Decision) -> list[str]:
    codes = [AnalystReason(code) for code in decision.reason_codes]
    return [ANALYST_HINTS[code] for code in codes if code in ANALYST_HINTS]


def _policy_sentences(decision: Decision) -> list[str]:
    checks: list[dict[str, Any]] = [c for group in decision.tree for c in group["checks"]]
    hints = [
        check["hint"]
        for check in checks
        if check["code"] in decision.reason_codes and check["kind"] == CheckKind.BEHAVIOUR
    ]
    return list(dict.fromkeys(filter(None, hints)))
