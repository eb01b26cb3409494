"""The policy, from plain evidence to an outcome with its reasons."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyc.decision.checks import CheckKind, CheckState
from kyc.decision.duplicates import (
    DeviceSearch,
    DocumentSearch,
    DuplicateFindings,
    FaceSearch,
    FaceSearchOutcome,
)
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
from kyc.decision.policy import Outcome, Policy, PolicyDecision, decide
from kyc.decision.rules import Effect, Rules

TODAY = date(2026, 11, 21)
RUN = StageRun(StageOutcome.DONE)
AGREE = dict.fromkeys(("surname", "given_names", "birth_date", "nationality"), FieldMatch.MATCH)

SEEN_NOWHERE = DuplicateFindings(
    FaceSearch(FaceSearchOutcome.SEARCHED, searched=7),
    DocumentSearch(has_number=True, has_picture=True),
    DeviceSearch(devices=1),
)

GOOD = Evidence(
    today=TODAY,
    declared=Declared("passport", "UTO"),
    has_biometric_consent=True,
    attempts_left=2,
    quality=QualityEvidence(RUN, {"document_front": ()}),
    document=DocumentEvidence(
        run=RUN,
        outcome="read",
        is_accepted=True,
        confidence=0.98,
        format="TD3",
        document_code="P",
        issuing_state="UTO",
        birth_date=date(1990, 1, 2),
        expiry_date=date(2030, 1, 2),
        fields=AGREE,
    ),
    liveness=LivenessEvidence(RUN, outcome="live", actions_seen=2, actions_asked=2),
    face=FaceEvidence(RUN, "match", 0.31, 0.55, "< 3/759"),
    duplicates=DuplicateEvidence(RUN, SEEN_NOWHERE),
)
NEAR_THE_LIMIT = FaceEvidence(RUN, "match", 0.5, 0.55, "11/14432")
UNREADABLE = DocumentEvidence(run=RUN, outcome="unreadable")


def decided(evidence: Evidence, **rules: Any) -> PolicyDecision:
    return decide(evidence, Policy(rules=Rules(**rules)))


def document(**changes: Any) -> Evidence:
    return replace(GOOD, document=replace(GOOD.document, **changes))


def test_clear_evidence_is_approved_without_reasons() -> None:
    decision = decided(GOOD)

    assert decision.outcome is Outcome.APPROVED
    assert decision.reason_codes == ()
    assert decision.policy_version == Policy().version


def test_an_optional_check_that_nobody_made_is_skipped_and_never_clear() -> None:
    checks = {check.code: check for group in decided(GOOD).groups for check in group.checks}

    assert checks["liveness.passive"].state is CheckState.SKIPPED
    assert checks["screening.watchlists"].state is CheckState.SKIPPED


def test_screening_that_is_required_and_not_configured_goes_to_a_person() -> None:
    decision = decided(GOOD, needs_screening=True)

    assert decision.outcome is Outcome.REVIEW
    assert decision.reason_codes == ("screening.watchlists",)


def test_how_near_a_match_must_be_for_nobody_to_look_is_the_operators_choice() -> None:
    near = replace(GOOD, face=NEAR_THE_LIMIT)

    assert decided(near, certain_face_share=0.92).outcome is Outcome.APPROVED
    checks = {check.code: check for group in decided(near).groups for check in group.checks}
    assert checks["face.match"].sentence.startswith("Most likely the same person")


@pytest.mark.parametrize(
    ("evidence", "reason"),
    [
        (
            document(is_accepted=False, invalid_check_digits=("birth_date",)),
            "document.check_digits",
        ),
        (document(issuing_state="XYZ"), "document.issuing_state"),
        (document(fields={**AGREE, "surname": FieldMatch.CONFLICT}), "declared.surname"),
        (document(fields={**AGREE, "birth_date": FieldMatch.NOT_READ}), "declared.birth_date"),
        (replace(GOOD, face=replace(GOOD.face, outcome="no_match")), "face.match"),
        (replace(GOOD, face=replace(GOOD.face, outcome="unclear")), "face.match"),
        (replace(GOOD, face=NEAR_THE_LIMIT), "face.match"),
        (replace(GOOD, liveness=replace(GOOD.liveness, outcome="not_live")), "liveness.integrity"),
        (
            replace(
                GOOD,
                liveness=replace(
                    GOOD.liveness,
                    signals=(Signal("virtual_camera", "fraud", 1, 0, is_raised=True),),
                ),
            ),
            "liveness.integrity",
        ),
        (replace(GOOD, liveness=LivenessEvidence(RUN, is_still_only=True)), "liveness.active"),
        (document(expiry_date=None), "document.expired"),
    ],
)
def test_it_goes_to_a_person(evidence: Evidence, reason: str) -> None:
    decision = decided(evidence)

    assert decision.outcome is Outcome.REVIEW
    assert reason in decision.reason_codes
    assert decision.redo == ()


@pytest.mark.parametrize(
    ("evidence", "reason", "redo"),
    [
        (replace(GOOD, document=UNREADABLE), "document.readable", ("document_front",)),
        (
            replace(
                GOOD,
                document=UNREADABLE,
                quality=QualityEvidence(RUN, {"document_front": ("blurred",)}),
                face=FaceEvidence(RUN, "no_match", 0.7, 0.55),
            ),
            "document.picture_quality",
            ("document_front",),
        ),
        (
            replace(
                document(is_accepted=False, invalid_check_digits=("birth_date",)),
                quality=QualityEvidence(RUN, {"document_front": ("blurred",)}),
            ),
            "document.readable",
            ("document_front",),
        ),
        (document(expiry_date=date(2026, 11, 20)), "document.expired", ("document_front",)),
        (document(document_code="ID"), "document.kind", ("document_front",)),
        (
            replace(GOOD, liveness=replace(GOOD.liveness, outcome="unclear", actions_seen=1)),
            "liveness.active",
            ("liveness_video",),
        ),
        (
            replace(GOOD, face=FaceEvidence(RUN, "several_faces_selfie")),
            "face.match",
            ("liveness_video",),
        ),
    ],
)
def test_what_the_customer_can_mend_is_sent_back_with_what_to_redo(
    evidence: Evidence, reason: str, redo: tuple[str, ...]
) -> None:
    decision = decided(evidence)

    assert decision.outcome is Outcome.RESUBMIT
    assert reason in decision.reason_codes
    assert decision.redo == redo


@pytest.mark.parametrize(
    ("actions_seen", "hint"),
    [
        (GOOD.liveness.actions_asked, "Parts of the recording were unclear or missing."),
        (GOOD.liveness.actions_asked - 1, "We could not follow your movements."),
    ],
)
def test_a_recording_in_which_nobody_can_be_told_is_asked_for_again(
    actions_seen: int, hint: str
) -> None:
    blurred = Signal("identity_unclear", "behaviour", 2, 0, is_raised=True)
    liveness = replace(
        GOOD.liveness, outcome="unclear", actions_seen=actions_seen, signals=(blurred,)
    )
    evidence = replace(GOOD, liveness=liveness)

    decision = decided(evidence)

    checks = {check.code: check for group in decision.groups for check in group.checks}
    assert decision.outcome is Outcome.RESUBMIT
    assert "Who is seen cannot always be told" in checks["liveness.active"].sentence
    assert checks["liveness.active"].hint.startswith(hint)


def test_a_driving_licence_without_a_zone_goes_to_a_person_at_once() -> None:
    evidence = replace(GOOD, document=UNREADABLE, declared=Declared("driving_licence", "UTO"))

    assert decided(evidence).outcome is Outcome.REVIEW


def test_the_tree_repeats_nothing_that_was_read() -> None:
    evidence = document(issuing_state="XYZ", document_code="QQ", birth_date=date(2010, 5, 6))

    told = [
        (check.sentence, check.score)
        for group in decided(evidence).groups
        for check in group.checks
    ]

    assert not [text for text, _ in told if any(word in text for word in ("XYZ", "QQ", "2010"))]
    assert 16 not in [score for _, score in told]


def test_the_last_attempt_is_never_sent_back() -> None:
    decision = decided(replace(GOOD, document=UNREADABLE, attempts_left=0))

    assert decision.outcome is Outcome.REVIEW
    assert decision.reason_codes[0] == "retries_used_up"


def test_a_sign_of_fraud_outweighs_what_could_be_mended() -> None:
    evidence = replace(
        GOOD,
        document=replace(GOOD.document, expiry_date=date(2020, 1, 1)),
        face=replace(GOOD.face, outcome="no_match"),
    )

    assert decided(evidence).outcome is Outcome.REVIEW


def test_the_minimum_age_is_reached_on_the_birthday() -> None:
    too_young = document(birth_date=date(2008, 11, 22))
    just_old_enough = document(birth_date=date(2008, 11, 21))

    assert decided(too_young).outcome is Outcome.DECLINED
    assert decided(too_young).reason_codes == ("document.minimum_age",)
    assert decided(just_old_enough).outcome is Outcome.APPROVED


def test_refused_consent_goes_to_a_person_without_a_look_at_the_face() -> None:
    evidence = replace(
        GOOD, has_biometric_consent=False, liveness=LivenessEvidence(), face=FaceEvidence()
    )

    decision = decided(evidence)

    assert decision.outcome is Outcome.REVIEW
    assert "consent.biometrics" in decision.reason_codes


@pytest.mark.parametrize("stage", ["quality", "document", "liveness", "face", "duplicates"])
@pytest.mark.parametrize("outcome", [StageOutcome.FAILED, StageOutcome.MISSING])
def test_a_stage_that_failed_or_never_reported_fails_closed(
    stage: str, outcome: StageOutcome
) -> None:
    broken = replace(getattr(GOOD, stage), run=StageRun(outcome, "engine_error"))

    decision = decided(replace(GOOD, **{stage: broken}))

    assert decision.outcome is Outcome.REVIEW


@pytest.mark.parametrize("outcome", [StageOutcome.FAILED, StageOutcome.MISSING])
def test_a_list_that_was_not_searched_goes_to_a_person(outcome: StageOutcome) -> None:
    unsearched = ScreeningEvidence(StageRun(outcome), is_configured=True)

    decision = decided(replace(GOOD, screening=unsearched))

    assert (decision.outcome, decision.reason_codes) == (Outcome.REVIEW, ("screening.watchlists",))


def test_a_hit_of_an_earlier_search_goes_to_a_person_with_or_without_a_list() -> None:
    decision = decided(replace(GOOD, screening=ScreeningEvidence(earlier_hits=1)))

    assert (decision.outcome, decision.reason_codes) == (Outcome.REVIEW, ("screening.watchlists",))


def test_where_screening_is_required_nobody_is_approved_without_a_list() -> None:
    assert decided(GOOD).outcome is Outcome.APPROVED
    assert decided(GOOD, needs_screening=True).reason_codes == ("screening.watchlists",)


def test_a_face_that_looks_printed_goes_to_a_person_who_is_told_the_score() -> None:
    printed = PassiveEvidence(is_spoof=True, score=0.07, limit=0.5)

    decision = decided(replace(GOOD, liveness=replace(GOOD.liveness, passive=printed)))

    checks = {check.code: check for group in decision.groups for check in group.checks}
    assert (decision.outcome, decision.reason_codes) == (Outcome.REVIEW, ("liveness.passive",))
    assert (checks["liveness.passive"].score, checks["liveness.passive"].limit) == (0.07, 0.5)


def test_a_missing_anti_spoofing_model_is_skipped_and_never_passed() -> None:
    missing = replace(GOOD.liveness, passive=PassiveEvidence(reason="no_weights"))

    optional = decided(replace(GOOD, liveness=missing))
    required = decided(replace(GOOD, liveness=missing), needs_passive_liveness=True)

    checks = {check.code: check for group in optional.groups for check in group.checks}
    assert checks["liveness.passive"].state is CheckState.SKIPPED
    assert optional.outcome is Outcome.APPROVED
    assert required.reason_codes == ("liveness.passive",)


def test_hints_of_fraud_checks_are_empty_whatever_was_found() -> None:
    evidence = replace(GOOD, face=replace(GOOD.face, outcome="no_match"), document=UNREADABLE)

    checks = [check for group in decided(evidence).groups for check in group.checks]

    assert all(not check.hint for check in checks if check.kind is CheckKind.FRAUD)


def test_a_check_that_is_switched_off_is_not_in_the_tree() -> None:
    effects = {**Rules().effects, "document.minimum_age": Effect.NONE}

    decision = decided(document(birth_date=date(2015, 1, 1)), effects=effects)

    codes = {check.code for group in decision.groups for check in group.checks}
    assert "document.minimum_age" not in codes
    assert decision.outcome is Outcome.APPROVED


runs = st.sampled_from(StageOutcome).map(StageRun)
documents = st.builds(
    DocumentEvidence,
    run=runs,
    outcome=st.sampled_from(["read", "unreadable", "no_mrz", ""]),
    is_accepted=st.booleans(),
    document_code=st.sampled_from(["P", "I", ""]),
    issuing_state=st.sampled_from(["UTO", "D", ""]),
    birth_date=st.none() | st.dates(),
    expiry_date=st.none() | st.dates(),
    fields=st.none() | st.fixed_dictionaries(dict.fromkeys(AGREE, st.sampled_from(FieldMatch))),
)
faces = st.builds(
    FaceEvidence,
    run=runs,
    outcome=st.sampled_from(
        ["match", "no_match", "unclear", "no_face_document", "no_face_selfie", ""]
    ),
)
videos = st.builds(
    LivenessEvidence,
    run=runs,
    outcome=st.sampled_from(["live", "not_live", "unclear", ""]),
    is_still_only=st.booleans(),
)


@given(
    quality=st.builds(QualityEvidence, run=runs),
    document=documents,
    face=faces,
    liveness=videos,
    duplicates=st.builds(DuplicateEvidence, run=runs, findings=st.none() | st.just(SEEN_NOWHERE)),
    has_consent=st.booleans(),
    attempts_left=st.integers(0, 2),
)
def test_nobody_is_approved_unless_every_required_check_is_clear(
    quality: QualityEvidence,
    document: DocumentEvidence,
    face: FaceEvidence,
    liveness: LivenessEvidence,
    duplicates: DuplicateEvidence,
    has_consent: bool,
    attempts_left: int,
) -> None:
    evidence = Evidence(
        today=TODAY,
        declared=Declared("passport", "UTO"),
        has_biometric_consent=has_consent,
        attempts_left=attempts_left,
        quality=quality,
        document=document,
        liveness=liveness,
        face=face,
        duplicates=duplicates,
    )

    decision = decided(evidence)

    required = [c for g in decision.groups for c in g.checks if c.is_required]
    is_all_clear = all(check.state is CheckState.CLEAR for check in required)
    assert (decision.outcome is Outcome.APPROVED) == is_all_clear
    assert (decision.outcome is Outcome.RESUBMIT) == bool(decision.redo)
    assert decision.reason_codes or decision.outcome is Outcome.APPROVED
