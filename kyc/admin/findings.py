"""What the engines found in a verification, in words: the zone, the actions, the two faces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from kyc.choices import Stage
from kyc.models import Verification
from kyc.services.stage_results import findings_read

Context = dict[str, Any]
Findings = Mapping[str, Any]
FACE_WORDS = {
    "match": "The engine takes both faces for one person.",
    "unclear": "The faces could be one person’s: the engine is known to err at such a distance.",
    "no_match": "The engine takes the faces for two people’s.",
}


def findings_context(verification: Verification) -> Context:
    """Return what is shown beside the pictures. One query; opens what was sealed."""
    results = verification.stage_results.filter(attempt=verification.attempt)
    found = {
        result.stage: findings_read(result)
        for result in results.select_related("verification__customer__data_key")
    }
    return {
        "zone": _zone(found.get(Stage.DOCUMENT, {})),
        "film": _actions(found.get(Stage.LIVENESS, {}).get("actions", ())),
        "face": _face(found.get(Stage.FACE, {})),
    }


def _zone(found: Findings) -> Context | None:
    """Return the lines of the machine-readable zone as they were read."""
    zone = found.get("mrz")
    if not zone:
        return None
    return {
        "lines": [_marked(number, line, zone) for number, line in enumerate(zone["lines"])],
        "format": zone["format"],
        "invalid": [name.replace("_", " ") for name in zone["invalid_check_digits"]],
        "repaired": zone["repaired_characters"],
    }


def _marked(number: int, line: str, zone: Findings) -> list[Context]:
    """Return a line in pieces, those apart that were repaired after recognition."""
    repaired = {
        repair["position"]
        for repair in zone.get("repairs", ())
        if repair["line"] == number and repair["written"]
    }
    pieces = groupby(enumerate(line), key=lambda placed: placed[0] in repaired)
    return [
        {"text": "".join(letter for _, letter in letters), "is_repaired": is_repaired}
        for is_repaired, letters in pieces
    ]


def _actions(actions: Iterable[Findings]) -> list[Context]:
    """Return what was asked for in the video, and at which second it was seen."""
    return [
        {
            "words": str(action["action"]).replace("_", " ").capitalize(),
            "is_seen": action["is_seen"],
            "at_s": round(action["at_ms"] / 1000, 1) if action["at_ms"] is not None else None,
        }
        for action in actions
    ]


def _face(found: Findings) -> Context | None:
    """Return the distance of the two faces with what it means, None where none were compared."""
    distance, limit = found.get("distance"), found.get("threshold")
    if distance is None or limit is None:
        return None
    return {
        "words": FACE_WORDS.get(found.get("outcome", ""), ""),
        "distance": distance,
        "limit": limit,
        "false_match_rate": found.get("false_match_rate", ""),
    }
