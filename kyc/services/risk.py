"""The customers' risk: gathered from what is known, written down when it changes."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from django.conf import settings
from django.db import transaction

from fraudsite.core.each_alone import each_alone
from fraudsite.core.outbox import publish
from kyc.choices import VerificationStatus
from kyc.choices_screening import HitStatus
from kyc.models import (
    Customer,
    Decision,
    RiskAssessment,
    Verification,
)
from kyc.screening.customer_risk import (
    DEFAULT_COUNTRIES,
    Risk,
    RiskFacts,
    RiskLevel,
    RiskPolicy,
    assess,
)
from kyc.services.customers import details_read
from kyc.services.device_sharing import devices_shared
from kyc.services.screening_hits import hits_standing

RISK_CHANGED = "kyc.customer.risk_changed"
# Of the daily look at everybody: ids fetched at once, and seconds until the next task goes on.
BATCH = 500
RUN_S = 30.0


def risk_assess(*, customer_id: uuid.UUID, occasion: str) -> RiskAssessment | None:
    """Assess a customer anew; return the new assessment, None when nothing changed.

    `occasion` is the kind of news that leads to it. Nobody is assessed who was erased.
    """
    with transaction.atomic():
        # One at a time, so that the newest row is what was known last.
        customer = (
            Customer.objects.select_for_update(of=("self",))
            .select_related("data_key")
            .filter(pk=customer_id, data_key__destroyed_at=None)
            .first()
        )
        if customer is None:
            return None
        risk = assess(risk_facts(customer), risk_policy())
        before = risk_current(customer_id)
        reasons = [asdict(reason) for reason in risk.reasons]
        if before is not None and (before.level, before.reasons) == (risk.level, reasons):
            return None
        return _write(customer, risk, before, occasion)


def risk_current(customer_id: uuid.UUID) -> RiskAssessment | None:
    """Return the assessment that holds; None before the first one."""
    return RiskAssessment.objects.filter(customer_id=customer_id).order_by("-id").first()


def risk_policy() -> RiskPolicy:
    """Return the policy in force; RISK_COUNTRIES names levels by country."""
    named: Mapping[str, str] = settings.RISK_COUNTRIES
    if not named:
        return RiskPolicy(countries=DEFAULT_COUNTRIES)
    return RiskPolicy(countries={code: RiskLevel(level) for code, level in named.items()})


def risk_facts(customer: Customer) -> RiskFacts:
    """Return what is known of a customer."""
    verification = customer.verifications.order_by("-created_at").first()
    hits = [hit.status for hit in hits_standing(customer.pk)]
    return RiskFacts(
        verification=verification.status if verification else "",
        has_fraud_sign=_has_fraud_sign(verification),
        open_hits=hits.count(HitStatus.OPEN),
        confirmed_hits=hits.count(HitStatus.CONFIRMED),
        customers_on_devices=devices_shared(customer).customers,
        countries=_countries(customer, verification),
    )


@dataclass(frozen=True, slots=True)
class EverybodyReport:
    """How many assessments changed, and after whom to go on; None when everybody was seen."""

    changed: int
    last: uuid.UUID | None


def everybody_assess(
    *, occasion: str, after: uuid.UUID | None = None, run_s: float = RUN_S
) -> EverybodyReport:
    """Assess who has sent a verification, in the order of ids, for some seconds.

    For what brings no news: a country whose level the operator changed. Whoever cannot be assessed
    keeps none of the others waiting.
    """
    until = time.monotonic() + run_s
    there = Verification.objects.filter(customer__data_key__destroyed_at=None)
    sent = there.exclude(submitted_at=None)
    if after is not None:
        sent = sent.filter(customer_id__gt=after)
    ids = sent.order_by("customer_id").values_list("customer_id", flat=True).distinct()
    changed = 0
    for customer_id in ids.iterator(BATCH):
        changed += _assess_alone(customer_id, occasion)
        if time.monotonic() > until:
            return EverybodyReport(changed, customer_id)
    return EverybodyReport(changed, None)


def _assess_alone(customer_id: uuid.UUID, occasion: str) -> bool:
    with each_alone("assessment_failed", customer_id=str(customer_id)):
        return risk_assess(customer_id=customer_id, occasion=occasion) is not None
    return False


def _write(
    customer: Customer, risk: Risk, before: RiskAssessment | None, occasion: str
) -> RiskAssessment:
    made = RiskAssessment.objects.create(
        customer=customer,
        level=risk.level.value,
        reasons=[asdict(reason) for reason in risk.reasons],
        occasion=occasion[:60],
    )
    if before is None or before.level != made.level:
        publish(
            kind=RISK_CHANGED,
            aggregate=customer,
            payload={"level": made.level, "before": before.level if before else ""},
        )
    return made


def _has_fraud_sign(verification: Verification | None) -> bool:
    """Whether the newest applied decision is the policy's and saw a sign of fraud."""
    if verification is None or verification.status == VerificationStatus.APPROVED:
        return False
    applied = Decision.objects.filter(verification=verification, is_applied=True)
    newest = applied.order_by("-created_at").first()
    checks = [check for group in (newest.tree if newest else ()) for check in group["checks"]]
    return any(c["kind"] == "fraud" and c["state"] == "consider" for c in checks)


def _countries(customer: Customer, verification: Verification | None) -> tuple[str, ...]:
    details = details_read(customer)
    named = (
        details.nationality if details else "",
        verification.issuing_country if verification else "",
    )
    return tuple(sorted({code for code in named if code}))
