"""Stored readings of a document, as what the pure comparisons take."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import QuerySet

from kyc.choices import Stage
from kyc.decision.agreement import Facts
from kyc.decision.declared import DocumentFields
from kyc.models import StageResult, Verification
from kyc.services.stage_results import findings_read


def document_findings(verification: Verification) -> dict[str, Any]:
    """Return what was found on the present attempt's document; empty before its stage ended."""
    return _newest(verification.stage_results.filter(attempt=verification.attempt))


def newest_document_findings(verification: Verification) -> dict[str, Any]:
    """Return what was found on the newest document that was read, of whichever attempt."""
    return _newest(verification.stage_results.all())


def _newest(results: QuerySet[StageResult]) -> dict[str, Any]:
    of_documents = results.filter(stage=Stage.DOCUMENT).order_by("-attempt")
    result = of_documents.select_related("verification__customer__data_key").first()
    return findings_read(result) if result is not None else {}


def document_fields(mrz: dict[str, Any]) -> DocumentFields:
    """Return the fields of a stored zone that customers declare as well."""
    fields = mrz["fields"]
    return DocumentFields(
        surname=fields["surname"],
        given_names=fields["given_names"],
        birth_date=stored_date(fields["birth_date"]),
        nationality=fields["nationality"],
        is_name_truncated=_is_name_truncated(fields),
    )


def licence_fields(licence: dict[str, Any]) -> DocumentFields:
    """Return the fields of a licence's bar code that customers declare as well."""
    fields = licence["fields"]
    return DocumentFields(
        surname=fields["surname"],
        given_names=fields["given_names"],
        birth_date=stored_date(fields["birth_date"]),
        nationality="",
        is_name_truncated=_is_name_truncated(fields),
    )


def zone_facts(mrz: dict[str, Any]) -> Facts:
    """Return what a stored zone says for certain."""
    fields, is_visa = mrz["fields"], mrz["format"].startswith("MRV")
    return replace(_facts(fields), nationality=fields["nationality"], is_visa=is_visa)


def licence_facts(licence: dict[str, Any]) -> Facts:
    """Return what a licence's bar code says; it names no nationality."""
    return _facts(licence["fields"])


def _facts(fields: dict[str, Any]) -> Facts:
    return Facts(
        surname=fields["surname"],
        given_names=fields["given_names"],
        document_number=fields["document_number"],
        birth_date=stored_date(fields["birth_date"]),
        expiry_date=stored_date(fields["expiry_date"]),
        is_name_truncated=_is_name_truncated(fields),
    )


def _is_name_truncated(fields: dict[str, Any]) -> bool:
    # Readings from before it was asked do not say.
    return bool(fields.get("name_is_truncated"))


def stored_date(text: str | None) -> date | None:
    """Return a date that was stored as text."""
    return date.fromisoformat(text) if text else None
