"""The verifications that cases are about: examined, sent to a person, their findings sealed."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import Any

import polars as pl

from cases.choices import DecisionLabel
from fraudsite.core.crypto.envelope import seal
from fraudsite.core.services.data_keys import master_key_ring, open_data_key
from kyc.models import Customer, Decision, StageResult, Verification
from transactions.services.bulk_ids import random_uuids
from transactions.services.copying import rows_copy

BATCH = 10_000
# Four groups of three checks, as the shipped policy has about as many.
TREE = json.dumps(
    [
        {
            "code": group,
            "label": group.capitalize(),
            "state": "consider" if group == "face" else "clear",
            "checks": [
                {
                    "code": f"{group}.check_{nth}",
                    "label": f"Check {nth}",
                    "state": "consider" if group == "face" and nth == 1 else "clear",
                    "kind": "fraud",
                    "sentence": "What was found differs from what was expected.",
                    "is_required": True,
                }
                for nth in (1, 2, 3)
            ],
        }
        for group in ("document", "liveness", "face", "customer")
    ]
)
# As the engines store them; the zone is that of ICAO Doc 9303 part 4, appendix B.
FINDINGS: dict[str, Any] = {
    "quality": {},
    "document": {
        "mrz": {
            "format": "TD3",
            "is_accepted": True,
            "invalid_check_digits": [],
            "repaired_characters": 0,
            "lines": [
                "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
                "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
            ],
            "fields": {
                "surname": "ERIKSSON",
                "given_names": "ANNA MARIA",
                "document_number": "L898902C3",
                "issuing_state": "UTO",
                "nationality": "UTO",
                "birth_date": "1974-08-12",
                "expiry_date": "2012-04-15",
                "sex": "F",
            },
        }
    },
    "liveness": {"actions": [{"action": "turn_left", "is_seen": True, "at_ms": 1800}]},
    "face": {
        "distance": 0.58,
        "threshold": 0.55,
        "outcome": "unclear",
        "false_match_rate": "1 in 700",
    },
}


def verifications_write(cases: pl.DataFrame) -> None:
    """Write the verification of each of these cases, whose `verification_id` it gets.

    That of a closed case is decided as its label says; the others wait for a person.
    """
    is_fraud = pl.col("label") == str(DecisionLabel.CONFIRMED_FRAUD)
    decided = pl.when(is_fraud).then(pl.lit("declined")).otherwise(pl.lit("approved"))
    waits = pl.col("closed_at").is_null()
    rows_copy(
        Verification,
        cases.select(
            "customer_id",
            id="verification_id",
            document_type=pl.lit("passport"),
            issuing_country=pl.lit("UTO"),
            status=pl.when(waits).then(pl.lit("in_review")).otherwise(decided),
            created_at="opened_at",
            submitted_at="opened_at",
            decided_at="closed_at",
        ),
    )
    rows_copy(
        Decision,
        cases.select(
            "verification_id",
            id=random_uuids(len(cases)),
            attempt=1,
            outcome=pl.lit("review"),
            reason_codes=pl.lit('["face.match"]'),
            redo=pl.lit("[]"),
            tree=pl.lit(TREE),
            policy_version=pl.lit("bench"),
            created_at="opened_at",
        ),
    )
    for part in cases.iter_slices(BATCH):
        rows_copy(StageResult, _findings(part))


def sealed(key: bytes, value: bytes, context: str) -> str:
    r"""Return what is sealed as PostgreSQL reads bytes, `\x…`."""
    return "\\x" + seal(key, value, context).hex()


def keys_of(customer_ids: Sequence[str]) -> dict[str, bytes]:
    """Return the open data keys of customers."""
    ring = master_key_ring()
    rows = Customer.objects.filter(pk__in=customer_ids).select_related("data_key")
    return {str(row.pk): open_data_key(row.data_key, ring) for row in rows}


def _findings(cases: pl.DataFrame) -> pl.DataFrame:
    """Return the results of each stage, sealed under the customers' own keys."""
    keys = keys_of(cases["customer_id"].to_list())
    texts = {stage: json.dumps(found).encode() for stage, found in FINDINGS.items()}
    stages = cases.select("verification_id", "customer_id", "opened_at").join(
        pl.DataFrame({"stage": list(FINDINGS)}), how="cross"
    )
    return stages.select(
        "verification_id",
        "stage",
        attempt=1,
        state=pl.lit("done"),
        findings_sealed=pl.Series(
            [
                sealed(keys[owner], texts[stage], f"verification:{uuid.UUID(key)}:1:{stage}")
                for key, owner, _, stage in stages.iter_rows()
            ]
        ),
        engine=pl.lit("bench"),
        duration_ms=900,
        created_at="opened_at",
    )
