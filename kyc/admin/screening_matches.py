"""What the evidence page shows of the watchlists: who the customer may be, and where to decide."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from kyc.choices import Stage, StageState
from kyc.choices_screening import HitStatus
from kyc.decision.screening import MatchFinding, ScreeningFindings
from kyc.models import ScreeningHit, Verification
from kyc.services.stage_results import findings_read


def screening_context(verification: Verification) -> dict[str, Any] | None:
    """Return the matches of the present attempt, as they stand now; None where nobody searched."""
    result = verification.stage_results.filter(
        attempt=verification.attempt, stage=Stage.SCREENING, state=StageState.DONE
    ).first()
    if result is None:
        return None
    found = ScreeningFindings.from_json(findings_read(result))
    hits = ScreeningHit.objects.in_bulk([match.hit_id for match in found.matches])
    statuses = {str(pk): hit.status for pk, hit in hits.items()}
    return {
        "lists": found.lists,
        "matches": [_match(match, statuses.get(match.hit_id, "")) for match in found.matches],
    }


def _match(match: MatchFinding, status: str) -> dict[str, Any]:
    return {
        "entry": f"{match.list_name}/{match.external_id}",
        "url": reverse("admin:kyc_screeninghit_change", args=[match.hit_id]),
        "score": match.score,
        "programmes": match.programmes,
        "features": match.features,
        "status": str(HitStatus(status).label) if status else "",
        "is_told_apart": status == HitStatus.FALSE_POSITIVE,
    }
