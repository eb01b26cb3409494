"""What payments need on a running site: a champion, rules, a verified customer with a history.

Run inside the site by `manage.py shell`, since only there its database is at hand.
"""

from __future__ import annotations

from tests.browser.site import Site

CHAMPION = """
from scoring.services.demo import demo_champion_ensure
demo_champion_ensure()
"""
CUSTOMER = """
import uuid
from django.utils import timezone
from fraudsite.core.models import User
from kyc.models import Verification
from kyc.services.customers import customer_of_user
from scoring.services.feature_events import verification_apply
from transactions.services.demo import DemoAccounts, accounts_make
customer = customer_of_user(User.objects.get(email={email!r}))
accounts_make(customer, DemoAccounts({email!r}, {seed}, 10027431 + {seed}), now=timezone.now())
if {is_verified}:
    Verification.objects.filter(customer=customer).delete()
    Verification.objects.create(
        customer=customer, status="approved", decided_at=timezone.now(), submitted_at=timezone.now()
    )
    verification_apply(customer_id=customer.pk, event_id=uuid.uuid4())
"""
SETTLE = """
from fraudsite.core.actors import Actor
from transactions.models import Transaction
from transactions.services.holds import transaction_{act}
held = Transaction.objects.get(customer__user__email={email!r}, status="held")
transaction_{act}(held=held, actor=Actor.system("test"), reason_code="{act}_customer_confirmed")
"""


def prepare_scoring(site: Site) -> None:
    """Install the demo champion and the shipped rules, as `make run` does."""
    site.manage("shell", "-v", "0", "-c", CHAMPION)
    site.manage("load_starter_rules")


def give_accounts(site: Site, email: str, *, seed: int, is_verified: bool) -> None:
    """Give somebody who signed up two accounts with four months of history."""
    code = CUSTOMER.format(email=email, seed=seed, is_verified=is_verified)
    site.manage("shell", "-v", "0", "-c", code)
    site.manage("rebuild_features")


def settle(site: Site, email: str, act: str) -> None:
    """Release or refuse the payment of theirs that is held."""
    site.manage("shell", "-v", "0", "-c", SETTLE.format(email=email, act=act))
