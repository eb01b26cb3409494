"""What stays of the analysts' day: labels that say where they come from, a model that learned."""

from __future__ import annotations

import json
import time

from scoring.decision import Policy
from tests.browser.analyst_day_site import ANNA, SAM, run
from tests.browser.analyst_day_team import LABELS_OF_THE_DAY
from tests.browser.integrator import Shop
from tests.browser.site import Site

LABELS = """
import json
from django.utils import timezone
from cases.models import CaseLabel
from fraudsite.core.models import User, Workspace
from scoring.event_records import microseconds
from scoring.services.training_set import training_set
from transactions.models import Label
emails = {str(user.pk): user.email for user in User.objects.all()}
rows = [
    (
        kept.label.transaction.external_id,
        kept.label.is_fraud,
        kept.label.source,
        kept.label.reason_code,
        emails[kept.label.actor_id],
        kept.decision.status,
    )
    for kept in CaseLabel.objects.select_related("label__transaction", "decision")
]
now = timezone.now()
known = Label.objects.filter(known_at__lte=now).values("transaction").distinct().count()
read = training_set(workspace_id=Workspace.objects.live().pk, until_us=microseconds(now)).dataset
print("made", json.dumps({"rows": rows, "known": known, "read": len(read)}))
"""


def probe(shop: Shop, name: str) -> dict[str, float]:
    """Return the scores of a third tiny payment and of an ordinary one, by people new here."""
    third = shop.try_out_cards(f"carder-{name}", 3)[-1]
    ordinary = shop.pay(f"reader-{name}", 0, 18_90, merchant_id="books", mcc=5942)
    return {"third": third["fraud_score"], "ordinary": ordinary["fraud_score"]}


def labels_are_kept_and_read(site: Site) -> None:
    """Each label says who gave it, why and in which decision; training reads them all."""
    told = json.loads(run(site, LABELS))
    assert told["read"] == told["known"]
    stolen = [row for row in told["rows"] if str(row[0]).startswith("carder-")]
    assert stolen[0][1:] == [True, "analyst", "fraud_card_stolen", ANNA, "applied"]
    assert len(stolen) == LABELS_OF_THE_DAY - 2
    assert all(row[1:] == stolen[0][1:] for row in stolen)
    others = sorted(row[1:] for row in told["rows"] if row not in stolen)
    assert others == [
        [False, "analyst", "honest_customer_confirmed", ANNA, "applied"],
        [True, "analyst", "fraud_customer_deceived", SAM, "applied"],
    ]


def model_has_learned(shop: Shop, before: dict[str, float], version: str) -> None:
    """With the shipped policy the next card that is tried out waits; what is ordinary passes.

    So it is at any hour: by night all scores are higher, as most of the generated frauds happen
    then.
    """
    deadline = time.monotonic() + 30
    number = 0
    while shop.pay("asks", number, 18_90)["model_version"] != version:
        assert time.monotonic() < deadline, "the new champion is not in force"
        number += 1
    after = probe(shop, "after")
    shipped = Policy()
    assert before["third"] < shipped.review_from
    assert after["third"] >= shipped.block_from
    assert after["third"] > 10 * before["third"]
    assert max(before["ordinary"], after["ordinary"]) < shipped.review_from
