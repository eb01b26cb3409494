"""The platform's tables, one file per noun."""

from __future__ import annotations

from fraudsite.core.models.api_key import ApiKey
from fraudsite.core.models.audit import AuditEntry, AuditSeal
from fraudsite.core.models.data_key import DataKey
from fraudsite.core.models.encrypted_file import EncryptedFile
from fraudsite.core.models.installation import Installation
from fraudsite.core.models.outbox import ConsumedEvent, OutboxEvent
from fraudsite.core.models.status_change import StatusChange
from fraudsite.core.models.user import User
from fraudsite.core.models.workspace import Workspace

__all__ = [
    "ApiKey",
    "AuditEntry",
    "AuditSeal",
    "ConsumedEvent",
    "DataKey",
    "EncryptedFile",
    "Installation",
    "OutboxEvent",
    "StatusChange",
    "User",
    "Workspace",
]
