"""From stored stage results to the evidence the policy decides on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import timezone

from kyc.choices import Stage, StageState
from kyc.decision.agreement import SURE, Facts, compare_exact, compare_print, printed_of
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
from kyc.services.document_readings import (
    document_fields,
    licence_facts,
    licence_fields,
    stored_date,
    zone_facts,
)
from kyc.services.screening_hits import hits_standing
from kyc.services.stage_results import findings_read
from kyc.services.watchlists import screening_is_configured

# DL/ID-2000; AAMVA's standard of 2003 is version 2 (see `kyc.vision.barcodes.aamva_elements`).
LAST_VERSION_BEFORE_2003 = 1


def attempt_evidence(verification: Verification) -> Evidence:
    """Gather everything known about the present attempt."""
    results = {
        result.stage: result
        for result in verification.stage_results.filter(
            attempt=verification.attempt
        ).select_related("verification__customer__data_key")
    }
    return Evidence(
        today=_today(),
        declared=Declared(verification.document_type, verification.issuing_country),
        has_biometric_consent=has_biometric_consent(verification.customer),
        attempts_left=settings.MAX_ATTEMPTS - verification.attempt,
        quality=_quality(results.get(Stage.QUALITY)),
        document=_document(results.get(Stage.DOCUMENT), verification),
        liveness=_liveness(results.get(Stage.LIVENESS)),
        face=_face(results.get(Stage.FACE)),
        duplicates=_duplicates(results.get(Stage.DUPLICATES)),
        screening=_screening(results.get(Stage.SCREENING), verification),
    )


def _today() -> date:
    return timezone.now().date()


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
    if found.get("mrz") is not None:
        return _zone(_run(result), found, verification)
    if found.get("licence") is not None:
        return _licence(_run(result), found, verification)
    return DocumentEvidence(_run(result), outcome=found.get("outcome", ""))


def _zone(run: StageRun, found: dict[str, Any], verification: Verification) -> DocumentEvidence:
    mrz = found["mrz"]
    fields = mrz["fields"]
    return DocumentEvidence(
        run=run,
        outcome="read",
        is_accepted=mrz["is_accepted"],
        refusal_reason=mrz["refusal_reason"] or "",
        confidence=mrz["confidence"],
        format=mrz["format"],
        document_code=fields["document_code"],
        issuing_state=fields["issuing_state"],
        birth_date=stored_date(fields["birth_date"]),
        expiry_date=stored_date(fields["expiry_date"]),
        issue_date=_printed_issue_date(found),
        nationality=fields["nationality"],
        invalid_check_digits=tuple(mrz["invalid_check_digits"]),
        repaired_characters=mrz["repaired_characters"],
        fields=_matches(document_fields(mrz), verification),
        printed=_printed(zone_facts(mrz), found),
        has_unseen_print=_has_unseen_print(found),
        barcode=_barcode(found),
    )


def _licence(run: StageRun, found: dict[str, Any], verification: Verification) -> DocumentEvidence:
    """Return what a licence's bar code gave, accepted where nothing speaks against it."""
    licence = found["licence"]
    fields = licence["fields"]
    refusal = _licence_refusal(licence)
    return DocumentEvidence(
        run=run,
        outcome="read",
        is_accepted=not refusal,
        refusal_reason=refusal,
        format=f"AAMVA {licence['version']}",
        document_code="D" if licence["kind"] == "driving_licence" else "I",
        issuing_state=fields["issuing_state"],
        birth_date=stored_date(fields["birth_date"]),
        expiry_date=stored_date(fields["expiry_date"]),
        issue_date=stored_date(fields.get("issue_date")),
        fields=_matches(licence_fields(licence), verification),
        is_licence=True,
        printed=_printed(licence_facts(licence), found),
        has_unseen_print=_has_unseen_print(found),
        barcode=_barcode(found),
    )


def _licence_refusal(licence: dict[str, Any]) -> str:
    missing = ", ".join(licence["missing"] or licence["impossible"])
    if missing:
        return f"elements missing or impossible: {missing}"
    expiry = stored_date(licence["fields"]["expiry_date"])
    # Whoever writes a symbol writes its version too, and the older it is the less is asked for.
    if licence["version"] <= LAST_VERSION_BEFORE_2003 and expiry and expiry >= _today():
        return "of a version that ended in 2003, and still valid"
    return ""


def _printed(facts: Facts, found: dict[str, Any]) -> Mapping[str, FieldMatch] | None:
    visual = found.get("visual")
    return compare_print(facts, printed_of(visual)) if visual else None


def _has_unseen_print(found: dict[str, Any]) -> bool:
    """Return whether the engine for the print failed; older results have no such entry at all."""
    return "visual" in found and found["visual"] is None


def _printed_issue_date(found: dict[str, Any]) -> date | None:
    """Return the day of issue where it was printed without a doubt: no zone carries it."""
    fields = (found.get("visual") or {}).get("fields", ())
    sure = (f for f in fields if f["name"] == "issue_date" and f["confidence"] >= SURE)
    field = next(sure, None)
    return stored_date(field["days"][0]) if field and len(field["days"]) == 1 else None


def _barcode(found: dict[str, Any]) -> Mapping[str, FieldMatch] | None:
    """Return a licence's bar code against the zone, and what a further one contradicts it in."""
    mrz, licence = found.get("mrz"), found.get("licence")
    states = compare_exact(licence_facts(licence), zone_facts(mrz)) if mrz and licence else {}
    differing = dict.fromkeys(found.get("licences_differ_in", ()), FieldMatch.CONFLICT)
    return {**states, **differing} or None


def _matches(read: DocumentFields, verification: Verification) -> dict[str, FieldMatch]:
    details = details_read(verification.customer)
    if details is None:
        return {}
    declared = DeclaredFields(
        details.surname, details.given_names, details.birth_date, details.nationality
    )
    return dict(match_fields(declared, read))


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


def _screening(result: StageResult | None, verification: Verification) -> ScreeningEvidence:
    found = None
    if result is not None and result.state == StageState.DONE:
        found = ScreeningFindings.from_json(findings_read(result))
    known = {match.hit_id for match in found.standing} if found else set()
    standing = {str(hit.pk) for hit in hits_standing(verification.customer_id)}
    return ScreeningEvidence(
        run=StageRun() if result is None else _run(result),
        is_configured=screening_is_configured(),
        findings=found,
        earlier_hits=len(standing - known),
    )
