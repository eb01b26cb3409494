"""How far verifications come."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef, Q

from cases.dashboards.counts import Funnel
from cases.dashboards.day_ranges import DayRange
from kyc.choices import VerificationStatus
from kyc.models import Decision, Verification


def funnel(days: DayRange) -> Funnel:
    """Return how far the verifications that were begun in these days have come by now."""
    # An answer of the machine that came after a person's is not what approved anybody.
    made = Decision.objects.filter(verification=OuterRef("pk"), is_applied=True)
    by_machine = made.filter(decided_by=None, outcome=Decision.Outcome.APPROVED)
    to_a_person = made.filter(Q(decided_by__isnull=False) | Q(outcome=Decision.Outcome.REVIEW))
    begun = Verification.objects.filter(created_at__gte=days.start, created_at__lt=days.end)
    seen = begun.annotate(by_machine=Exists(by_machine), by_person=Exists(to_a_person))
    counted = seen.aggregate(
        begun=Count("pk"),
        submitted=Count("pk", filter=Q(submitted_at__isnull=False)),
        approved_by_machine=Count("pk", filter=Q(by_machine=True, by_person=False)),
        seen_by_person=Count("pk", filter=Q(by_person=True)),
        approved=Count("pk", filter=Q(status=VerificationStatus.APPROVED)),
        declined=Count("pk", filter=Q(status=VerificationStatus.DECLINED)),
    )
    return Funnel(**counted)
