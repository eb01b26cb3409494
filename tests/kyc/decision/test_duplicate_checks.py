"""What is made of what a search among other customers found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kyc.decision.checks import Check, CheckKind, CheckState
from kyc.decision.duplicate_checks import DuplicateLimits, duplicate_group
from kyc.decision.duplicates import (
    DeviceSearch,
    DocumentHit,
    DocumentSearch,
    DuplicateFindings,
    FaceHit,
    FaceSearch,
    FaceSearchOutcome,
    Sign,
)
from kyc.decision.evidence import StageOutcome, StageRun
from kyc.decision.rules import Rules

RUN = StageRun(StageOutcome.DONE)
MEANING = "Made for a stranger in at most 1 of 1000 searches."
HIT = FaceHit("one", "first", distance=0.41, is_strict=False)
SEEN_NOWHERE = DuplicateFindings(
    FaceSearch(
        FaceSearchOutcome.SEARCHED,
        searched=7,
        hit_distance=0.5,
        strict_distance=0.4,
        meaning=MEANING,
    ),
    DocumentSearch(has_number=True, has_picture=True),
    DeviceSearch(devices=1),
)


def checks(found: DuplicateFindings | None, run: StageRun = RUN) -> dict[str, Check]:
    group = duplicate_group(run, found, Rules())
    return {check.code.removeprefix("duplicate."): check for check in group.checks}


def with_face(**changes: object) -> DuplicateFindings:
    return replace(SEEN_NOWHERE, face=replace(SEEN_NOWHERE.face, **changes))


def with_document(**changes: object) -> DuplicateFindings:
    return replace(SEEN_NOWHERE, document=replace(SEEN_NOWHERE.document, **changes))


def test_who_is_seen_nowhere_else_is_clear_in_every_check() -> None:
    assert {check.state for check in checks(SEEN_NOWHERE).values()} == {CheckState.CLEAR}


def test_every_check_speaks_of_fraud_so_that_no_customer_is_ever_told() -> None:
    found = with_face(hits=(replace(HIT, is_strict=True),))

    assert {check.kind for check in checks(found).values()} == {CheckKind.FRAUD}
    assert not [check for check in checks(found).values() if check.hint or check.redo]


def test_a_face_alone_informs_and_raises_nothing() -> None:
    check = checks(with_face(hits=(HIT,)))["face"]

    assert check.state is CheckState.CLEAR
    assert (check.score, check.limit) == (0.41, 0.4)
    assert check.sentence == (
        f"Looks like one other customer, with no second sign: for information. {MEANING}"
    )


@pytest.mark.parametrize("sign", Sign)
def test_a_face_with_any_second_sign_is_raised_and_says_which(sign: Sign) -> None:
    check = checks(with_face(hits=(HIT, replace(HIT, customer_id="two", signs=(sign,)))))["face"]

    assert check.state is CheckState.CONSIDER
    assert check.sentence == (
        f"Could be the same person as one other customer. They also share: {sign.value}. {MEANING}"
    )


def test_a_face_within_the_strict_limit_is_raised_without_a_second_sign() -> None:
    check = checks(with_face(hits=(replace(HIT, distance=0.2, is_strict=True),)))["face"]

    assert check.state is CheckState.CONSIDER
    assert check.score == 0.2


@pytest.mark.parametrize("outcome", [FaceSearchOutcome.NO_CONSENT, FaceSearchOutcome.NO_FACE])
def test_a_face_that_could_not_be_searched_is_skipped_and_never_clear(
    outcome: FaceSearchOutcome,
) -> None:
    check = checks(replace(SEEN_NOWHERE, face=FaceSearch(outcome)))["face"]

    assert (check.state, check.is_required) == (CheckState.SKIPPED, True)


def test_faces_of_another_engine_leave_the_check_open_unless_something_was_found() -> None:
    open_ = checks(with_face(unsearched=3))["face"]
    found = checks(with_face(unsearched=3, hits=(replace(HIT, is_strict=True),)))["face"]

    assert open_.state is CheckState.SKIPPED
    assert "rebuild_face_gallery" in open_.sentence
    assert found.state is CheckState.CONSIDER


def test_a_document_number_of_another_customer_is_raised() -> None:
    hits = (DocumentHit("one", "first"), DocumentHit("two", "second"))

    check = checks(with_document(same_number=hits))["document_number"]

    assert check.state is CheckState.CONSIDER
    assert check.sentence == "Shown by 2 other customers too."


def test_a_photograph_of_another_customer_is_raised() -> None:
    check = checks(with_document(same_picture=(DocumentHit("one", "first", 3),)))

    assert check["document_picture"].state is CheckState.CONSIDER
    assert check["document_number"].state is CheckState.CLEAR


def test_a_number_that_was_not_read_is_required_and_a_flat_picture_is_not() -> None:
    found = checks(with_document(has_number=False, has_picture=False))

    assert found["document_number"].state is CheckState.SKIPPED
    assert found["document_number"].is_required
    assert found["document_picture"].state is CheckState.SKIPPED
    assert not found["document_picture"].is_required


def test_a_device_is_raised_above_the_limit_and_not_at_it() -> None:
    limit = DuplicateLimits().customers_per_device
    at = replace(SEEN_NOWHERE, device=DeviceSearch(1, ("a",), limit, 90))
    above = replace(SEEN_NOWHERE, device=DeviceSearch(1, ("a",), limit + 1, 90))

    assert checks(at)["device"].state is CheckState.CLEAR
    assert checks(above)["device"].state is CheckState.CONSIDER
    assert (checks(above)["device"].score, checks(above)["device"].limit) == (limit + 1, limit)


@pytest.mark.parametrize("outcome", [StageOutcome.FAILED, StageOutcome.MISSING])
def test_a_search_that_failed_or_never_ran_clears_nothing(outcome: StageOutcome) -> None:
    found = checks(None, StageRun(outcome, "engine_error"))

    assert {check.state for check in found.values()} == {CheckState.SKIPPED}
    assert found["face"].is_required
