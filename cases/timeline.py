"""One timeline of a case: what machines found and what people did, in the order it happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q

from cases.choices import CaseEventKind, CaseStatus, DecisionLabel, DecisionStatus
from cases.models import Alert, Case
from cases.services.second_looks import hides_from
from fraudsite.core.choices import ActorKind
from fraudsite.core.models import StatusChange, User
from kyc.choices import Stage, StageState
from kyc.models import Decision as VerificationDecision
from kyc.models import StageResult
from scoring.models import Decision
from transactions.models import Label

# Of each kind of row, the newest; a case that has more is read on the pages of its parts.
LIMIT = 200
CASE = "cases.case"


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened.

    Attributes
    ----------
    kind : str
        Stable: "alert", "status", "stage", "judged", "label", "note", "attachment", "case".
    title : str
        What happened, in a few words.
    actor_kind, actor_id : str
        Who did it: "user" and their id, or "system" and the part of it.
    details : mapping
        Codes and ids; nothing that was read or written.
    note_id : str
        Of the note whose sealed text belongs here, if any.
    """

    at: datetime
    kind: str
    title: str
    actor_kind: str = ActorKind.SYSTEM
    actor_id: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    note_id: str = ""

    @property
    def is_by_machine(self) -> bool:
        """Whether no person did it."""
        return self.actor_kind == ActorKind.SYSTEM


def case_timeline(case: Case, *, viewer: User | None = None) -> list[TimelineEntry]:
    """Return everything that happened around a case, the oldest first.

    What was decided is left out of a decision that waits for a blind second look, unless the
    viewer made it. The number of queries does not depend on how much there is.
    """
    alerts = list(case.alerts.order_by("id"))
    verification_ids = {alert.verification_id for alert in alerts if alert.verification_id}
    transaction_ids = {alert.transaction_id for alert in alerts if alert.transaction_id}
    entries = [
        *_alerts(alerts),
        *_status_changes(case, verification_ids, transaction_ids),
        *_events(case, viewer),
        *_stages(verification_ids),
        *_policy_decisions(verification_ids),
        *_judgements(transaction_ids),
        *_labels(transaction_ids),
    ]
    return sorted(entries, key=lambda entry: entry.at)


def _alerts(alerts: Sequence[Alert]) -> Iterator[TimelineEntry]:
    for alert in alerts:
        details = {"alert_id": str(alert.pk), "reason": alert.reason, "severity": alert.severity}
        title = f"Alert: {alert.get_source_display().lower()}"
        yield TimelineEntry(alert.raised_at, "alert", title, details=details)


def _status_changes(
    case: Case, verification_ids: set[Any], transaction_ids: set[Any]
) -> Iterator[TimelineEntry]:
    """Uses index: core_status_target."""
    wanted = (
        Q(target_type=CASE, target_id=str(case.pk))
        | Q(target_type="kyc.verification", target_id__in=[str(pk) for pk in verification_ids])
        | Q(
            target_type="transactions.transaction",
            target_id__in=[str(pk) for pk in transaction_ids],
        )
    )
    for change in StatusChange.objects.filter(wanted).order_by("-id")[:LIMIT]:
        noun = change.target_type.rpartition(".")[2].capitalize()
        words = change.to_status.replace("_", " ")
        if change.target_type == CASE:
            words = CaseStatus(change.to_status).label.lower()
        yield TimelineEntry(
            change.occurred_at,
            "status",
            f"{noun}: {words}",
            change.actor_kind,
            change.actor_id,
            {"target_id": change.target_id, "reason_code": change.reason_code},
        )


def _events(case: Case, viewer: User | None) -> Iterator[TimelineEntry]:
    hidden = _hidden(case, viewer)
    kinds = {CaseEventKind.NOTED: "note", CaseEventKind.ATTACHED: "attachment"}
    shown = case.events.exclude(kind=CaseEventKind.ALERT_MERGED)
    for event in shown.order_by("-id")[:LIMIT]:
        title = CaseEventKind(event.kind).label
        details = event.details
        if details.get("decision_id") in hidden:
            details = {"decision_id": details["decision_id"]}
        if label := details.get("label"):
            title = f"{title}: {DecisionLabel(label).label.lower()}"
        yield TimelineEntry(
            event.occurred_at,
            kinds.get(CaseEventKind(event.kind), "case"),
            title,
            event.actor_kind,
            event.actor_id,
            details,
            details.get("note_id", ""),
        )


def _hidden(case: Case, viewer: User | None) -> set[str]:
    waiting = case.decisions.filter(status=DecisionStatus.AWAITING_APPROVAL).select_related("case")
    return {str(decision.pk) for decision in waiting if hides_from(decision, viewer)}


def _stages(verification_ids: set[Any]) -> Iterator[TimelineEntry]:
    results = StageResult.objects.filter(verification_id__in=verification_ids)
    for result in results.order_by("-created_at")[:LIMIT]:
        title = f"{Stage(result.stage).label}: {StageState(result.state).label.lower()}"
        details = {"attempt": result.attempt, "failure_code": result.failure_code}
        yield TimelineEntry(result.created_at, "stage", title, actor_id="engine", details=details)


def _policy_decisions(verification_ids: set[Any]) -> Iterator[TimelineEntry]:
    """A person's decision is a change of status already."""
    decided = VerificationDecision.objects.filter(
        verification_id__in=verification_ids, decided_by=None
    )
    for decision in decided.order_by("-created_at")[:LIMIT]:
        details = {"decision_id": str(decision.pk), "reason_codes": decision.reason_codes}
        title = f"Verification judged: {decision.get_outcome_display().lower()}"
        yield TimelineEntry(
            decision.created_at, "judged", title, actor_id="policy", details=details
        )


def _judgements(transaction_ids: set[Any]) -> Iterator[TimelineEntry]:
    judged = Decision.objects.filter(transaction_id__in=transaction_ids)
    # The packed features of each are half a kilobyte that no timeline shows.
    for decision in judged.defer("features").order_by("-decided_at")[:LIMIT]:
        details = {
            "transaction_id": str(decision.transaction_id),
            "score": decision.score,
            "causes": [cause["code"] for cause in decision.causes],
        }
        title = f"Payment judged: {decision.get_outcome_display().lower()}"
        yield TimelineEntry(
            decision.decided_at, "judged", title, actor_id="scoring", details=details
        )


def _labels(transaction_ids: set[Any]) -> Iterator[TimelineEntry]:
    said = Label.objects.filter(transaction_id__in=transaction_ids)
    for label in said.order_by("-known_at", "-id")[:LIMIT]:
        title = f"Labelled {'fraud' if label.is_fraud else 'honest'} ({label.source})"
        details = {"transaction_id": str(label.transaction_id), "reason_code": label.reason_code}
        yield TimelineEntry(
            label.known_at, "label", title, label.actor_kind, label.actor_id, details
        )
