"""Why a customer is erased."""

from __future__ import annotations

from django.db import models


class ErasureReason(models.TextChoices):
    """What the audit trail says of it."""

    CUSTOMER_REQUEST = "customer_request", "The customer asked for it"
    RETENTION_OVER = "retention_over", "The time for which it must be kept is over"
    UNLAWFUL = "unlawful", "It should not have been collected"
    TEST_DATA = "test_data", "It was a trial, not a customer"
