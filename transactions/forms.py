"""What customers choose on their accounts' pages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django import forms

from transactions.choices import TransactionKind
from transactions.selectors import HistoryFilter

MOST_MONTHS = 36


class HistoryForm(forms.Form):
    """Which part of an account's history to show; nonsense in the address shows all of it."""

    q = forms.CharField(
        label="Name", required=False, max_length=100, widget=forms.TextInput(attrs={"type": "text"})
    )
    kind = forms.ChoiceField(
        label="Kind", required=False, choices=[("", "All"), *TransactionKind.choices]
    )
    month = forms.ChoiceField(label="Month", required=False)

    def __init__(self, *args: Any, months: list[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(f"{month:%Y-%m}", f"{month:%B %Y}") for month in months]
        self.fields["month"].choices = [("", "All"), *choices]  # type: ignore[attr-defined]  # a ChoiceField

    @property
    def wanted(self) -> HistoryFilter:
        """What was asked for, as far as it can be meant."""
        self.full_clean()
        cleaned: dict[str, str] = getattr(self, "cleaned_data", {})
        month = cleaned.get("month")
        return HistoryFilter(
            kind=cleaned.get("kind", ""),
            text=cleaned.get("q", ""),
            month=datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC).date() if month else None,
        )


def months_between(first: date, last: date) -> list[date]:
    """Return the first days of the months from one to the other, the last one first.

    Examples
    --------
    >>> [f"{month:%Y-%m}" for month in months_between(date(2026, 11, 1), date(2027, 1, 20))]
    ['2027-01', '2026-12', '2026-11']
    """
    newest, oldest = last.year * 12 + last.month - 1, first.year * 12 + first.month - 1
    numbers = range(newest, max(oldest, newest - MOST_MONTHS + 1) - 1, -1)
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]
