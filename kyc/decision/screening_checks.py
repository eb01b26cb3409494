"""The check that the customer is on no watchlist; the customer is told nothing of it."""

from __future__ import annotations

from kyc.decision.checks import Check, CheckGroup, CheckKind, CheckState
from kyc.decision.evidence import ScreeningEvidence, StageOutcome
from kyc.decision.rules import Draft, Rules
from kyc.decision.screening import ScreeningFindings


def screening_group(evidence: ScreeningEvidence, rules: Rules) -> CheckGroup:
    """Return the watchlist check.

    1. A hit of an earlier search that stands: a person looks, whatever this search came to.
    2. No list: skipped, which only counts where screening is required.
    3. A list that was not searched, for whatever reason: nobody knows, so a person looks.
    4. A match that nobody has told apart: a person looks.
    5. A list that is empty, stale or failed: nothing found means nothing, so a person looks.
    """
    return CheckGroup("screening", "Screening", (watchlists(evidence, rules),))


def watchlists(evidence: ScreeningEvidence, rules: Rules) -> Check:
    """Whether the customer is on no list; a hit is for a person, never a reason to decline."""
    draft = rules.check(
        "screening.watchlists", "Watchlists", CheckKind.FRAUD, is_required=rules.needs_screening
    )
    run, findings = evidence.run, evidence.findings
    if evidence.earlier_hits:
        return _earlier(draft, evidence)
    if not evidence.is_configured and not (findings and findings.standing):
        return draft.skipped("Not configured: no list.")
    if findings is None or run.outcome is not StageOutcome.DONE:
        reason = run.failure_code or run.outcome.value
        return draft.raised(CheckState.UNPROCESSABLE, f"Not searched: {reason}.", run)
    if findings.standing:
        words = _possible(len(findings.standing))
        best, limit = _best(findings), findings.limit
        return draft.raised(CheckState.CONSIDER, words, run, score=best, limit=limit)
    if findings.troubled:
        return draft.raised(CheckState.UNPROCESSABLE, _troubles(findings), run)
    entries = sum(searched.entries for searched in findings.lists)
    told_apart = len(findings.matches)
    words = f"No match among {entries:,} entries."
    if told_apart:
        words = f"{words} {told_apart} told apart by a person before."
    return draft.clear(words, run, limit=findings.limit)


def _earlier(draft: Draft, evidence: ScreeningEvidence) -> Check:
    """Return the check where a hit stands that this search did not find, with those it found."""
    findings = evidence.findings
    words = f"{_possible(evidence.earlier_hits, ' of an earlier search')} See the customer's page."
    if findings is None or not findings.standing:
        return draft.raised(CheckState.CONSIDER, words, evidence.run)
    words = f"{_possible(len(findings.standing))} {words}"
    best, limit = _best(findings), findings.limit
    return draft.raised(CheckState.CONSIDER, words, evidence.run, score=best, limit=limit)


def _possible(count: int, where: str = "") -> str:
    return f"1 possible match{where}." if count == 1 else f"{count} possible matches{where}."


def _best(findings: ScreeningFindings) -> float:
    return max(match.score for match in findings.standing)


def _troubles(findings: ScreeningFindings) -> str:
    return " ".join(f"{searched.name}: {searched.sentence}" for searched in findings.troubled)
