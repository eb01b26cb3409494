"""Checks on the document: readable, true to its check digits, valid, the declared person's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from kyc.decision.checks import Check, CheckGroup, CheckKind, CheckState
from kyc.decision.declared import icao_state
from kyc.decision.evidence import Evidence, FieldMatch, StageOutcome
from kyc.decision.plausibility import (
    SENTENCES,
    DocumentDates,
    impossible_dates,
    unknown_states,
)
from kyc.decision.rules import Rules

# Of six; one alone may be a chance find among the print.
FIELDS_TO_AGREE = 2

FRONT, BACK = "document_front", "document_back"

# First letters of the document code, ICAO Doc 9303 parts 4 (passports: P), 5 and 6 (cards: A, C, I)
# and 7 (visas: V); driving licences are outside ICAO 9303 and carry no zone in most states.
ZONE_LETTERS = {
    "passport": ("P",),
    "identity_card": ("I", "A", "C"),
    "residence_permit": ("I", "A", "C"),
    "driving_licence": ("D",),
}
# The cards whose bar code is read are licences and identity cards; nobody's is a permit to stay.
BARCODE_LETTERS = {"identity_card": ("I",), "driving_licence": ("D",)}

UNREADABLE = {
    "no_mrz": "No machine-readable zone was found.",
    "unreadable": "A machine-readable zone was found but could not be read.",
    "read": "The picture is too weak to trust what was read.",
}

FIELD_LABELS = {
    "surname": "Surname",
    "given_names": "Given names",
    "birth_date": "Date of birth",
    "nationality": "Nationality",
}


def document_group(evidence: Evidence, rules: Rules) -> CheckGroup:
    """Return the document's checks, each skipped when nothing was read."""
    checks = (
        picture_quality(evidence, rules),
        readable(evidence, rules),
        check_digits(evidence, rules),
        kind_of_document(evidence, rules),
        issuing_state(evidence, rules),
        plausible(evidence, rules),
        print_agrees(evidence, rules),
        barcode_agrees(evidence, rules),
        not_expired(evidence, rules),
        minimum_age(evidence, rules),
        *(declared_field(name, evidence, rules) for name in FIELD_LABELS),
    )
    return CheckGroup("document", "Document", checks)


def picture_quality(evidence: Evidence, rules: Rules) -> Check:
    """Whether the pictures are sharp, bright and whole enough to be judged by."""
    check = rules.check("document.picture_quality", "Pictures are good enough", CheckKind.BEHAVIOUR)
    quality = evidence.quality
    if quality.run.outcome is not StageOutcome.DONE:
        return check.not_looked(quality.run)
    documents = {k: v for k, v in (quality.issues or {}).items() if k in {FRONT, BACK} and v}
    if not documents:
        return check.clear("No picture is dark, blurred, glaring or cut off.", quality.run)
    if is_legible(evidence):
        # What could be read in full was good enough, whatever the measures say.
        return check.clear("A picture looked weak, but was read in full.", quality.run)
    found = ", ".join(sorted({code for codes in documents.values() for code in codes}))
    return check.raised(
        CheckState.UNPROCESSABLE,
        f"Found: {found}.",
        quality.run,
        hint=_quality_hint(found),
        redo=tuple(sorted(documents)),
    )


def readable(evidence: Evidence, rules: Rules) -> Check:
    """Whether the machine-readable zone was found and read."""
    check = rules.check("document.readable", "Document can be read", CheckKind.BEHAVIOUR)
    document = evidence.document
    if document.run.outcome is not StageOutcome.DONE:
        return check.not_looked(document.run)
    if is_legible(evidence):
        return check.clear(
            f"Read by machine ({document.format}).",
            document.run,
            score=document.confidence,
        )
    if evidence.declared.document_type == "driving_licence":
        # Most states print no zone on it: taking it again would not help.
        return check.raised(CheckState.CONSIDER, "A licence is read by eye.", document.run)
    side = BACK if evidence.declared.document_type != "passport" else FRONT
    return check.raised(
        CheckState.UNPROCESSABLE,
        UNREADABLE.get(document.outcome, UNREADABLE["unreadable"]),
        document.run,
        hint="We could not read the lines of letters and arrows (<<<). Photograph the side that "
        "carries them, whole, sharp and without reflections.",
        redo=(side,),
    )


def check_digits(evidence: Evidence, rules: Rules) -> Check:
    """Whether the zone is true to its own check digits, within the repair budget.

    A licence's bar code has none: there it is whether everything that it has to say is said.
    """
    check = rules.check("document.check_digits", "Check digits hold", CheckKind.FRAUD)
    document = evidence.document
    if not is_legible(evidence):
        return check.skipped("Nothing was read.", document.run)
    if document.is_accepted and document.is_licence:
        return check.clear(
            "A licence has none; each element that its version asks for is there.", document.run
        )
    if document.is_accepted:
        repaired = document.repaired_characters
        words = f"; {repaired} characters were repaired" if repaired else ""
        return check.clear(f"All check digits hold{words}.", document.run)
    wrong = ", ".join(document.invalid_check_digits) or document.refusal_reason or "not trusted"
    return check.raised(CheckState.CONSIDER, f"Not accepted: {wrong}.", document.run)


def kind_of_document(evidence: Evidence, rules: Rules) -> Check:
    """Whether the document shown is of the kind that was chosen."""
    check = rules.check("document.kind", "Is the kind that was chosen", CheckKind.BEHAVIOUR)
    document = evidence.document
    if not is_legible(evidence):
        return check.skipped("Nothing was read.", document.run)
    letters = BARCODE_LETTERS if document.is_licence else ZONE_LETTERS
    if document.document_code[:1] in letters.get(evidence.declared.document_type, ()):
        return check.clear("It is.", document.run)
    return check.raised(
        CheckState.CONSIDER,
        "The document read is not of the chosen kind.",
        document.run,
        hint="This is not the kind of document you chose. Choose again, or show the other one.",
        redo=(FRONT, BACK) if evidence.declared.document_type != "passport" else (FRONT,),
    )


def issuing_state(evidence: Evidence, rules: Rules) -> Check:
    """Whether the issuing state read is the one declared."""
    check = rules.check("document.issuing_state", "Issued where declared", CheckKind.FRAUD)
    document = evidence.document
    if not is_legible(evidence):
        return check.skipped("Nothing was read.", document.run)
    read = icao_state(document.issuing_state)
    if read == evidence.declared.issuing_country:
        return check.clear("It was.", document.run)
    return check.raised(
        CheckState.CONSIDER,
        "Another state issued it than was declared.",
        document.run,
    )


def plausible(evidence: Evidence, rules: Rules) -> Check:
    """Whether dates and states are such as a genuine document can have."""
    check = rules.check("document.plausible", "Dates and states can be", CheckKind.FRAUD)
    document = evidence.document
    if not is_legible(evidence):
        return check.skipped("Nothing was read.", document.run)
    dates = DocumentDates(document.birth_date, document.issue_date, document.expiry_date)
    is_passport = evidence.declared.document_type == "passport"
    found = (
        *impossible_dates(dates, today=evidence.today, is_passport=is_passport),
        *unknown_states(issuing_state=document.issuing_state, nationality=document.nationality),
    )
    if not found:
        return check.clear("They can.", document.run)
    return check.raised(
        CheckState.CONSIDER, " ".join(SENTENCES[code] for code in found), document.run
    )


def print_agrees(evidence: Evidence, rules: Rules) -> Check:
    """Whether what is printed for people says the same as what was read by machine.

    A licence's bar code proves nothing by itself, for anybody can print one: there the print has to
    confirm it, while a machine-readable zone carries check digits of its own. Print that cannot be
    read may be the picture's fault; print that nothing could look at is looked at by a person.
    """
    document = evidence.document
    check = rules.check(
        "document.print",
        "Print and machine-readable data agree",
        CheckKind.FRAUD,
        is_required=document.is_licence or document.has_unseen_print,
    )
    if not is_legible(evidence):
        return check.skipped("Nothing was read.", document.run)
    if document.has_unseen_print:
        return check.skipped("Not checked: the print could not be looked at.", document.run)
    states = document.printed or {}
    conflicts = _fields_in(states, FieldMatch.CONFLICT)
    if conflicts:
        return check.raised(CheckState.CONSIDER, f"They differ: {conflicts}.", document.run)
    agreeing = [name for name, state in states.items() if state is FieldMatch.MATCH]
    if len(agreeing) < FIELDS_TO_AGREE:
        return check.skipped("Too little of the print could be read to compare.", document.run)
    return check.clear(
        f"The print agrees: {_fields_in(states, FieldMatch.MATCH)}.",
        document.run,
        score=float(len(agreeing)),
        limit=float(FIELDS_TO_AGREE),
    )


def barcode_agrees(evidence: Evidence, rules: Rules) -> Check:
    """Whether a licence's bar code says the same as the zone, and as any further one."""
    check = rules.check(
        "document.barcode", "Bar codes and zone agree", CheckKind.FRAUD, is_required=False
    )
    document = evidence.document
    if document.barcode is None or not is_legible(evidence):
        return check.skipped("There are not both to compare.", document.run)
    conflicts = _fields_in(document.barcode, FieldMatch.CONFLICT)
    if conflicts:
        return check.raised(CheckState.CONSIDER, f"They differ: {conflicts}.", document.run)
    return check.clear("They agree.", document.run)


def _fields_in(states: Mapping[str, FieldMatch], wanted: FieldMatch) -> str:
    return ", ".join(name.replace("_", " ") for name, state in states.items() if state is wanted)


def not_expired(evidence: Evidence, rules: Rules) -> Check:
    """Whether the document is still valid today."""
    check = rules.check("document.expired", "Has not expired", CheckKind.BEHAVIOUR)
    document = evidence.document
    if not is_legible(evidence):
        return check.skipped("Nothing was read.", document.run)
    if document.expiry_date is None:
        return check.raised(CheckState.CONSIDER, "No expiry date was read.", document.run)
    if document.expiry_date >= evidence.today:
        return check.clear("Still valid.", document.run)
    return check.raised(
        CheckState.UNPROCESSABLE,
        "The document has expired.",
        document.run,
        hint="This document has expired. Please show one that is still valid.",
        redo=(FRONT, BACK) if evidence.declared.document_type != "passport" else (FRONT,),
    )


def minimum_age(evidence: Evidence, rules: Rules) -> Check:
    """Whether the holder has reached the operator's minimum age today."""
    check = rules.check("document.minimum_age", "Has the minimum age", CheckKind.BEHAVIOUR)
    document = evidence.document
    if not is_legible(evidence) or not document.is_accepted:
        return check.skipped("No trusted date of birth was read.", document.run)
    if document.birth_date is None:
        return check.raised(CheckState.CONSIDER, "No date of birth was read.", document.run)
    age = age_on(document.birth_date, evidence.today)
    limit = rules.minimum_age_years
    if age >= limit:
        return check.clear("Old enough.", document.run)
    return check.raised(
        CheckState.CONSIDER,
        "Below the minimum age.",
        document.run,
        hint=f"You must be {limit} or older.",
    )


def declared_field(name: str, evidence: Evidence, rules: Rules) -> Check:
    """Whether one declared field agrees with the document."""
    label = FIELD_LABELS[name]
    document = evidence.document
    is_said = name != "nationality" or not document.is_licence
    check = rules.check(
        f"declared.{name}", f"{label} as declared", CheckKind.FRAUD, is_required=is_said
    )
    if not is_said:
        return check.skipped("A licence does not say it.", document.run)
    if not is_legible(evidence):
        return check.skipped("Nothing was read.", document.run)
    match = (document.fields or {}).get(name, FieldMatch.NOT_READ)
    if match is FieldMatch.MATCH:
        return check.clear(f"{label} agrees.", document.run)
    words = "disagrees with" if match is FieldMatch.CONFLICT else "was not found in"
    return check.raised(CheckState.CONSIDER, f"{label} {words} the document.", document.run)


def age_on(birth: date, today: date) -> int:
    """Return the age in whole years.

    Examples
    --------
    >>> age_on(date(2008, 2, 29), date(2026, 2, 28))
    17
    >>> age_on(date(2008, 2, 29), date(2026, 3, 1))
    18
    """
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))


def is_legible(evidence: Evidence) -> bool:
    """Whether what was read can be held against the customer.

    A weak picture whose zone fails its check digits is a bad photograph, not a forged document.
    """
    document = evidence.document
    if document.run.outcome is not StageOutcome.DONE or document.outcome != "read":
        return False
    return document.is_accepted or not is_weak(evidence)


def is_weak(evidence: Evidence) -> bool:
    """Whether any picture of the document is dark, blurred, glaring or cut off."""
    issues = evidence.quality.issues or {}
    return any(issues.get(kind) for kind in (FRONT, BACK))


def _quality_hint(found: str) -> str:
    return f"The picture could not be used ({found.replace('_', ' ')}). Please take it again."
