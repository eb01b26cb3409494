"""The platform's pages in the staff site."""

from __future__ import annotations

from fraudsite.core.admin.api_keys import ApiKeyAdmin
from fraudsite.core.admin.history import AuditEntryAdmin, AuditSealAdmin, StatusChangeAdmin
from fraudsite.core.admin.outbox import OutboxEventAdmin
from fraudsite.core.admin.users import UserAdmin

__all__ = [
    "ApiKeyAdmin",
    "AuditEntryAdmin",
    "AuditSealAdmin",
    "OutboxEventAdmin",
    "StatusChangeAdmin",
    "UserAdmin",
]
