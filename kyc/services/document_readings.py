"""Stored readings of a document, as what the pure comparisons take."""

from __future__ import annotations

from datetime import date
from typing import Any

from kyc.decision.agreement import Facts
from kyc.decision.declared import DocumentFields


def document_fields(mrz: dict[str, Any]) -> DocumentFields:
    """Return the fields of a stored zone that customers declare as well."""
    fields = mrz["fields"]
    return DocumentFields(
        format=mrz["format"],
        surname=fields["surname"],
        given_names=fields["given_names"],
        birth_date=stored_date(fields["birth_date"]),
        nationality=fields["nationality"],
    )


def licence_fields(licence: dict[str, Any]) -> DocumentFields:
    """Return the fields of a licence's bar code that customers declare as well."""
    fields = licence["fields"]
    return DocumentFields(
        format="AAMVA",
        surname=fields["surname"],
        given_names=fields["given_names"],
        birth_date=stored_date(fields["birth_date"]),
        nationality="",
    )


def zone_facts(mrz: dict[str, Any]) -> Facts:
    """Return what a stored zone says for certain."""
    fields = mrz["fields"]
    return Facts(
        surname=fields["surname"],
        given_names=fields["given_names"],
        document_number=fields["document_number"],
        birth_date=stored_date(fields["birth_date"]),
        expiry_date=stored_date(fields["expiry_date"]),
        nationality=fields["nationality"],
        is_name_truncated=fields["name_is_truncated"],
        is_visa=mrz["format"].startswith("MRV"),
    )


def licence_facts(licence: dict[str, Any]) -> Facts:
    """Return what a licence's bar code says."""
    fields = licence["fields"]
    return Facts(
        surname=fields["surname"],
        given_names=fields["given_names"],
        document_number=fields["document_number"],
        birth_date=stored_date(fields["birth_date"]),
        expiry_date=stored_date(fields["expiry_date"]),
        is_name_truncated=fields["name_is_truncated"],
    )


def stored_date(text: str | None) -> date | None:
    """Return a date that was stored as text."""
    return date.fromisoformat(text) if text else None
