"""Who is in the demonstration. Apart from its making, so that asking loads no engine."""

from __future__ import annotations

from dataclasses import dataclass

from fraudsite.core.choices import Role
from fraudsite.core.models import User
from kyc.models import Verification
from kyc.simulation.portraits import PortraitName

# Printed by `make run`, on purpose; the demo settings alone create these accounts.
DEMO_PASSWORD = "fraudsite-demo"  # noqa: S105
BLURRED_SIGMA = 6.0


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """One account of the demonstration."""

    email: str
    role: Role
    purpose: str


DEMO_LOGINS = (
    DemoLogin("customer@example.com", Role.CUSTOMER, "a new customer, nothing sent yet"),
    DemoLogin("analyst@example.com", Role.ANALYST, "sees evidence and decides"),
    DemoLogin("senior@example.com", Role.SENIOR_ANALYST, "senior analyst"),
    DemoLogin("risk@example.com", Role.RISK_MANAGER, "risk manager"),
    DemoLogin("auditor@example.com", Role.AUDITOR, "sees everything, changes nothing"),
    DemoLogin("admin@example.com", Role.ADMINISTRATOR, "administrator"),
)


@dataclass(frozen=True, slots=True)
class DemoCase:
    """One customer whose verification is sent to the worker."""

    email: str
    seed: int
    document_face: PortraitName
    selfie_face: PortraitName
    blur_sigma: float
    purpose: str


DEMO_CASES = (
    DemoCase("approved@example.com", 11, "astronaut", "astronaut", 0.6, "own face: approved"),
    DemoCase("review@example.com", 12, "grace_hopper", "astronaut", 0.6, "another's face: review"),
    DemoCase(
        "resubmit@example.com",
        13,
        "grace_hopper",
        "grace_hopper",
        BLURRED_SIGMA,
        "blurred: resubmit",
    ),
)


def is_submitted(case: DemoCase) -> bool:
    """Whether the case's customer has sent a verification."""
    return Verification.objects.filter(
        customer__user__email=case.email, submitted_at__isnull=False
    ).exists()


def demo_is_loaded() -> bool:
    """Whether every login and every case is there."""
    emails = {login.email for login in DEMO_LOGINS}
    has_logins = User.objects.filter(email__in=emails).count() == len(emails)
    return has_logins and all(is_submitted(case) for case in DEMO_CASES)
