"""What a site has before the analysts' day: colleagues, a policy, months of payments, a model.

The payments are generated so that nobody tried out stolen cards in the months a model learns from:
that fraud is new to it, and what the day's labels teach can be told from what it knew before.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.browser.site import Site

PASSWORD = "another long phrase 9"
ANNA, SAM = "anna@example.com", "sam@example.com"
# Senior analysts, so that only *whose* decision it is says who may approve it.
TEAM = """
from cases.services.queues import queue_ensure
from fraudsite.core.models import User
for email in ({anna!r}, {sam!r}):
    User.objects.create_user(email=email, password={password!r}, role="senior_analyst")
queue = queue_ensure("payments")
queue.is_second_look_blind = True
queue.save(update_fields=["is_second_look_blind"])
"""
ACCOUNTS = """
import uuid
from django.utils import timezone
from fraudsite.core.models import User
from kyc.models import Verification
from kyc.services.customers import customer_of_user
from scoring.services.feature_events import verification_apply
from transactions.services.demo import DemoAccounts, accounts_make
now = timezone.now()
for number, email in enumerate({emails!r}):
    customer = customer_of_user(User.objects.get(email=email))
    accounts_make(customer, DemoAccounts(email, 21 + number, 10027452 + number), now=now)
    Verification.objects.create(
        customer=customer, status="approved", decided_at=now, submitted_at=now
    )
    verification_apply(customer_id=customer.pk, event_id=uuid.uuid4())
"""
WHOSE = """
import json
from cases.models import Case
cases = Case.objects.select_related("customer__user")
whose = {{
    str(case.pk): case.customer.user.email if case.customer.user else case.customer.external_id
    for case in cases
}}
print("made", json.dumps(whose))
"""
# The generated months go on after today: a label teaches once newer ones are there to measure
# on, which on a real site is a matter of waiting.
DAYS_BEFORE, DAYS_AFTER, TRAINED_AFTER = 60, 160, 165


def make_team(site: Site) -> None:
    """Add two senior analysts; the second look at large payments is blind."""
    run(site, TEAM.format(anna=ANNA, sam=SAM, password=PASSWORD))


def load_months(site: Site, folder: Path) -> None:
    """Load generated payments with their labels, and install the shipped rules."""
    start = datetime.now(UTC).date() - timedelta(days=DAYS_BEFORE)
    size = ("--users", "300", "--transactions", "12000", "--seed", "5")
    span = ("--start", start.isoformat(), "--days", str(DAYS_BEFORE + DAYS_AFTER))
    new = ("--novel-fraud", "card_testing", "--novel-from", str(DAYS_BEFORE + DAYS_AFTER - 10))
    site.manage("generate_transactions", *size, *span, *new, "--out", str(folder), "--load")
    site.manage("load_starter_rules")


def give_accounts(site: Site, *emails: str) -> None:
    """Give verified customers accounts with four months of history each."""
    run(site, ACCOUNTS.format(emails=emails))
    site.manage("rebuild_features")


def train_and_promote(site: Site) -> dict[str, Any]:
    """Train on all labels of the database, put the model in force, and return what it learned from.

    One member, which alone is measured as well as the ensemble on so little history.
    """
    until = (datetime.now(UTC).date() + timedelta(days=TRAINED_AFTER)).isoformat()
    told = site.manage("train_model", "--members", "xgboost", "--until", until, "--json")
    trained: dict[str, Any] = json.loads(told)
    site.manage("promote_model", trained["version"])
    return trained


def whose_cases(site: Site) -> dict[str, str]:
    """Return whom each case is about, by case."""
    whose: dict[str, str] = json.loads(run(site, WHOSE.format()))
    return whose


def run(site: Site, code: str) -> str:
    """Run code in the site and return what it printed after "made"."""
    return site.manage("shell", "-v", "0", "-c", code).rpartition("made ")[-1].strip()
