"""From stored stage results to the evidence the policy decides on."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.utils import timezone

from kyc.choices import Stage, StageState
from kyc.decision.checks import EngineRun
from kyc.decision.declared import DeclaredFields, DocumentFields, match_fields
from kyc.decision.duplicates import DuplicateFindings
from kyc.decision.evidence import (
    Declared,
    DocumentEvidence,
    DuplicateEvidence,
    Evidence,
    FaceEvidence,
    FieldMatch,
    LivenessEvidence,
    PassiveEvidence,
    QualityEvidence,
    ScreeningEvidence,
    Signal,
    StageOutcome,
    StageRun,
)
from kyc.decision.screening import ScreeningFindings
from kyc.models import StageResult, Verification
from kyc.services.consents import has_biometric_consent
from kyc.services.customers import details_read
from kyc.services.stage_results import findings_read
from kyc.services.watchlists import screening_is_configured


def attempt_evidence(verification: Verification) -> Evidence:
    """Gather everything known about the present attempt."""
    results = {
        result.stage: result
        for result in verification.stage_results.filter(
            attempt=verification.attempt
        ).select_related("verification__customer__data_key")
    }
    return Evidence(
        today=timezone.now().date(),
        declared=Declared(verification.document_type, verification.issuing_country),
        has_biometric_consent=has_biometric_consent(verification.customer),
        attempts_left=settings.MAX_ATTEMPTS - verification.attempt,
        quality=_quality(results.get(Stage.QUALITY)),
        document=_document(results.get(Stage.DOCUMENT), verification),
        liveness=_liveness(results.get(Stage.LIVENESS)),
        face=_face(results.get(Stage.FACE)),
        duplicates=_duplicates(results.get(Stage.DUPLICATES)),
        screening=_screening(results.get(Stage.SCREENING)),
    )


def document_fields(mrz: dict[str, Any]) -> DocumentFields:
    """Return the fields of a stored reading that customers declare as well."""
    fields = mrz["fields"]
    return DocumentFields(
        format=mrz["format"],
        surname=fields["surname"],
        given_names=fields["given_names"],
        birth_date=_date(fields["birth_date"]),
        nationality=fields["nationality"],
    )


def _run(result: StageResult) -> StageRun:
    engine = EngineRun(result.engine, result.engine_version, result.duration_ms)
    return StageRun(StageOutcome(result.state), result.failure_code, engine)


def _quality(result: StageResult | None) -> QualityEvidence:
    if result is None:
        return QualityEvidence()
    pictures = findings_read(result).get("pictures", {})
    issues = {
        kind: tuple(issue["code"] for issue in report["issues"])
        for kind, report in pictures.items()
    }
    return QualityEvidence(_run(result), issues)


def _document(result: StageResult | None, verification: Verification) -> DocumentEvidence:
    if result is None:
        return DocumentEvidence()
    found = findings_read(result)
    mrz = found.get("mrz")
    if mrz is None:
        return DocumentEvidence(_run(result), outcome=found.get("outcome", ""))
    fields = mrz["fields"]
    return DocumentEvidence(
        run=_run(result),
        outcome=found["outcome"],
        is_accepted=mrz["is_accepted"],
        refusal_reason=mrz["refusal_reason"] or "",
        confidence=mrz["confidence"],
        format=mrz["format"],
        document_code=fields["document_code"],
        issuing_state=fields["issuing_state"],
        birth_date=_date(fields["birth_date"]),
        expiry_date=_date(fields["expiry_date"]),
        invalid_check_digits=tuple(mrz["invalid_check_digits"]),
        repaired_characters=mrz["repaired_characters"],
        fields=_matches(mrz, verification),
    )


def _matches(mrz: dict[str, Any], verification: Verification) -> dict[str, FieldMatch]:
    details = details_read(verification.customer)
    if details is None:
        return {}
    declared = DeclaredFields(
        details.surname, details.given_names, details.birth_date, details.nationality
    )
    return dict(match_fields(declared, document_fields(mrz)))


def _liveness(result: StageResult | None) -> LivenessEvidence:
    if result is None:
        return LivenessEvidence()
    if result.failure_code == "still_only":
        return LivenessEvidence(_run(result), is_still_only=True)
    found = findings_read(result)
    actions = found.get("actions", [])
    return LivenessEvidence(
        run=_run(result),
        outcome=found.get("outcome", ""),
        actions_seen=sum(1 for action in actions if action["is_seen"]),
        actions_asked=len(actions),
        signals=tuple(_signal(signal) for signal in found.get("signals", [])),
        passive=_passive(found.get("passive")),
    )


def _passive(found: dict[str, Any] | None) -> PassiveEvidence | None:
    if found is None:
        return None
    return PassiveEvidence(
        is_spoof=found["is_spoof"],
        reason=found["reason"],
        score=found["score"],
        limit=found["threshold"],
        engine=EngineRun(found["engine"], found["engine_version"], round(found["duration_ms"])),
    )


def _signal(found: dict[str, Any]) -> Signal:
    return Signal(found["code"], found["kind"], found["value"], found["limit"], found["is_raised"])


def _face(result: StageResult | None) -> FaceEvidence:
    if result is None:
        return FaceEvidence()
    found = findings_read(result)
    return FaceEvidence(
        run=_run(result),
        outcome=found.get("outcome", ""),
        distance=found.get("distance"),
        threshold=found.get("threshold"),
        false_match_rate=found.get("false_match_rate", ""),
    )


def _duplicates(result: StageResult | None) -> DuplicateEvidence:
    if result is None:
        return DuplicateEvidence()
    if result.state != StageState.DONE:
        return DuplicateEvidence(_run(result))
    return DuplicateEvidence(_run(result), DuplicateFindings.from_json(findings_read(result)))


def _screening(result: StageResult | None) -> ScreeningEvidence:
    is_configured = screening_is_configured()
    if result is None or result.state != StageState.DONE:
        run = StageRun() if result is None else _run(result)
        return ScreeningEvidence(run, is_configured)
    found = ScreeningFindings.from_json(findings_read(result))
    return ScreeningEvidence(_run(result), is_configured, found)


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
