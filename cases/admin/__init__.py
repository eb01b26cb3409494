"""Staff pages of cases."""

from __future__ import annotations

from cases.admin.case_list import CaseAdmin
from cases.admin.notifications import NotificationChannelAdmin, NotificationDeliveryAdmin

__all__ = ["CaseAdmin", "NotificationChannelAdmin", "NotificationDeliveryAdmin"]
