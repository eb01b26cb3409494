"""What rules saw of transactions that were decided: from the rows that are stored.

Features come as they were packed, and what the lists said is what the decision kept: a rule tried
today sees what it would have seen then.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scoring.entity_events import transaction_facts
from scoring.features import SCHEMA
from scoring.models import Decision
from scoring.rule_fields import ListHit, RuleRow

Features = NDArray[np.float32]


def packed_features(decisions: Sequence[Decision]) -> Features:
    """Return the vectors of decisions of the present schema, one row a decision."""
    packed = b"".join(bytes(decision.features) for decision in decisions)
    return np.frombuffer(packed, dtype="<f4").reshape(len(decisions), len(SCHEMA))


def stored_rows(decisions: Sequence[Decision], features: Features) -> list[RuleRow]:
    """Return what rules may ask of decisions; their transactions are read with them."""
    return [
        RuleRow(
            # No rule looks at the age of the account but through its feature.
            transaction_facts(decision.transaction, None),
            decision.transaction.amount_minor,
            decision.transaction.currency,
            vector,
            tuple(
                ListHit(entry["list_id"], entry["kind"], entry["subject"])
                for entry in decision.lists
            ),
        )
        for decision, vector in zip(decisions, features, strict=True)
    ]
