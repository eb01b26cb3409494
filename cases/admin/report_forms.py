"""What an author of a report of suspicious activity fills in and presses."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms

from cases.choices import ReportStatus
from cases.services.reports import MAX_AUTHORITY_LENGTH, MAX_NARRATIVE_LENGTH


@dataclass(frozen=True, slots=True)
class Move:
    """A button of a report: what it is called, looks like and does."""

    label: str
    tone: str
    words: str
    done: str


MOVES = {
    ReportStatus.READY: Move(
        "Mark ready",
        "success",
        "Its text is finished. Until it is filed it can go back to being a draft.",
        "is ready to file",
    ),
    ReportStatus.DRAFT: Move(
        "Back to draft", "neutral", "Its text can be written anew.", "is a draft again"
    ),
    ReportStatus.WITHDRAWN: Move(
        "Withdraw",
        "danger",
        "It is kept and never filed. A new report can be begun from the case.",
        "is withdrawn",
    ),
}


class ReportForm(forms.Form):
    """What an author writes."""

    authority = forms.CharField(
        label="Goes to",
        max_length=MAX_AUTHORITY_LENGTH,
        help_text="The authority, such as the financial intelligence unit",
    )
    narrative = forms.CharField(
        label="What happened",
        max_length=MAX_NARRATIVE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 18, "autocomplete": "off"}),
        help_text="Who did what, when and how much, and why it is suspicious. It is kept sealed.",
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput())


class FilingForm(forms.Form):
    """That it was filed."""

    filing_reference = forms.CharField(
        label="Reference",
        max_length=MAX_AUTHORITY_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="What the authority calls it. A filed report is never changed again.",
    )
    seen = forms.IntegerField(widget=forms.HiddenInput())
