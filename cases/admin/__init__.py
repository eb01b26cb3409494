"""Staff pages of cases."""

from __future__ import annotations

from cases.admin.case_list import CaseAdmin
from cases.admin.notifications import NotificationChannelAdmin, NotificationDeliveryAdmin
from cases.admin.queues import QueueAdmin
from cases.admin.report_trail import reports_known_to

__all__ = [
    "CaseAdmin",
    "NotificationChannelAdmin",
    "NotificationDeliveryAdmin",
    "QueueAdmin",
    "reports_known_to",
]
