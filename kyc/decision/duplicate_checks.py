"""Checks that the person is not known already as somebody else. All of them speak of fraud."""

from __future__ import annotations

from dataclasses import dataclass

from kyc.decision.checks import Check, CheckGroup, CheckKind, CheckState
from kyc.decision.duplicates import (
    DeviceSearch,
    DocumentSearch,
    DuplicateFindings,
    FaceSearch,
    FaceSearchOutcome,
)
from kyc.decision.evidence import StageOutcome, StageRun
from kyc.decision.rules import Draft, Rules

FRAUD = CheckKind.FRAUD
NO_FACE = {
    FaceSearchOutcome.NO_CONSENT: "No consent to biometrics was given.",
    FaceSearchOutcome.NO_FACE: "There is no face to search with.",
}


@dataclass(frozen=True, slots=True)
class DuplicateLimits:
    """Where sharing begins to matter.

    Attributes
    ----------
    customers_per_device : int
        Others that may have used a customer's devices. Three lets a household of four share a
        computer; it is a choice, not a measurement.
    """

    customers_per_device: int = 3


def duplicate_group(
    run: StageRun,
    findings: DuplicateFindings | None,
    rules: Rules,
    limits: DuplicateLimits = DuplicateLimits(),
) -> CheckGroup:
    """Return the checks against other customers.

    Parameters
    ----------
    run : StageRun
        How the search ended.
    findings : DuplicateFindings or None
        None when it found nothing out.
    rules : Rules
    limits : DuplicateLimits
    """
    drafts = (
        rules.check("duplicate.face", "Face is no other customer's", FRAUD),
        rules.check("duplicate.document_number", "Document is no other customer's", FRAUD),
        rules.check(
            "duplicate.document_picture", "Photograph was not sent before", FRAUD, is_required=False
        ),
        rules.check("duplicate.device", "Device is not shared by many", FRAUD, is_required=False),
    )
    checks: tuple[Check, ...]
    if findings is None or run.outcome is not StageOutcome.DONE:
        checks = tuple(draft.not_looked(run) for draft in drafts)
    else:
        face, number, picture, device = drafts
        checks = (
            _face(face, findings.face, run),
            _document_number(number, findings.document, run),
            _document_picture(picture, findings.document, run),
            _device(device, findings.device, run, limits),
        )
    return CheckGroup("duplicate", "Other customers", checks)


def _face(check: Draft, search: FaceSearch, run: StageRun) -> Check:
    """Judge a face: alone it informs, with a second sign or beyond doubt it goes to a person."""
    if search.outcome in NO_FACE:
        return check.skipped(NO_FACE[search.outcome], run)
    nearest = min((hit.distance for hit in search.hits), default=None)
    serious = [hit for hit in search.hits if hit.is_serious]
    if serious:
        signs = sorted({sign.value for hit in serious for sign in hit.signs})
        also = f" They also share: {', '.join(signs)}." if signs else ""
        return check.raised(
            CheckState.CONSIDER,
            f"Could be the same person as {_customers(len(serious))}.{also} {search.meaning}",
            run,
            score=nearest,
            limit=search.hit_distance,
        )
    if search.unsearched:
        return check.skipped(
            f"{search.unsearched} faces could not be searched: another engine described them. "
            "Run rebuild_face_gallery.",
            run,
        )
    return check.clear(_face_sentence(search), run, score=nearest, limit=search.strict_distance)


def _face_sentence(search: FaceSearch) -> str:
    if search.hits:
        return (
            f"Looks like {_customers(len(search.hits))}, with no second sign: for information. "
            f"{search.meaning}"
        )
    return f"None of {search.searched} faces is near. {search.meaning}".rstrip()


def _document_number(check: Draft, search: DocumentSearch, run: StageRun) -> Check:
    if not search.has_number:
        return check.skipped("No document number was read for certain.", run)
    others = len({hit.customer_id for hit in search.same_number})
    if not others:
        return check.clear("No other customer has shown this number.", run)
    return check.raised(CheckState.CONSIDER, f"Shown by {_customers(others)} too.", run)


def _document_picture(check: Draft, search: DocumentSearch, run: StageRun) -> Check:
    if not search.has_picture:
        return check.skipped("The photograph shows too little to be known again.", run)
    if not search.same_picture:
        return check.clear("No other customer has sent this photograph.", run)
    others = len({hit.customer_id for hit in search.same_picture})
    return check.raised(
        CheckState.CONSIDER, f"The same photograph was sent by {_customers(others)}.", run
    )


def _device(check: Draft, search: DeviceSearch, run: StageRun, limits: DuplicateLimits) -> Check:
    if not search.devices:
        return check.skipped("No device of this customer is known.", run)
    words = (
        f"Other customers on the same device: {search.customers}; "
        f"on devices of the same make: {search.customers_alike}."
    )
    score, limit = float(search.customers), float(limits.customers_per_device)
    if search.customers > limits.customers_per_device:
        return check.raised(CheckState.CONSIDER, words, run, score=score, limit=limit)
    return check.clear(words, run, score=score, limit=limit)


def _customers(count: int) -> str:
    return "one other customer" if count == 1 else f"{count} other customers"
