"""Staff pages of cases."""

from __future__ import annotations

from cases.admin.notifications import NotificationChannelAdmin, NotificationDeliveryAdmin

__all__ = ["NotificationChannelAdmin", "NotificationDeliveryAdmin"]
