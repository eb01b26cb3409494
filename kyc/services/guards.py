"""Decisions that are taken somewhere else are refused here."""

from __future__ import annotations

from django.db.models import Model

from fraudsite.core.decision_guards import objection_to
from kyc.refusals import Refusal


def require_no_objection(subject: Model) -> None:
    """Raise `Refusal`, with the page to go to, if a guard objects to deciding about this."""
    objection = objection_to(subject)
    if objection is not None:
        raise Refusal("decided_elsewhere", objection.sentence, url=objection.url)
