from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from cases.choices import HELD_BY_ANALYST, CaseStatus, DecisionLabel, Severity
from fraudsite.core.transitions import TransitionTable
from fraudsite.core.uuid7 import uuid7

S = CaseStatus
STAFF = settings.AUTH_USER_MODEL
# What decides whether a list shows a case.
LISTED_BY = (
    "status",
    "queue",
    "customer",
    "claimed_by",
    "assigned_to",
    "severity",
    "breached_at",
)


class Case(models.Model):
    """What analysts work on: everything that was raised about one subject, until it is closed.

    OPEN -> CLAIMED -> INVESTIGATING -> CLOSED, by way of PENDING_APPROVAL where two people must
    agree; CLAIMED | INVESTIGATING -> OPEN when it is released; SUSPENDED until a day;
    CLOSED -> OPEN when it is reopened.

    `version` rises with every change, so that a form on an older state is refused. A decision
    that takes effect in a moment leaves the case as it is until then.
    """

    transitions: ClassVar[TransitionTable] = TransitionTable(
        {
            S.OPEN: {S.CLAIMED, S.SUSPENDED, S.CLOSED},
            S.CLAIMED: {S.OPEN, S.INVESTIGATING, S.PENDING_APPROVAL, S.SUSPENDED, S.CLOSED},
            S.INVESTIGATING: {S.OPEN, S.PENDING_APPROVAL, S.SUSPENDED, S.CLOSED},
            S.PENDING_APPROVAL: {S.INVESTIGATING, S.OPEN, S.CLOSED},
            S.SUSPENDED: {S.OPEN, S.CLOSED},
            S.CLOSED: {S.OPEN},
        }
    )

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(
        "core.Workspace", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    # Exactly one of the three is what the case is about.
    customer = models.ForeignKey(
        "kyc.Customer", on_delete=models.PROTECT, null=True, blank=True, related_name="cases"
    )
    card = models.ForeignKey(
        "transactions.Card", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    device = models.ForeignKey(
        "transactions.Device", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    queue = models.ForeignKey("cases.Queue", on_delete=models.PROTECT, related_name="cases")
    severity = models.PositiveSmallIntegerField(choices=Severity, default=Severity.LOW)
    priority = models.PositiveSmallIntegerField(default=0)
    priority_parts = models.JSONField(default=list, help_text="Code, points and sentence of each")
    amount_minor = models.BigIntegerField(
        default=0, help_text="At risk, in cents of the reference currency"
    )
    score = models.FloatField(null=True, blank=True, help_text="The highest of its alerts")
    alerts_count = models.PositiveIntegerField(default=0)
    reasons = models.JSONField(
        default=list, help_text="What its alerts are about, without versions"
    )
    is_asked_by_customer = models.BooleanField(default=False)
    second_look_policy = models.JSONField(default=dict, help_text="As it was at opening")
    second_look_reason = models.CharField(max_length=10, blank=True)
    assigned_to = models.ForeignKey(
        STAFF, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    claimed_by = models.ForeignKey(
        STAFF, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    label = models.CharField(max_length=16, choices=DecisionLabel, blank=True)
    status = models.CharField(max_length=16, choices=S, default=S.OPEN)
    version = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    active_at = models.DateTimeField(
        null=True, blank=True, help_text="When its analyst last did something on it"
    )
    escalated_at = models.DateTimeField(null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspended_until = models.DateTimeField(null=True, blank=True)
    warn_at = models.DateTimeField()
    due_at = models.DateTimeField()
    warned_at = models.DateTimeField(null=True, blank=True)
    breached_at = models.DateTimeField(null=True, blank=True)
    priority_due_at = models.DateTimeField(
        null=True, blank=True, help_text="When waiting raises the priority next"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(customer__isnull=False, card=None, device=None)
                | models.Q(customer=None, card__isnull=False, device=None)
                | models.Q(customer=None, card=None, device__isnull=False),
                name="cases_case_about_one_subject",
            ),
            *(
                models.UniqueConstraint(
                    fields=[subject],
                    condition=~models.Q(status=S.CLOSED)
                    & models.Q(**{f"{subject}__isnull": False}),
                    name=f"cases_case_one_open_per_{subject}",
                )
                for subject in ("customer", "card", "device")
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=HELD_BY_ANALYST)
                | models.Q(claimed_by__isnull=False),
                name="cases_case_claimed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~models.Q(status=S.OPEN) | models.Q(claimed_by=None),
                name="cases_case_open_is_nobodys",
            ),
            models.CheckConstraint(
                condition=models.Q(priority__lte=100), name="cases_case_priority_to_100"
            ),
        ]
        indexes = [
            models.Index(
                fields=["-priority", "due_at", "id"],
                condition=models.Q(status=S.OPEN),
                name="cases_case_next",
            ),
            models.Index(fields=["queue", "status", "-priority"], name="cases_case_in_queue"),
            # With all that a list can be asked for, so that no row is read that is not shown.
            models.Index(
                fields=["-priority", "due_at", "id"],
                include=[*LISTED_BY, "opened_at"],
                condition=~models.Q(status=S.CLOSED),
                name="cases_case_unclosed_list",
            ),
            models.Index(
                fields=["-priority", "due_at", "id"],
                include=[*LISTED_BY, "label"],
                condition=models.Q(status=S.CLOSED),
                name="cases_case_closed_list",
            ),
            models.Index(
                fields=["claimed_by", "active_at"],
                condition=models.Q(status__in=HELD_BY_ANALYST),
                name="cases_case_held",
            ),
            models.Index(
                fields=["assigned_to", "-priority"],
                condition=models.Q(status=S.OPEN, assigned_to__isnull=False),
                name="cases_case_assigned",
            ),
            models.Index(
                fields=["warn_at"],
                condition=models.Q(warned_at=None) & ~models.Q(status__in=[S.CLOSED, S.SUSPENDED]),
                name="cases_case_to_warn",
            ),
            models.Index(
                fields=["due_at"],
                condition=models.Q(breached_at=None)
                & ~models.Q(status__in=[S.CLOSED, S.SUSPENDED]),
                name="cases_case_to_breach",
            ),
            models.Index(
                fields=["priority_due_at"],
                condition=models.Q(priority_due_at__isnull=False)
                & ~models.Q(status__in=[S.CLOSED, S.SUSPENDED]),
                name="cases_case_to_reprioritise",
            ),
            models.Index(
                fields=["suspended_until"],
                condition=models.Q(status=S.SUSPENDED),
                name="cases_case_to_resume",
            ),
            models.Index(
                fields=["-closed_at"],
                condition=models.Q(status=S.CLOSED),
                name="cases_case_closed",
            ),
        ]
        permissions = [
            ("work_case", "Can claim, work and decide cases"),
            ("assign_case", "Can give cases to others and take them back"),
            ("approve_case", "Can approve somebody else's decision"),
            ("block_subject", "Can put a case's customer, card or device on the block list"),
            ("snooze_rule", "Can snooze a rule for a case's customer"),
            ("export_case", "Can export cases and labels"),
        ]

    def __str__(self) -> str:
        return f"Case {self.reference}"

    @property
    def reference(self) -> str:
        """A short handle for people; says nothing about the subject."""
        return str(self.id)[-8:]

    @property
    def is_closed(self) -> bool:
        """Whether it is decided."""
        return self.status == S.CLOSED

    @property
    def is_held(self) -> bool:
        """Whether an analyst has it."""
        return self.status in HELD_BY_ANALYST

    @property
    def is_breached(self) -> bool:
        """Whether it was not closed in time."""
        return self.breached_at is not None
