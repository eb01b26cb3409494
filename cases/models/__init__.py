"""Tables of the analysts' workplace."""

from __future__ import annotations

from cases.models.alert import Alert
from cases.models.attachment import Attachment
from cases.models.case import Case
from cases.models.case_event import CaseEvent
from cases.models.case_view import CaseView
from cases.models.customer_link import CustomerLink
from cases.models.decision import CaseDecision, CaseLabel
from cases.models.note import Note
from cases.models.notifications import (
    NotificationChannel,
    NotificationDelivery,
    NotificationRoute,
)
from cases.models.queue import Queue, QueueMember
from cases.models.report import SuspiciousActivityReport
from cases.models.workplace import SavedFilter, WorkplaceSettings

__all__ = [
    "Alert",
    "Attachment",
    "Case",
    "CaseDecision",
    "CaseEvent",
    "CaseLabel",
    "CaseView",
    "CustomerLink",
    "Note",
    "NotificationChannel",
    "NotificationDelivery",
    "NotificationRoute",
    "Queue",
    "QueueMember",
    "SavedFilter",
    "SuspiciousActivityReport",
    "WorkplaceSettings",
]
