"""The watchlist check, whatever the search came to."""

from __future__ import annotations

import pytest

from kyc.decision.checks import CheckState, EngineRun
from kyc.decision.evidence import ScreeningEvidence, StageOutcome, StageRun
from kyc.decision.rules import Rules
from kyc.decision.screening import MatchFinding, ScreeningFindings, SearchedList
from kyc.decision.screening_checks import watchlists

DONE = StageRun(StageOutcome.DONE, engine=EngineRun("watchlists", "1", 5))
LIST = SearchedList("ours", 3, 1200)
STALE = SearchedList("theirs", 1, 10, "stale", "Imported 9 days ago; 7 are allowed.")


def found(status: str, score: float = 0.91) -> MatchFinding:
    return MatchFinding("h", status, "ours", "U-1", score, "declared", (), ())


def check(*matches: MatchFinding, lists: tuple[SearchedList, ...] = (LIST,)) -> tuple[object, str]:
    findings = ScreeningFindings(lists, matches, 0.85)
    evidence = ScreeningEvidence(DONE, is_configured=True, findings=findings)
    leaf = watchlists(evidence, Rules())
    return leaf.state, leaf.sentence


def test_no_list_is_skipped_and_required_only_where_the_operator_says_so() -> None:
    leaf = watchlists(ScreeningEvidence(), Rules())

    assert (leaf.state, leaf.is_required) == (CheckState.SKIPPED, False)
    assert watchlists(ScreeningEvidence(), Rules(needs_screening=True)).is_required


def test_nobody_found_is_clear() -> None:
    assert check() == (CheckState.CLEAR, "No match among 1,200 entries.")


def test_a_match_is_for_a_person() -> None:
    assert check(found("open"), found("open", 0.97)) == (
        CheckState.CONSIDER,
        "2 possible matches.",
    )
    assert check(found("confirmed")) == (CheckState.CONSIDER, "1 possible match.")


def test_who_was_told_apart_is_clear_and_said_so() -> None:
    state, sentence = check(found("false_positive"))

    assert (state, sentence) == (
        CheckState.CLEAR,
        "No match among 1,200 entries. 1 told apart by a person before.",
    )


def test_on_a_stale_list_nothing_found_means_nothing() -> None:
    assert check(lists=(LIST, STALE)) == (
        CheckState.UNPROCESSABLE,
        "theirs: Imported 9 days ago; 7 are allowed.",
    )


@pytest.mark.parametrize(
    "evidence",
    [
        ScreeningEvidence(DONE, True, ScreeningFindings((LIST,), (), 0.85), earlier_hits=1),
        ScreeningEvidence(StageRun(StageOutcome.FAILED), is_configured=True, earlier_hits=1),
        ScreeningEvidence(StageRun(StageOutcome.SKIPPED), earlier_hits=1),
    ],
)
def test_a_hit_that_stands_counts_whatever_the_newest_search_found(
    evidence: ScreeningEvidence,
) -> None:
    leaf = watchlists(evidence, Rules())

    assert (leaf.state, leaf.sentence) == (
        CheckState.CONSIDER,
        "1 possible match of an earlier search. See the customer's page.",
    )


def test_hits_of_the_newest_search_and_of_earlier_ones_are_said_together() -> None:
    findings = ScreeningFindings((LIST,), (found("open"),), 0.85)
    leaf = watchlists(ScreeningEvidence(DONE, True, findings, earlier_hits=2), Rules())

    assert (leaf.state, leaf.score) == (CheckState.CONSIDER, 0.91)
    assert leaf.sentence == (
        "1 possible match. 2 possible matches of an earlier search. See the customer's page."
    )


@pytest.mark.parametrize(
    "outcome", [StageOutcome.MISSING, StageOutcome.FAILED, StageOutcome.SKIPPED]
)
def test_a_list_that_was_not_searched_is_for_a_person(outcome: StageOutcome) -> None:
    evidence = ScreeningEvidence(StageRun(outcome), is_configured=True)

    assert watchlists(evidence, Rules()).state is CheckState.UNPROCESSABLE
