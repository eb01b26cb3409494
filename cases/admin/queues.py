"""Queues: by which rules they are worked, and by whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import Field, ForeignKey
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from cases.admin.bulk_acts import WORKING_ROLES
from cases.admin.sla_words import span
from cases.models import Queue, QueueMember
from cases.priority import SecondLookPolicy
from fraudsite.core.actors import Actor
from fraudsite.core.models import User
from fraudsite.core.services.audit import audit_record
from scoring.admin.gates import staff

LABELS = {
    "sla_minutes": "Time to work a case, in minutes",
    "warning_share": "Warn after this share of it",
    "idle_minutes": "Release a case when idle for, in minutes",
    "cooldown_minutes": "Note repeated alerts for, in minutes",
    "is_second_look_always": "For every case",
    "second_look_from_minor": "From this amount at risk, in cents",
    "second_look_sample": "For this share of the others",
    "is_second_look_blind": "Without seeing the first decision",
}


def second_look_words(policy: SecondLookPolicy) -> str:
    """Return when two people must agree, as a list says it.

    Examples
    --------
    >>> second_look_words(SecondLookPolicy(from_minor=500_000, sample_share=0.05, is_blind=True))
    'From 5,000.00 EUR, 5 % of the others, blind'
    >>> second_look_words(SecondLookPolicy())
    'Never'
    """
    if policy.is_always:
        whom = ["Always"]
    else:
        from_minor, share = policy.from_minor, policy.sample_share
        whom = [f"From {from_minor / 100:,.2f} EUR"] if from_minor is not None else []
        whom += [f"{share:.0%} of the others".replace("%", " %")] if share else []
    return ", ".join([*whom, *(["blind"] if policy.is_blind else [])]) if whom else "Never"


def _may_set(request: HttpRequest) -> bool:
    user = request.user
    return isinstance(user, User) and user.has_perm("cases.change_queue")


class MemberInline(TabularInline):
    """Who works the queue; nobody here: everybody does. Members go with the queue's own right."""

    model = QueueMember
    extra = 0
    fields = ("user", "is_available", "last_assigned_at")
    readonly_fields = ("last_assigned_at",)
    verbose_name_plural = "Members (none: every analyst works it)"

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField[Any] | None:
        """Offer those whose role lets them work cases."""
        if db_field.name == "user":
            people = User.objects.filter(is_active=True, role__in=WORKING_ROLES)
            kwargs["queryset"] = people.order_by("email")
        field: forms.ModelChoiceField[Any] | None = super().formfield_for_foreignkey(
            db_field, request, **kwargs
        )
        return field

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who sees the queue sees who works it."""
        user = request.user
        return isinstance(user, User) and user.has_perm("cases.view_queue")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who sets the queue sets its members."""
        return _may_set(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As for new ones."""
        return _may_set(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As for new ones."""
        return _may_set(request)


@admin.register(Queue)
class QueueAdmin(ModelAdmin):
    """The queues every installation has: their rules are changed, none is made or deleted.

    Cases keep the second-look policy that their queue had when they were opened.
    """

    list_display = ("title", "rank", "assignment", "time_to_work", "idle_after", "second_look")
    ordering = ("rank", "id")
    show_full_result_count = False
    inlines = (MemberInline,)
    fieldsets = (
        (None, {"fields": ("title", "rank", "assignment")}),
        (
            "Times",
            {"fields": ("sla_minutes", "warning_share", "idle_minutes", "cooldown_minutes")},
        ),
        (
            "Second look",
            {
                "fields": (
                    *("is_second_look_always", "second_look_from_minor", "second_look_sample"),
                    "is_second_look_blind",
                )
            },
        ),
    )

    @admin.display(description="Time to work a case", ordering="sla_minutes")
    def time_to_work(self, queue: Queue) -> str:
        """Return how long a case may take."""
        return span(timedelta(minutes=queue.sla_minutes))

    @admin.display(description="Released when idle for", ordering="idle_minutes")
    def idle_after(self, queue: Queue) -> str:
        """Return after how long a case in hand goes back."""
        return span(timedelta(minutes=queue.idle_minutes))

    @admin.display(description="Second look")
    def second_look(self, queue: Queue) -> str:
        """Return when two people must agree."""
        return second_look_words(queue.second_look_policy)

    def formfield_for_dbfield(
        self, db_field: Field[Any, Any], request: HttpRequest | None, **kwargs: Any
    ) -> forms.Field | None:
        """Ask in the words of the list, not in those of the table."""
        if db_field.name in LABELS:
            kwargs["label"] = LABELS[db_field.name]
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """What raises alerts names its queue, so that a new one would stay empty."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Cases name their queue."""
        return False

    def save_related(
        self,
        request: HttpRequest,
        form: Any,
        formsets: Any,
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        """Save the members, and note what was changed with them: names of fields and counts."""
        with transaction.atomic():
            super().save_related(request, form, formsets, change)
            if form.changed_data or any(formset.has_changed() for formset in formsets):
                audit_record(
                    actor=Actor.of_user(staff(request)),
                    action="queue.changed",
                    target=form.instance,
                    details={
                        "fields": list(form.changed_data),
                        "values": {name: _plain(form, name) for name in form.changed_data},
                        "members": form.instance.members.count(),
                    },
                )


def _plain(form: Any, name: str) -> Any:
    value = form.cleaned_data[name]
    return value if isinstance(value, bool | int | float | None) else str(value)
