"""The closed sets of words that the app's tables, forms and API share."""

from __future__ import annotations

from django.db import models


class QueueName(models.TextChoices):
    """The queues every installation has; an id in the table of queues."""

    ONBOARDING = "onboarding", "Onboarding"
    PAYMENTS = "payments", "Payments"
    SCREENING = "screening", "Screening"
    ESCALATIONS = "escalations", "Escalations"
    HUMAN_REVIEW = "human_review", "Human-review requests"


class Assignment(models.TextChoices):
    """How a new case of a queue finds its analyst."""

    MANUAL = "manual", "Whoever takes it"
    ROUND_ROBIN = "round_robin", "In turn"
    LEAST_LOADED = "least_loaded", "Whoever has the least"


class CaseStatus(models.TextChoices):
    """Where a case stands; see `Case` for how it moves."""

    OPEN = "open", "Open"
    CLAIMED = "claimed", "Claimed"
    INVESTIGATING = "investigating", "Investigating"
    PENDING_APPROVAL = "pending_approval", "Waits for approval"
    SUSPENDED = "suspended", "Suspended"
    CLOSED = "closed", "Closed"


HELD_BY_ANALYST = (CaseStatus.CLAIMED, CaseStatus.INVESTIGATING)


class Severity(models.IntegerChoices):
    """How bad an alert looks."""

    LOW = 1, "Low"
    MEDIUM = 2, "Medium"
    HIGH = 3, "High"
    CRITICAL = 4, "Critical"


class AlertSource(models.TextChoices):
    """What raised an alert."""

    VERIFICATION = "verification", "Verification to review"
    TRANSACTION = "transaction", "Judged transaction"
    HUMAN_REVIEW = "human_review", "Asked for by the customer"
    SCREENING = "screening", "Screening hit"


class AlertSettlement(models.TextChoices):
    """How an alert came to its end."""

    DECIDED = "decided", "Decided in the case"
    ELSEWHERE = "elsewhere", "Settled outside of the case"
    NOTED = "noted", "Noted on a closed case"


class DecisionLabel(models.TextChoices):
    """What an alert turned out to be."""

    CONFIRMED_FRAUD = "confirmed_fraud", "Confirmed fraud"
    FALSE_POSITIVE = "false_positive", "False positive"
    VALUABLE_ALERT = "valuable_alert", "Valuable alert, no fraud"
    INCONCLUSIVE = "inconclusive", "Inconclusive"


class DecisionStatus(models.TextChoices):
    """Where a decision stands; see `CaseDecision` for how it moves."""

    AWAITING_APPROVAL = "awaiting_approval", "Waits for a second person"
    SCHEDULED = "scheduled", "Takes effect in a moment"
    APPLIED = "applied", "In effect"
    UNDONE = "undone", "Undone"
    REJECTED = "rejected", "Rejected by the second person"
    FAILED = "failed", "Could not take effect"


LIVE_DECISIONS = (DecisionStatus.AWAITING_APPROVAL, DecisionStatus.SCHEDULED)


class CaseEventKind(models.TextChoices):
    """What happened to a case beside its moves."""

    ALERT_MERGED = "alert_merged", "Alert merged"
    ALERT_NOTED = "alert_noted", "Alert noted on the closed case"
    ALERT_SETTLED = "alert_settled", "Settled outside of the case"
    ASSIGNED = "assigned", "Assigned"
    QUEUE_CHANGED = "queue_changed", "Moved to another queue"
    ESCALATED = "escalated", "Escalated"
    NOTED = "noted", "Note written"
    ATTACHED = "attached", "File attached"
    DECIDED = "decided", "Decided"
    DECISION_APPROVED = "decision_approved", "Decision approved"
    DECISION_REJECTED = "decision_rejected", "Decision rejected"
    DECISION_UNDONE = "decision_undone", "Decision undone"
    DECISION_APPLIED = "decision_applied", "Decision in effect"
    DECISION_FAILED = "decision_failed", "Decision could not take effect"
    SLA_WARNED = "sla_warned", "Time is running out"
    SLA_BREACHED = "sla_breached", "Time is over"


class LinkKind(models.TextChoices):
    """What two customers can have in common."""

    DOCUMENT = "document", "Identity document"
    BROWSER = "browser", "Browser"
    DEVICE = "device", "Device"
    PAYEE = "payee", "Payee"
    IP = "ip", "IP address"


class ReportStatus(models.TextChoices):
    """Where a report of suspicious activity stands."""

    DRAFT = "draft", "Draft"
    READY = "ready", "Ready to file"
    FILED = "filed", "Filed"
    WITHDRAWN = "withdrawn", "Withdrawn"
