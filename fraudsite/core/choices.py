"""The closed lists of the platform."""

from __future__ import annotations

from django.db import models


class Role(models.TextChoices):
    """What a user is to the organisation; `roles.ROLE_PERMISSIONS` says what each may do."""

    CUSTOMER = "customer", "Customer"
    ANALYST = "analyst", "Analyst"
    SENIOR_ANALYST = "senior_analyst", "Senior analyst"
    RISK_MANAGER = "risk_manager", "Risk manager"
    AUDITOR = "auditor", "Auditor"
    ADMINISTRATOR = "administrator", "Administrator"


class WorkspaceKind(models.TextChoices):
    """Whether a workspace's customers are real."""

    LIVE = "live", "Live"
    SANDBOX = "sandbox", "Sandbox"


class ActorKind(models.TextChoices):
    """What kind of thing acted."""

    USER = "user", "User"
    SYSTEM = "system", "System"
    API_KEY = "api_key", "API key"


class ApiScope(models.TextChoices):
    """What an API key may be used for."""

    TRANSACTIONS_WRITE = "transactions:write", "Send transactions and get decisions"
    TRANSACTIONS_READ = "transactions:read", "Read transactions and decisions"
    LABELS_WRITE = "labels:write", "Say which transactions were fraud"
    CASES_READ = "cases:read", "Read cases, as whoever made the key"
    CASES_WORK = "cases:work", "Take, comment and decide cases, as whoever made the key"
    EVENTS_READ = "events:read", "Read the news of cases"


class DataKeyPurpose(models.TextChoices):
    """What a data key protects."""

    CUSTOMER = "customer", "One customer's evidence and fields"
    BLIND_INDEX = "blind_index", "Equality search"
    PLATFORM = "platform", "Secrets of the platform"
