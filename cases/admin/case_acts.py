"""What can be done on a case's page beside deciding: each act with its form and its service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cases.admin.attachments import attach
from cases.admin.case_forms import (
    AttachForm,
    CaseForm,
    MoveForm,
    NoteForm,
    ReasonForm,
    SuspendForm,
)
from cases.admin.decisions import DecideForm, SecondForm
from cases.choices import CaseStatus as S
from cases.choices import DecisionStatus, QueueName
from cases.models import Case, CaseDecision
from cases.services.approvals import decision_approve, decision_reject, decision_second
from cases.services.case_rows import live_decision
from cases.services.claims import case_claim, case_escalate, case_release
from cases.services.decisions import case_decide
from cases.services.notes import note_add
from cases.services.pauses import case_reopen, case_resume, case_suspend
from cases.services.queue_moves import case_move_queue
from fraudsite.core.models import User
from kyc.refusals import Refusal

APPROVES = "cases.approve_case"
NOT_PERMITTED = "Your role does not let you do this any more. Nothing was changed."


@dataclass(frozen=True, slots=True)
class Asked:
    """Who wants something done with which case, as they saw it."""

    case: Case
    seen: int
    viewer: User


@dataclass(frozen=True, slots=True)
class Act:
    """One thing a person can do.

    Attributes
    ----------
    key : str
        The single key that does it, "" for none.
    run : callable
        Does it and returns what to say.
    permission : str
        Whoever lost it meanwhile is told so, and keeps what they typed.
    """

    name: str
    label: str
    form: type[CaseForm]
    run: Callable[[Asked, Any], str]
    key: str = ""
    tone: str = "info"
    permission: str = "cases.work_case"


def act_do(act: Act, asked: Asked, form: CaseForm) -> str:
    """Do what was asked for and return what to say. Raises `Refusal`."""
    if not asked.viewer.has_perm(act.permission):
        raise Refusal("not_permitted", NOT_PERMITTED)
    return act.run(asked, form)


def _claim(asked: Asked, _form: CaseForm) -> str:
    case_claim(case_id=asked.case.pk, seen=asked.seen, analyst=asked.viewer)
    return "This case is yours now."


def _release(asked: Asked, _form: CaseForm) -> str:
    case_release(case_id=asked.case.pk, seen=asked.seen, user=asked.viewer)
    return "The case is back in its queue."


def _escalate(asked: Asked, form: CaseForm) -> str:
    reason = form.cleaned_data["reason"]
    case_escalate(case_id=asked.case.pk, seen=asked.seen, reason=reason, analyst=asked.viewer)
    return "The case is in the escalations queue."


def _move(asked: Asked, form: CaseForm) -> str:
    data = form.cleaned_data
    moved = case_move_queue(
        case_id=asked.case.pk,
        seen=asked.seen,
        queue_id=data["queue"],
        reason=data["reason"],
        user=asked.viewer,
    )
    return f"The case is in the queue {moved.queue.title}."


def _suspend(asked: Asked, form: CaseForm) -> str:
    data = form.cleaned_data
    case_suspend(
        case_id=asked.case.pk,
        seen=asked.seen,
        until=data["until"],
        reason=data["reason"],
        analyst=asked.viewer,
    )
    return f"The case rests until {data['until']:%-d %B %Y, %H:%M} UTC."


def _resume(asked: Asked, _form: CaseForm) -> str:
    case_resume(case_id=asked.case.pk, seen=asked.seen, analyst=asked.viewer)
    return "The case is taken up again, and yours."


def _reopen(asked: Asked, form: CaseForm) -> str:
    reason = form.cleaned_data["reason"]
    case_reopen(case_id=asked.case.pk, seen=asked.seen, reason=reason, user=asked.viewer)
    return "The case is open again, in the escalations queue."


def _note(asked: Asked, form: CaseForm) -> str:
    text = form.cleaned_data["text"]
    note_add(case_id=asked.case.pk, seen=asked.seen, text=text, author=asked.viewer)
    return "Your note is kept."


def _attach(asked: Asked, form: CaseForm) -> str:
    attach(asked.case, asked.seen, form.cleaned_data["file"], asked.viewer)
    return "The file is attached."


def _decide(asked: Asked, form: DecideForm) -> str:
    made = case_decide(
        case_id=asked.case.pk, seen=asked.seen, verdict=form.verdict(), analyst=asked.viewer
    )
    if made.status == DecisionStatus.AWAITING_APPROVAL:
        return f"Case {asked.case.reference} is decided, and waits for a second person."
    return f"Case {asked.case.reference} is decided. It takes effect in ten seconds."


def _approve(asked: Asked, _form: CaseForm) -> str:
    decision = _live(asked.case)
    decision_approve(decision_id=decision.pk, seen=asked.seen, approver=asked.viewer)
    return "The decision is approved. It takes effect in ten seconds."


def _reject(asked: Asked, form: CaseForm) -> str:
    decision_reject(
        decision_id=_live(asked.case).pk,
        seen=asked.seen,
        reason=form.cleaned_data["reason"],
        approver=asked.viewer,
    )
    return "The decision is sent back to who made it."


def _second(asked: Asked, form: SecondForm) -> str:
    answered = decision_second(
        decision_id=_live(asked.case).pk,
        seen=asked.seen,
        label=form.cleaned_data["label"],
        effects=form.effects(),
        approver=asked.viewer,
    )
    if answered.status == DecisionStatus.REJECTED:
        return "The two decisions differ: the case goes to the escalations queue."
    return "Both decisions agree. They take effect in ten seconds."


def _live(case: Case) -> CaseDecision:
    decision = live_decision(case)
    if decision is None:
        raise Refusal("not_waiting", "No decision waits for approval any more.")
    return decision


ACTS = {
    act.name: act
    for act in (
        Act("claim", "Take this case", CaseForm, _claim, "c"),
        Act("release", "Put back", CaseForm, _release),
        Act("escalate", "Escalate", ReasonForm, _escalate, "e", "warning"),
        Act("move", "Move to another queue", MoveForm, _move),
        Act("suspend", "Suspend", SuspendForm, _suspend),
        Act("resume", "Take it up again", CaseForm, _resume, "c"),
        Act("reopen", "Open again", ReasonForm, _reopen, "", "warning", APPROVES),
        Act("note", "Write a note", NoteForm, _note, "n"),
        Act("attach", "Attach a file", AttachForm, _attach),
        Act("decide", "Decide", DecideForm, _decide),
        Act("approve", "Approve", CaseForm, _approve, "a", "success", APPROVES),
        Act("reject", "Reject", ReasonForm, _reject, "r", "danger", APPROVES),
        Act("second", "Decide a second time", SecondForm, _second, "", "info", APPROVES),
    )
}


def offered_acts(case: Case, viewer: User, *, live: CaseDecision | None) -> list[Act]:
    """Return what moves the case from where it stands, for this person.

    Services judge again; this only leaves out what would be refused anyway.
    """
    if case.is_held:
        names = _in_hand(case, viewer) if live is None else []
    else:
        names = _in_nobodys_hand(case, viewer)
    return [ACTS[name] for name in names]


def _in_hand(case: Case, viewer: User) -> list[str]:
    if case.claimed_by_id != viewer.pk:
        return ["move", "release"] if viewer.has_perm("cases.assign_case") else []
    escalate = [] if case.queue_id == QueueName.ESCALATIONS else ["escalate"]
    return [*escalate, "move", "suspend", "release"]


def _in_nobodys_hand(case: Case, viewer: User) -> list[str]:
    if case.is_closed:
        return ["reopen"] if viewer.has_perm(APPROVES) else []
    take = {S.OPEN: "claim", S.SUSPENDED: "resume"}.get(S(case.status))
    if take is None or not viewer.has_perm("cases.work_case"):
        return []
    return [take, "move"] if viewer.has_perm("cases.assign_case") else [take]
