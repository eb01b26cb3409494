"""What is made of the print for people and of bar codes, beside the machine-readable zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from kyc.decision.checks import Check, CheckState
from kyc.decision.evidence import DocumentEvidence, Evidence, FieldMatch
from kyc.decision.policy import Outcome, PolicyDecision
from tests.kyc.decision.test_policy import AGREE, GOOD, decided

MATCH, CONFLICT, NOT_READ = FieldMatch.MATCH, FieldMatch.CONFLICT, FieldMatch.NOT_READ
SIX = ("surname", "given_names", "document_number", "birth_date", "expiry_date", "nationality")


def states(**changed: FieldMatch) -> dict[str, FieldMatch]:
    return {**dict.fromkeys(SIX, MATCH), **changed}


def zone(**changes: object) -> Evidence:
    return replace(GOOD, document=replace(GOOD.document, **changes))


def licence(printed: Mapping[str, FieldMatch] | None, **changes: object) -> Evidence:
    """A licence whose bar code was read, and of which the front says this."""
    document = DocumentEvidence(
        run=GOOD.document.run,
        outcome="read",
        is_accepted=True,
        format="AAMVA 10",
        document_code="D",
        issuing_state="USA",
        birth_date=GOOD.document.birth_date,
        expiry_date=GOOD.document.expiry_date,
        fields={**AGREE, "nationality": NOT_READ},
        is_licence=True,
        printed=printed,
    )
    document = replace(document, **changes)
    declared = replace(GOOD.declared, document_type="driving_licence", issuing_country="USA")
    return replace(GOOD, declared=declared, document=document)


def check_of(decision: PolicyDecision, code: str) -> Check:
    return next(c for group in decision.groups for c in group.checks if c.code == code)


def test_print_that_says_something_else_than_the_zone_goes_to_a_person() -> None:
    decision = decided(zone(printed=states(surname=CONFLICT, birth_date=CONFLICT)))

    assert (decision.outcome, decision.reason_codes) == (Outcome.REVIEW, ("document.print",))
    assert check_of(decision, "document.print").sentence == "They differ: surname, birth date."


def test_print_that_agrees_is_clear_and_counts_the_fields() -> None:
    decision = decided(zone(printed=states(nationality=NOT_READ)))

    check = check_of(decision, "document.print")
    assert (decision.outcome, check.state) == (Outcome.APPROVED, CheckState.CLEAR)
    assert check.score == 5.0


@pytest.mark.parametrize(
    "printed",
    [None, dict.fromkeys(SIX, NOT_READ), {**dict.fromkeys(SIX, NOT_READ), "surname": MATCH}],
    ids=["nothing looked", "nothing read", "one field"],
)
def test_print_that_could_not_be_read_is_skipped_beside_a_zone(
    printed: Mapping[str, FieldMatch] | None,
) -> None:
    decision = decided(zone(printed=printed))

    assert check_of(decision, "document.print").state is CheckState.SKIPPED
    assert decision.outcome is Outcome.APPROVED


def test_a_bar_code_that_says_something_else_than_the_zone_goes_to_a_person() -> None:
    decision = decided(zone(barcode=states(document_number=CONFLICT)))

    assert (decision.outcome, decision.reason_codes) == (Outcome.REVIEW, ("document.barcode",))


def test_a_licence_is_approved_where_its_print_confirms_its_bar_code() -> None:
    decision = decided(licence(states(nationality=NOT_READ)))

    assert (decision.outcome, decision.reason_codes) == (Outcome.APPROVED, ())
    assert check_of(decision, "declared.nationality").state is CheckState.SKIPPED


@pytest.mark.parametrize("printed", [None, dict.fromkeys(SIX, NOT_READ)])
def test_a_licence_whose_print_confirms_nothing_goes_to_a_person(
    printed: Mapping[str, FieldMatch] | None,
) -> None:
    decision = decided(licence(printed))

    assert (decision.outcome, decision.reason_codes) == (Outcome.REVIEW, ("document.print",))


def test_nothing_is_said_of_check_digits_that_a_licence_has_not() -> None:
    check = check_of(decided(licence(states())), "document.check_digits")

    assert check.state is CheckState.CLEAR
    assert check.sentence == "A licence has none; each element that its version asks for is there."


def test_a_licence_that_names_none_of_the_three_countries_goes_to_a_person() -> None:
    evidence = licence(states(), issuing_state="")
    declared = replace(evidence.declared, issuing_country="DEU")

    decision = decided(replace(evidence, declared=declared))

    assert decision.reason_codes == ("document.issuing_state",)


@pytest.mark.parametrize(
    ("declared", "letter", "is_of_the_kind"),
    [
        ("driving_licence", "D", True),
        ("identity_card", "I", True),
        ("driving_licence", "I", False),
        ("residence_permit", "I", False),
        ("residence_permit", "D", False),
        ("passport", "I", False),
    ],
)
def test_a_bar_code_is_of_a_licence_or_of_an_identity_card(
    declared: str, letter: str, is_of_the_kind: bool
) -> None:
    evidence = licence(states(), document_code=letter)
    chosen = replace(evidence.declared, document_type=declared)

    decision = decided(replace(evidence, declared=chosen))

    expected = (Outcome.APPROVED, ()) if is_of_the_kind else (Outcome.RESUBMIT, ("document.kind",))
    assert (decision.outcome, decision.reason_codes) == expected


def test_the_zone_of_an_identity_card_is_no_driving_licence() -> None:
    evidence = zone(format="TD1", document_code="ID")

    decision = decided(
        replace(evidence, declared=replace(GOOD.declared, document_type="driving_licence"))
    )

    assert (decision.outcome, decision.reason_codes) == (Outcome.RESUBMIT, ("document.kind",))


def test_a_licence_of_which_another_symbol_says_something_else_goes_to_a_person() -> None:
    decision = decided(licence(states(), barcode=states(surname=CONFLICT)))

    assert decision.reason_codes == ("document.barcode",)
    assert check_of(decision, "document.barcode").sentence == "They differ: surname."


def test_a_licence_that_is_valid_for_longer_than_any_goes_to_a_person() -> None:
    decision = decided(licence(states(), expiry_date=date(9000, 1, 1)))

    assert decision.reason_codes == ("document.plausible",)


def test_a_document_issued_before_its_holder_was_born_goes_to_a_person() -> None:
    decision = decided(zone(issue_date=date(1989, 5, 1), nationality="XYZ"))

    check = check_of(decision, "document.plausible")
    assert decision.reason_codes == ("document.plausible",)
    assert check.sentence == (
        "The document was issued before its holder was born. "
        "The passport is valid for longer than passports are. "
        "There is no state of the nationality's code."
    )
