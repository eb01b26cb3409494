"""Forms of the case's page. They only read what was typed; services judge it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import cached_property

from cases.models import Case, Queue
from fraudsite.core.models import User
from scoring.admin.pages import InstantInput


class CaseForm(forms.Form):
    """A form about one case, sent by one person."""

    def __init__(self, *args: Any, case: Case, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        self.viewer = viewer


class ReasonForm(CaseForm):
    """Why, in the person's own words."""

    reason = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 2, "maxlength": 200})
    )


class SuspendForm(ReasonForm):
    """Until when, and why."""

    until = forms.DateTimeField(widget=InstantInput(), help_text="UTC, at most 90 days from now")

    field_order = ("until", "reason")


class MoveForm(ReasonForm):
    """Into which other queue, and why."""

    queue = forms.ChoiceField(error_messages={"required": "Choose a queue."})

    field_order = ("queue", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A function, asked only where the form is drawn or sent: each page makes it.
        self.fields["queue"].choices = self._choices  # type: ignore[attr-defined]  # declared above

    def _choices(self) -> list[tuple[str, str]]:
        return [("", "Choose one"), *self._others]

    @cached_property
    def _others(self) -> list[tuple[str, str]]:
        others = Queue.objects.exclude(pk=self.case.queue_id).order_by("rank", "id")
        return list(others.values_list("id", "title"))


class NoteForm(CaseForm):
    """Something for colleagues to read."""

    text = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 3, "maxlength": 4000})
    )


class AttachForm(CaseForm):
    """A file for the case."""

    file = forms.FileField(required=False)
