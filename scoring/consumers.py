"""What scoring learns from other apps.

Imported by every process at start, so the compiled features load when the first event comes.
"""

from __future__ import annotations

from fraudsite.core.outbox import Event, consumes
from kyc.selectors import customer_of_verification
from transactions.services.labels import LABEL_RECORDED


@consumes(LABEL_RECORDED, name="scoring.apply_label")
def apply_label(event: Event) -> None:
    """Take a label into the feature state."""
    from scoring.services.feature_events import label_apply  # noqa: PLC0415 - see above

    label_apply(event.payload["label_id"])


@consumes("kyc.verification.*", name="scoring.apply_verification")
def apply_verification(event: Event) -> None:
    """Take a verification's change into its customer's feature state."""
    from scoring.services.feature_events import verification_apply  # noqa: PLC0415 - see above

    customer_id = customer_of_verification(event.aggregate_id)
    if customer_id is not None:
        verification_apply(customer_id=customer_id, event_id=event.id)
